"""Real files of other cities, whole: what of each came in, what was repaired, and what is in quarantine and why.

The tables of counts go to the committed figures; every number is also held to add up, and to hold when repeated.
"""

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyogrio
import pytest

from apps.reports.models import Category
from gis.exchange.refusals import UnreadableFile
from gis.exchange.report import Report
from gis.exchange.source import Source
from gis.exchange.target import find_target
from gis.measure import distance_m
from tests import databases
from tests.figures import Record
from tests.gis.exchange.conftest import make_authority
from tests.ogc.copying import compare_copy
from tests.servers import served

from .files import (
    CAMBRIDGE,
    CAMBRIDGE_PARCELS,
    EDE,
    FILES,
    NO_LAYER,
    OMAN,
    OMAN_NAMES,
    REFUSED,
    File,
    parts_brought,
    parts_in,
    parts_without_layer,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def told(report: Report) -> str:
    """The report on a line of the table."""
    reasons = ", ".join(f"{code} {count}" for code, count in sorted(report.quarantine.items(), key=lambda c: -c[1]))
    return (
        f"read {report.read} = as it came {report.in_layer - report.repaired} + repaired {report.repaired} "
        f"+ quarantine {report.quarantined}" + (f" ({reasons})" if reasons else "")
    )


@pytest.mark.parametrize("name", FILES)
def test_a_real_file(committed_db: str, shared_data: Path, count: Record, name: str) -> None:
    file = FILES[name]
    make_authority("city", file.box, working_crs=file.crs)
    if file.layer == "reports":
        Category.objects.using("owner").create(code="sanitation", group="cleaning", name_ar="نظافة", name_en="Cleaning")
    report = file.bring(shared_data)
    assert report.added >= report.read * file.least, told(report)
    key = find_target(file.layer, "city").key
    if any(column.startswith(f"{key}=") for column in file.columns):  # else a record cannot be recognised
        again = file.bring(shared_data)
        assert (again.added, again.changed, again.unchanged) == (0, 0, report.added)
        assert again.quarantine == report.quarantine
    count(name, f"into {file.layer}: {told(report)}")


def test_the_governorates_and_their_wilayats(committed_db: str, shared_data: Path, count: Record) -> None:
    """One refers to the other by its number. The file has no Arabic name of 22 wilayats."""
    make_authority("city", OMAN)
    tables = {"governorates": ("region", ()), "wilayats": ("county", ("governorate=region_id",))}
    for layer, (table, more) in tables.items():
        columns = ("code=wof_id", "name_ar=name_ar", "name_en=name_en", *more)
        report = File(layer, OMAN_NAMES, OMAN, columns, options={"table": table}).bring(shared_data)
        count(f"{table}, Oman", f"into {layer}: {told(report)}")


@pytest.mark.parametrize("path", REFUSED)
def test_a_file_that_holds_no_records(shared_data: Path, count: Record, path: str) -> None:
    with TemporaryDirectory() as folder, pytest.raises(UnreadableFile) as refused:
        Source(shared_data / path, Path(folder)).look()
    count(path, f"refused: {refused.value.reason}")
    assert refused.value.reason == REFUSED[path]


def test_every_file_is_accounted_for(shared_data: Path, count: Record) -> None:
    """None of the collection is forgotten: brought in above, refused, or said to fit no layer."""
    brought = {file.path for file in FILES.values()} | REFUSED.keys()
    folders = tuple(name for name in NO_LAYER if "/" not in name)
    found = {str(one.relative_to(shared_data)) for one in shared_data.rglob("*") if one.is_file()}
    data = {name for name in found if not name.endswith("README.md")}
    assert {name for name in data if not name.startswith(folders)} == brought
    for name, why in NO_LAYER.items():
        count(name, f"fits no layer: {why}")


@pytest.mark.parametrize("path", sorted({file.path for file in FILES.values()} | REFUSED.keys()))
def test_every_table_is_accounted_for(shared_data: Path, path: str) -> None:
    """Nor any table of a file of several, or file of an archive."""
    parts = parts_in(shared_data / path)
    assert parts == (parts_brought(path) | parts_without_layer(path, parts) if parts else set())


def test_two_years_of_a_cadastre(committed_db: str, shared_data: Path, count: Record, tmp_path: Path) -> None:
    """One after the other, each brought twice; then another program copies exactly what the public may see."""
    make_authority("city", CAMBRIDGE, working_crs="EPSG:26986", publishes_parcels=True)
    for year in (2013, 2014):
        file = File(
            "parcels", CAMBRIDGE_PARCELS, CAMBRIDGE, ("plot_no=LOT", "block_no=MAP", "source_id=ML"),
            options={"table": f"parcels_fy{year}"},
        )  # fmt: skip
        day = datetime.date(year, 1, 1)
        report = file.bring(shared_data, snapshot=day)
        changes = f"; new {report.added}, changed {report.changed}, ended {report.ended}"
        assert report.in_layer > 12_900
        again = file.bring(shared_data, snapshot=day)
        assert (again.added, again.changed, again.ended) == (0, 0, 0)
        count(f"parcels, Cambridge {year}", told(report) + changes)
    with served(committed_db) as address:
        copied = compare_copy(f"{address}/ogc", "parcels", tmp_path)
    assert copied > 12_900
    count("parcels, Cambridge, by ogr2ogr from the feed", f"{copied} rows, each with exactly its public fields")


def test_the_same_points_in_two_systems(committed_db: str, shared_data: Path, figure: Record) -> None:
    """The file exists in the Dutch system and in WGS 84: an oracle for the way between them, without its grid."""
    make_authority("city", EDE, working_crs="EPSG:28992")
    file = FILES["addresses, Ede (EPSG:28992)"]
    file.bring(shared_data)
    oracle = pyogrio.read_dataframe(shared_data / file.path.replace("28992", "4326")).set_index("id").geometry
    with databases.superuser(committed_db) as root:
        stored = root.execute("SELECT source_id, ST_X(geom), ST_Y(geom) FROM addressing_addressunit").fetchall()
    away = [distance_m((x, y), (oracle[key].x, oracle[key].y)) for key, x, y in stored]
    figure("Ede, farthest from the file in WGS 84", f"{max(away):.3f} m of {len(away)} points")
    assert max(away) < 1
