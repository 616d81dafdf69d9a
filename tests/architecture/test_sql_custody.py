"""Everything that lives in the database is a file: one object, run by exactly one migration, with its undo."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .sources import PACKAGES, ROOT, files, packaged, write


def sql_files(root: Path) -> dict[str, Path]:
    """`package/name` -> file, without the undo files."""
    found = {}
    for path in packaged(root, ".sql"):
        if path.parent.name == "sql" and not path.name.endswith(".undo.sql"):
            package = ".".join(path.relative_to(root).parts[:-2])
            found[f"{package}/{path.stem}"] = path
    return found


def runs(root: Path) -> Iterator[str]:
    """`package/name` of each SQLFile(...) in a migration."""
    for package in PACKAGES:
        for path in files(root / package, ".py"):
            if path.parent.name == "migrations":
                yield from _runs_of(path)


def _runs_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "SQLFile":
            package, name = (ast.literal_eval(argument) for argument in node.args)
            yield f"{package}/{name}"


def offences(root: Path) -> list[str]:
    known, count = sql_files(root), Counter(runs(root))
    return [
        *(f"{name}: run by {count[name]} migrations" for name in known if count[name] != 1),
        *(f"{name}: named by a migration, but no file" for name in count if name not in known),
        *(f"{name}: has no undo" for name, path in known.items() if not path.with_suffix(".undo.sql").is_file()),
        *(f"{name}: has no version" for name in known if "_v" not in name.rsplit("/", 1)[1]),
    ]


def sql_elsewhere(root: Path) -> list[str]:
    """Migrations that carry SQL themselves."""
    return [
        str(path.relative_to(root))
        for path in packaged(root, ".py")
        if path.parent.name == "migrations" and "RunSQL(" in path.read_text()
    ]


def test_every_sql_file_is_run_once_and_can_be_undone():
    assert offences(ROOT) == []


def test_migrations_carry_no_sql_of_their_own():
    assert sql_elsewhere(ROOT) == []


def test_the_rules_see_their_faults(tmp_path: Path):
    for name in ("twice_v1", "twice_v1.undo", "never_v1", "never_v1.undo", "stays_v1", "plain", "plain.undo"):
        write(tmp_path, f"apps/wells/sql/{name}.sql", "")
    named = ("twice_v1", "twice_v1", "stays_v1", "plain", "missing_v1")
    lines = "\n".join(f'SQLFile("apps.wells", "{name}")' for name in named)
    write(tmp_path, "apps/wells/migrations/0001_x.py", f'{lines}\nRunSQL("SELECT 1")')
    assert sorted(offences(tmp_path)) == [
        "apps.wells/missing_v1: named by a migration, but no file",
        "apps.wells/never_v1: run by 0 migrations",
        "apps.wells/plain: has no version",
        "apps.wells/stays_v1: has no undo",
        "apps.wells/twice_v1: run by 2 migrations",
    ]
    assert sql_elsewhere(tmp_path) == ["apps/wells/migrations/0001_x.py"]
