"""T8, rights: every object × role is declared in access_grid.csv, and PostgreSQL agrees with each cell."""

import pytest

from tests import databases
from tests.apps.accounts.access_grid import ROLES, as_lines, declared, observed

PUBLISHED = ("pub.", "pub_past.", "pub_changes.")  # the present, the past and the changes of what everybody may see


def differences(database: str) -> list[str]:
    with databases.superuser(database) as root:
        found = observed(root)
    wanted = declared()
    wrong = {key: rights for key, rights in found.items() if wanted.get(key) != rights}
    gone = [f"no longer there: {kind} {name}" for kind, name in wanted.keys() - found.keys()]
    return as_lines(wrong) + sorted(gone)


def test_every_cell_is_declared_and_true(committed_db: str) -> None:
    wrong = differences(committed_db)
    assert wrong == [], "\n".join(["differs from access_grid.csv; judge each line before pasting it:", *wrong])


def test_the_anonymous_login_reads_published_views_and_nothing_else() -> None:
    place = ROLES.index("public")
    for (kind, name), rights in declared().items():
        if kind in ("table", "view", "sequence"):
            assert rights[place] == ("S" if name.startswith(PUBLISHED) else ""), name


def test_nobody_may_truncate_or_refer() -> None:
    for (kind, name), rights in declared().items():
        if kind in ("table", "view"):
            assert not set("".join(rights)) & set("TRG"), name


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("CREATE TABLE new_table (id bigint)", "table;public.new_table"),
        ("GRANT TRUNCATE ON wells_well TO baladiya_web", "table;public.wells_well"),
        ("GRANT SELECT (depth_m) ON wells_well TO baladiya_public", "table;public.wells_well"),
        ("GRANT UPDATE ON own.parcels TO baladiya_desk", "view;own.parcels"),
        ("CREATE FUNCTION peek() RETURNS text LANGUAGE sql AS 'SELECT 1::text'", "function;public.peek()"),
        ("GRANT CREATE ON SCHEMA public TO baladiya_web", "schema;public"),
    ],
)
def test_a_seeded_fault_is_found(committed_db: str, fault: str, line: str) -> None:
    before = differences(committed_db)
    with databases.superuser(committed_db) as root:
        root.execute(fault)  # type: ignore[arg-type]
    new = set(differences(committed_db)) - set(before)
    assert any(found.startswith(line) for found in new), new
