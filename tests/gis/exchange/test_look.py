"""A look at a file before it is brought in."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import Look, Source
from tests.gis.exchange.files import plots, write


def look(path: Path, **options: str) -> Look:
    with TemporaryDirectory() as folder:
        return Source(path, Path(folder), **options).look()


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "csv", "fgb", "parquet"])
def test_every_format_tells_what_is_in_it(tmp_path: Path, ending: str) -> None:
    seen = look(write(tmp_path / f"plots.{ending}", plots(20)))
    assert set(seen.samples) >= {"plot", "block", "id", "use"}
    assert seen.samples["plot"] == ["1", "2", "3", "4", "5"]
    assert (seen.seen, seen.faults) == (20, 0)
    assert seen.extent == pytest.approx((57.5, 23.4, 57.506, 23.4003))
    assert seen.tables == (("plots",) if ending == "gpkg" else ())


def test_of_several_tables_the_first_is_looked_at(tmp_path: Path) -> None:
    import pyogrio

    from tests.gis.exchange.files import table

    path = write(tmp_path / "two.gpkg", plots(1))
    pyogrio.write_arrow(
        table(plots(2)), path, driver="GPKG", layer="others", append=True,
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    assert (look(path).tables, look(path).seen, look(path, table="others").seen) == (("plots", "others"), 1, 2)


def test_what_cannot_be_read_is_refused_as_ever(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(UnreadableFile):
        look(tmp_path / "photo.jpg")


def test_curves_have_no_extent_yet(tmp_path: Path, shared_data: Path) -> None:
    """The geometry library cannot hold them; an import quarantines each."""
    with ZipFile(shared_data / "07_geometry_torture/fiona-test-data/fiona_test_data.zip") as packed:
        packed.extract("tests/data/multicurve.gml", tmp_path)
    seen = look(tmp_path / "tests/data/multicurve.gml")
    assert (seen.seen, seen.extent) == (1, None)
