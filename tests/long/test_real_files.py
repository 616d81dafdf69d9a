"""Real files of other cities, whole: what of each came in, what was repaired, and what is in quarantine and why.

The tables of counts go to the committed figures; every number is also held to add up, and to hold when repeated.
"""

import datetime
from dataclasses import dataclass, field
from pathlib import Path

import pyogrio
import pytest

from apps.reports.models import Category
from gis.exchange.importing import import_file
from gis.exchange.mapping import parse
from gis.exchange.order import Order
from gis.exchange.report import Report
from gis.measure import distance_m
from tests import databases
from tests.figures import Record
from tests.gis.exchange.conftest import make_authority
from tests.ogc.copying import compare_copy
from tests.servers import served

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

CAMBRIDGE = (-71.165, 42.345, -71.06, 42.41)
PARCELS = ("plot_no=LOT", "block_no=MAP", "source_id=ML")


@dataclass(frozen=True)
class File:
    """A file and what an operator would say of it."""

    layer: str
    path: str
    box: tuple[float, float, float, float]
    columns: tuple[str, ...]
    crs: str = "EPSG:32640"
    values: tuple[str, ...] = ()
    recodes: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    def bring(self, data: Path, **more: object) -> Report:
        wishes = parse(self.columns, self.values, self.recodes)
        return import_file(Order(self.layer, data / self.path, "city", wishes, **self.options | more)).report  # type: ignore[arg-type]


FILES = {
    "addresses, Ede (EPSG:28992)": File(
        "address-units", "03_addresses/nl-dutch-addresses/dutch_addresses_28992.gpkg", (5.4, 51.9, 6.1, 52.3),
        ("number=huisnummer", "suffix=huisletter", "area_ar=straatnaam", "area_en=straatnaam",
         "postcode=postcode", "source_id=id"),
        "EPSG:28992",
    ),
    "addresses, Vermont": File(
        "address-units", "03_addresses/vt-e911-addresses/vt_e911_addresses.csv.gz", (-73.6, 42.6, -71.3, 45.1),
        ("number=HOUSE_NUMBER", "suffix=HOUSE_NUMBERSUFFIX", "area_ar=TOWNNAME", "area_en=TOWNNAME",
         "postcode=ZIP", "source_id=ESITEID"),
    ),
    "streets, Cambridge": File(
        "streets", "02_parcels/cambridge-ma-parcels/cambridge_parcels.gpkg", CAMBRIDGE,
        ("name_ar=Label", "name_en=Label", "code=Street_ID", "source_id=ID"),
        options={"table": "street_centerlines"},
    ),
    "wells, Washington": File(
        "wells", "04_wells/dc-well-permits/dc_well_permits.gpkg", (-77.12, 38.79, -76.9, 39.0),
        ("number=DCRAPERMITNUMBER", "source_id=PSEUDO_OBJECTID"), values=("use=monitoring",),
    ),
    "wells, California": File(
        "wells", "04_wells/ca-domestic-wells/ca_domestic_wells.csv.gz", (-124.5, 32.5, -114.0, 42.1),
        ("number=wcr_number", "source_id=wcr_number"), values=("use=domestic",), options={"crs": "EPSG:4326"},
    ),
    "parking lots, Cambridge": File(
        "parking-zones", "06_parking/cambridge-ma-parking/cambridge_parking.gpkg", CAMBRIDGE,
        ("code=fid", "source_id=fid", "name_ar=TYPE"), values=("kind=free",),
        options={"table": "parking_lot_polygons"},
    ),
    "permit zones, Cambridge": File(
        "parking-zones", "06_parking/cambridge-ma-parking/cambridge_parking.gpkg", CAMBRIDGE,
        ("code=N_HOOD", "source_id=N_HOOD", "name_ar=NAME", "name_en=NAME"), values=("kind=permit",),
        options={"table": "visitor_permit_zones"},
    ),
    "reports, Chicago": File(
        "reports", "05_citizen_reports/chicago-sanitation-311/chicago_sanitation_311.csv.gz",
        (-87.95, 41.6, -87.5, 42.1),
        ("source_id=Service_Request_Number", "reported_at=Creation_Date", "status=Status", "address=Street_Address",
         "text=What_is_the_Nature_of_this_Code_Violation"),
        values=("category=sanitation", "language=en"),
        recodes=("status:Completed=done", "status:Completed - Dup=rejected", "status:Open=accepted",
                 "status:Open - Dup=rejected"),
    ),
}  # fmt: skip


