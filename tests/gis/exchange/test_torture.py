"""The collections of odd geometry, each file imported: it ends as the committed table says, none in a crash.

A failure says where the table of this run lies: after a change that is meant, it is the one to commit.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from gis.exchange.importing import import_file
from gis.exchange.order import Order
from gis.exchange.refusals import NoSystem, UnreadableFile
from gis.refusals import Refusal
from tests import databases
from tests.gis.exchange.conftest import make_authority

LAYER = "base-land"
TABLE = Path(__file__).with_name("torture.md")
COLLECTIONS = (
    "geocase/geocase_vector.zip", "geojsonhint/geojsonhint_test_data.zip", "fiona-test-data/fiona_test_data.zip",
    "geojson-invalid-geometry/geojson_invalid_geometry.zip", "cql2-ogc/ogc_cql2_test_data.zip",
)  # fmt: skip
# What holds no geometry: its reason.
LEFT_OUT = {
    "cql2-ogc/ogc_cql2_schema_and_examples.zip": "the language of filters: its grammar, its schemas and examples of it",
}
# Parts of a shapefile come with its .shp; the rest describes the data.
NO_DATA = {".md", ".yaml", ".yml", ".xsd", ".dbf", ".shx", ".prj", ".cpg", ".result", ".result-object"}
HEAD = """# How the files of odd geometry end

Each is imported into a layer that takes every kind of geometry, anywhere on Earth. What was "read" is in the layer as
it came, in the layer repaired, or in quarantine for the reason named. A refused file is told why by its code
(`gis.exchange.refusals`), and then nothing of it is in the layer; where it has several tables each has its line. One
that names no coordinate system is imported once more as longitude and latitude.

| file | outcome |
|---|---|
"""
pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def files(shared_data: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for collection in COLLECTIONS:
        target = folder / PurePosixPath(collection).stem
        with zipfile.ZipFile(shared_data / "07_geometry_torture" / collection) as packed:
            packed.extractall(target)
        for path in sorted(target.rglob("*")):
            if path.is_file() and path.suffix.lower() not in NO_DATA:
                yield str(path.relative_to(folder)), path


def outcomes(name: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        yield name, told(path)
    except UnreadableFile as error:
        yield name, f"refused: {error.reason}"
        if error.reason == "many_tables":
            for table in error.details["tables"]:
                yield from of_table(name, path, table)
    except NoSystem:
        yield name, "refused: no_system"
        yield from of_table(name, path, "", crs="EPSG:4326")
    except Refusal as refusal:
        yield name, f"refused: {refusal.code}"


def of_table(name: str, path: Path, table: str, **options: str) -> Iterator[tuple[str, str]]:
    called = " · ".join([name, *filter(None, (table, options.get("crs", "")))])
    try:
        yield called, told(path, table=table, **options)
    except NoSystem:
        yield called, "refused: no_system"
        yield from of_table(name, path, table, crs="EPSG:4326")
    except Refusal as refusal:
        yield called, f"refused: {getattr(refusal, 'reason', refusal.code)}"


def told(path: Path, **options: str) -> str:
    """What became of the rows; all of them are somewhere."""
    done = import_file(Order(LAYER, path, "city", **options))  # type: ignore[arg-type]
    report = done.report
    assert report.read == report.in_layer + report.quarantined
    counts = {"as it came": report.in_layer - report.repaired, "repaired": report.repaired}
    said = [f"{name} {count}" for name, count in counts.items() if count]
    if report.quarantined:
        reasons = ", ".join(f"{code} {count}" for code, count in sorted(report.quarantine.items()))
        said.append(f"quarantine {report.quarantined} ({reasons})")
    return f"{done.about['format']}, read {report.read}: {', '.join(said)}"


def test_every_collection_is_accounted_for(shared_data: Path) -> None:
    folder = shared_data / "07_geometry_torture"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith("README.md")} == {*COLLECTIONS, *LEFT_OUT}


def test_every_file_ends_as_the_table_says(committed_db: str, shared_data: Path, tmp_path: Path) -> None:
    make_authority("city", None)
    lines = [line for name, path in files(shared_data, tmp_path) for line in outcomes(name, path)]
    page = HEAD + "".join(f"| {name.replace('|', '/')} | {said} |\n" for name, said in lines)
    assert "reader_crashed" not in page
    with databases.superuser(committed_db) as root:
        stored = root.execute("SELECT count(*), count(*) FILTER (WHERE ST_IsValid(geom)) FROM territory_basefeature")
        rows, valid = stored.fetchone() or (0, 0)
    taken = re.findall(r"(?:as it came|repaired) (\d+)", page.partition("|---|---|")[2])
    assert rows == valid == sum(map(int, taken))
    made = tmp_path / TABLE.name
    made.write_text(page, encoding="utf-8")
    assert page == TABLE.read_text(encoding="utf-8"), f"other outcomes than the table's: {made}"
