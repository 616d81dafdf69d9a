"""Names, lengths, pages and paths of the files."""

import ast
import re
from pathlib import Path

from .sources import ROOT, files, packaged, write

LONGEST = 400
CODE = (".py", ".js", ".mjs", ".html", ".css", ".sh")
LONGER: dict[str, str] = {}  # path -> why it may be longer; none is
JUNK_DRAWERS = re.compile(r"(^|_)(utils?|helpers?|misc|common|tools)$")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+|tmp/[a-z]+)/")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
WITHOUT_PAGE = {"config"}
# "latitude, longitude" to 100 metres or better: a place somewhere, in whatever country the platform stands.
PLACE = re.compile(r"\d{1,2}\.\d{3,}\s*[,،;]\s*-?\d{1,3}\.\d{3,}")


def too_long(root: Path) -> list[str]:
    """Migrations are written by Django; everything else is read by people."""
    read = [path for path in files(root, *CODE) if path.parent.name != "migrations"]
    lengths = {str(path.relative_to(root)): len(path.read_text().splitlines()) for path in read}
    return [f"{path}: {length}" for path, length in lengths.items() if length > LONGEST and path not in LONGER]


def junk_drawers(root: Path) -> list[str]:
    return [
        str(path) for path in packaged(root, ".py") if any(JUNK_DRAWERS.search(part) for part in _words(root, path))
    ]


def _words(root: Path, path: Path) -> tuple[str, ...]:
    return path.relative_to(root).with_suffix("").parts


def without_page(root: Path) -> list[str]:
    apps = {path.parent for path in (root / "apps").glob("*/__init__.py") if path.parent.name not in WITHOUT_PAGE}
    folders = [root / "gis", root / "ogc", root / "apps", *sorted(apps)]
    return [str(folder) for folder in folders if not (folder / "README.md").is_file()]


def mentions(root: Path, pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in files(root):
        if path == Path(__file__) or path.suffix in {".png", ".jpg", ".woff2", ".mo", ".gpkg", ".pbf"}:
            continue
        lines = path.read_text(encoding="utf-8", errors="ignore").splitlines()
        found += [f"{path.relative_to(root)}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def places(root: Path) -> list[str]:
    """Coordinates written into pages, scripts and texts: an example is taken from the installation's own ground."""
    found = []
    for path in packaged(root, ".py", ".html", ".js", ".po"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            nodes = ast.walk(ast.parse(text))
            text = "\n".join(one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str))
        found += [f"{path.relative_to(root)}: {place}" for place in PLACE.findall(text)]
    return found


def names_of_shared_data(root: Path) -> list[str]:
    """Places that reach outside the project: the folder of real data is named once."""
    found = []
    for path in files(root, ".py"):
        if path == Path(__file__):
            continue
        words = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        if "shared" in words or any(isinstance(word, str) and "shared/data" in word for word in words):
            found.append(str(path.relative_to(root)))
    return found


def test_no_file_is_too_long():
    assert too_long(ROOT) == []


def test_no_junk_drawer():
    assert junk_drawers(ROOT) == []


def test_every_app_has_its_page():
    assert without_page(ROOT) == []


def test_no_path_of_one_machine():
    assert mentions(ROOT, MACHINE_PATHS) == []


def test_nothing_is_left_for_later():
    assert mentions(ROOT, UNFINISHED) == []


def test_no_place_is_written_into_the_program():
    assert places(ROOT) == []


def test_real_data_are_named_once():
    assert names_of_shared_data(ROOT) == ["tests/conftest.py"]


def test_the_rules_see_their_faults(tmp_path: Path):
    write(tmp_path, "apps/wells/__init__.py", "")
    write(tmp_path, "apps/wells/geo_utils.py", "x = 1\n" * (LONGEST + 1))
    write(tmp_path, "apps/wells/helpers/shapes.py", "# TODO: later\n")
    write(tmp_path, "apps/wells/paths.py", 'PLACE = "/root/data/x"\nREAL = Path("..", "shared", "data")\n')
    write(tmp_path, "apps/wells/forms.py", 'SAID = "such as 42.373, -71.110"\nSHARES = (0.125, 0.875)\n')
    write(tmp_path, "apps/wells/templates/wells/x.html", '<path d="M1.5,2.5"><input placeholder="٤ 42.37312،71.11011">')
    assert places(tmp_path) == [
        "apps/wells/forms.py: 42.373, -71.110",
        "apps/wells/templates/wells/x.html: 42.37312،71.11011",
    ]
    assert too_long(tmp_path) == [f"apps/wells/geo_utils.py: {LONGEST + 1}"]
    assert len(junk_drawers(tmp_path)) == 2
    assert str(tmp_path / "apps/wells") in without_page(tmp_path)
    assert mentions(tmp_path, MACHINE_PATHS) == ["apps/wells/paths.py:1"]
    assert mentions(tmp_path, UNFINISHED) == ["apps/wells/helpers/shapes.py:1"]
    assert names_of_shared_data(tmp_path) == ["apps/wells/paths.py"]
