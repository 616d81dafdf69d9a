"""A look at a file before it is brought in."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pyogrio
import pytest
import shapely

from gis.exchange.deliveries import begin, path_of
from gis.exchange.look import look_at, sample_of
from gis.exchange.models import Delivery
from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import Look, Source
from gis.exchange.target import find_target
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import plots, table, take, write


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
    path = write(tmp_path / "two.gpkg", plots(1))
    pyogrio.write_arrow(
        table(plots(2)), path, driver="GPKG", layer="others", append=True,
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    assert (look(path).tables, look(path).seen, look(path, table="others").seen) == (("plots", "others"), 1, 2)


def test_the_first_rows_come_along(tmp_path: Path) -> None:
    first = look(write(tmp_path / "plots.gpkg", plots(3))).first
    assert first is not None
    assert first.attributes.column("plot").to_pylist() == ["1", "2", "3"]
    assert shapely.from_wkb(first.geometry[0].as_py()).equals(plots(1)[0].geometry)


def several(folder: Path) -> Path:
    """An archive: a file with two tables, and two files that are called alike but for their ending."""
    two = write(folder / "two.gpkg", plots(1))
    pyogrio.write_arrow(
        table(plots(2)), two, driver="GPKG", layer="others", append=True,
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    path = folder / "several.zip"
    with ZipFile(path, "w") as packed:
        packed.write(two, "town/two.gpkg")
        packed.write(write(folder / "same.geojson", plots(3)), "same.geojson")
        packed.write(write(folder / "same.csv", plots(4)), "same.csv")
    return path


def test_the_files_of_an_archive_and_their_tables_are_named_as_they_are_asked_for(tmp_path: Path) -> None:
    path = several(tmp_path)
    with pytest.raises(UnreadableFile) as refused:
        look(path)
    assert refused.value.details["tables"] == ["same.csv", "same.geojson", "two"]
    assert look(path, table="two").tables == ("two/plots", "two/others")
    assert [look(path, table=name).seen for name in ("two/plots", "two/others", "same.geojson", "same.csv")] == [
        1, 2, 3, 4,
    ]  # fmt: skip
    for asked in ("two", "two/more"):
        with pytest.raises(UnreadableFile) as refused:
            take(path, table=asked)
        assert refused.value.details["tables"] == ["two/plots", "two/others"]


def test_folders_may_be_read_together(tmp_path: Path) -> None:
    pin = "<Placemark><Point><coordinates>57.5,23.4</coordinates></Point></Placemark>"
    folders = "".join(f"<Folder><name>{name}</name>{pin}</Folder>" for name in ("a, b", "c"))
    (tmp_path / "x.kml").write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2">{folders}</kml>')
    seen = look(tmp_path / "x.kml")
    assert (seen.tables, seen.whole, seen.seen) == (("a, b", "c"), "", 2)
    assert look(write(tmp_path / "plots.gpkg", plots(1))).whole is None


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


@pytest.mark.parametrize("name", ["sample.json", ".sample", "..sample", ".sample.json"])
def test_no_file_is_overwritten_by_its_own_sample(settings: Any, desk: Desk, tmp_path: Path, name: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    content = write(tmp_path / "plots.geojson", plots(3)).read_bytes()
    with desk.acting():
        delivery = begin(layer="parcels", authority=desk.authority.id, file_name=name, size=len(content), by=uuid4())
        path_of(delivery).write_bytes(content)
        look_at(delivery, find_target("parcels", "coast"))
        assert len(sample_of(delivery)) == (3 if delivery.state == Delivery.State.READY else 0)
    assert path_of(delivery).read_bytes() == content