def told(report: Report) -> str:
    """The report on a line of the table."""
    reasons = ", ".join(f"{code} {count}" for code, count in sorted(report.quarantine.items(), key=lambda c: -c[1]))
    return (
        f"read {report.read} = as it came {report.in_layer - report.repaired} + repaired {report.repaired} "
        f"+ quarantine {report.quarantined}" + (f" ({reasons})" if reasons else "")
    )


@pytest.mark.parametrize("name", FILES)
def test_a_real_file(committed_db: str, shared_data: Path, figure: Record, name: str) -> None:
    file = FILES[name]
    make_authority("city", file.box, working_crs=file.crs)
    if file.layer == "reports":
        Category.objects.using("owner").create(code="sanitation", group="cleaning", name_ar="نظافة", name_en="Cleaning")
    report = file.bring(shared_data)
    figure(name, told(report))
    assert report.added > report.read * 0.6, told(report)
    again = file.bring(shared_data)
    assert (again.added, again.changed, again.unchanged) == (0, 0, report.added)
    assert again.quarantine == report.quarantine


def test_two_years_of_a_cadastre(committed_db: str, shared_data: Path, figure: Record, tmp_path: Path) -> None:
    """One after the other, each brought twice; then another program copies exactly what the public may see."""
    make_authority("city", CAMBRIDGE, working_crs="EPSG:26986", publishes_parcels=True)
    for year in (2013, 2014):
        file = File(
            "parcels", "02_parcels/cambridge-ma-parcels/cambridge_parcels.gpkg", CAMBRIDGE, PARCELS,
            options={"table": f"parcels_fy{year}"},
        )  # fmt: skip
        day = datetime.date(year, 1, 1)
        report = file.bring(shared_data, snapshot=day)
        changes = f"; new {report.added}, changed {report.changed}, ended {report.ended}"
        figure(f"parcels, Cambridge {year}", told(report) + changes)
        assert report.in_layer > 12_900
        again = file.bring(shared_data, snapshot=day)
        assert (again.added, again.changed, again.ended) == (0, 0, 0)
    with served(committed_db) as address:
        copied = compare_copy(f"{address}/ogc", "parcels", tmp_path)
    figure("parcels, Cambridge, by ogr2ogr from the feed", f"{copied} rows, each with exactly its public fields")
    assert copied > 12_900


def test_the_same_points_in_two_systems(committed_db: str, shared_data: Path, figure: Record) -> None:
    """The file exists in the Dutch system and in WGS 84: an oracle for the way between them, without its grid."""
    make_authority("city", (5.4, 51.9, 6.1, 52.3), working_crs="EPSG:28992")
    file = FILES["addresses, Ede (EPSG:28992)"]
    file.bring(shared_data)
    oracle = pyogrio.read_dataframe(shared_data / file.path.replace("28992", "4326")).set_index("id").geometry
    with databases.superuser(committed_db) as root:
        stored = root.execute("SELECT source_id, ST_X(geom), ST_Y(geom) FROM addressing_addressunit").fetchall()
    away = [distance_m((x, y), (oracle[key].x, oracle[key].y)) for key, x, y in stored]
    figure("Ede, farthest from the file in WGS 84", f"{max(away):.3f} m of {len(away)} points")
    assert max(away) < 1
