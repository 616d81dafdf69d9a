"""The collections of odd geometry: every file ends as the committed table says, none in a crash.

A failure says where the table of this run lies: after a change that is meant, it is the one to commit.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pytest
import shapely

from gis.exchange.refusals import UnreadableFile
from gis.exchange.shapes import read_wkb
from gis.exchange.source import Source

TABLE = Path(__file__).with_name("torture.md")
COLLECTIONS = (
    "geocase/geocase_vector.zip", "geojsonhint/geojsonhint_test_data.zip", "fiona-test-data/fiona_test_data.zip",
    "geojson-invalid-geometry/geojson_invalid_geometry.zip", "cql2-ogc/ogc_cql2_test_data.zip",
)  # fmt: skip
# Parts of a shapefile come with its .shp; the rest describes the data.
NO_DATA = {".md", ".yaml", ".yml", ".xsd", ".dbf", ".shx", ".prj", ".cpg", ".result", ".result-object"}
HEAD = """# How the files of odd geometry end

"rows" came out of the reader. Of them "sound" are valid as they came; "invalid" go to the repair and then into the
layer or to the quarantine; the others go to the quarantine for the reason named. A refused file is told why by its code
(`gis.exchange.refusals`); where it has several tables each has its line.

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


def of_table(name: str, path: Path, table: str) -> Iterator[tuple[str, str]]:
    try:
        yield f"{name} · {table}", told(path, table=table)
    except UnreadableFile as error:
        yield f"{name} · {table}", f"refused: {error.reason}"


def told(path: Path, **options: str) -> str:
    """What became of the rows, by the import's own reading of their geometry."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as folder, Source(path, Path(folder), **options) as source:
        for batch in source.batches():
            shapes = read_wkb(batch.geometry)
            faults = [json.loads(text)["code"] if text else "" for text in batch.faults.to_pylist()]
            valid = shapely.is_valid(shapes.stored)
            for row, fault in enumerate(faults):
                told = shapes.faults[row][0] if row in shapes.faults else "sound" if valid[row] else "invalid"
                counts[fault or told] += 1
        said = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        return f"{source.head.format}, rows {counts.total()}" + (f": {said}" if said else "")


def test_every_file_ends_as_the_table_says(shared_data: Path, tmp_path: Path) -> None:
    lines = [line for name, path in files(shared_data, tmp_path) for line in outcomes(name, path)]
    page = HEAD + "".join(f"| {name.replace('|', '/')} | {said} |\n" for name, said in lines)
    assert "reader_crashed" not in page
    made = tmp_path / TABLE.name
    made.write_text(page, encoding="utf-8")
    assert page == TABLE.read_text(encoding="utf-8"), f"other outcomes than the table's: {made}"
