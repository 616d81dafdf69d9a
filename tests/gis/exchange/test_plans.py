"""Every real plan there is: it is read, or refused in a sentence; and the outline of a plot becomes a parcel."""

from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import ezdxf
import pytest

from gis.exchange.reasons import in_both
from gis.exchange.refusals import SENTENCES, UnreadableFile, WrongSystem
from tests.figures import Record
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import take

READ = "read"
ARCHIVES = {"ezdxf-georeferenced/ezdxf_geo.zip": 4, "digit-edcr-dxf/edcr_dxf.zip": 25}
# Where the drawing of a building begins, and where its plot is: a corner of the sea, in the system of its zone.
FROM, TO = (-704_510.0, -35_380.0), (551_120.0, 2_587_970.0)
OUTLINE = {"table": "PLOT_BOUNDARY", "columns": ("source_id=handle",), "crs": "EPSG:32640",
           "values": ("plot_no=7", "block_no=1", "land_use=residential")}  # fmt: skip
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def drawings(shared_data: Path, archive: str, folder: Path) -> list[Path]:
    with ZipFile(shared_data / "09_plans" / archive) as packed:
        packed.extractall(folder)
    return sorted(path for path in folder.iterdir() if path.suffix == ".dxf")


def ends(path: Path) -> tuple[str, int]:
    """How the drawing ends, and how many shapes were read: of its fullest layer, for each is read anew for one."""
    try:
        return READ, len(take(path).rows)
    except UnreadableFile as error:
        if error.reason != "many_tables":
            return error.reason, 0
        fullest = error.details["tables"][0]
    try:
        return READ, len(take(path, table=fullest).rows)
    except UnreadableFile as error:
        return error.reason, 0


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_drawing_is_read_or_refused(shared_data: Path, tmp_path: Path, count: Record, archive: str) -> None:
    found = {path.name: ends(path) for path in drawings(shared_data, archive, tmp_path)}
    assert len(found) == ARCHIVES[archive]
    reasons = Counter(reason for reason, _shapes in found.values())
    assert reasons.keys() <= {READ, *SENTENCES}
    assert "reader_crashed" not in reasons
    assert all(shapes for reason, shapes in found.values() if reason == READ)
    refused = ", ".join(f"{name} {reason}" for name, (reason, _shapes) in sorted(found.items()) if reason != READ)
    shapes = sum(shapes for _reason, shapes in found.values())
    count(
        archive,
        f"{len(found)} drawings, read {reasons[READ]} with {shapes} shapes on the fullest layer of each"
        + f"; {refused}" * bool(refused),
    )


def test_every_archive_of_plans_is_accounted_for(shared_data: Path) -> None:
    folder = shared_data / "09_plans"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith("README.md")} == ARCHIVES.keys()


def outline(shared_data: Path, folder: Path) -> Path:
    with ZipFile(shared_data / "09_plans/digit-edcr-dxf/edcr_dxf.zip") as packed:
        return Path(packed.extract("test3.dxf", folder))


def test_an_outline_in_coordinates_of_its_own_is_on_no_land_of_ours(desk: Desk, shared_data: Path) -> None:
    """As the architect drew it: 704 km west of where the zone's numbers begin."""
    with pytest.raises(WrongSystem) as refused:
        desk.bring(outline(shared_data, desk.folder), **OUTLINE)
    assert "a drawing with coordinates of its own must be placed" in in_both(refused.value, {})[1]
    assert desk.parcels() == {}


def test_an_outline_that_a_surveyor_has_placed_becomes_a_parcel(desk: Desk, shared_data: Path) -> None:
    path = outline(shared_data, desk.folder)
    drawing = ezdxf.readfile(path)
    for entity in drawing.modelspace().query('*[layer=="PLOT_BOUNDARY"]'):
        entity.translate(TO[0] - FROM[0], TO[1] - FROM[1], 0)
    drawing.saveas(path)
    done = desk.bring(path, **OUTLINE)
    assert (done.report.read, done.report.added, done.report.quarantined) == (1, 1, 0)
    (parcel,) = desk.parcels().values()
    assert parcel.plot_no == "7"
    (area,) = desk.ask("SELECT ST_Area(ST_Transform(geom, 32640)) FROM parcels_parcel")[0]
    assert area == pytest.approx(201.48, abs=0.05)
