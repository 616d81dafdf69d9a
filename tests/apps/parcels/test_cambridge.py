"""Nothing is bound to one country: an authority for Cambridge, Massachusetts, works in state plane feet."""

import datetime

import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon

from apps.core.models import new_key
from apps.parcels import services
from apps.parcels.models import Parcel
from apps.parcels.services import Division, Outline, Particulars
from apps.territory.models import Authority
from gis import crs, measure
from gis.db.acting import acting_as
from gis.geometry import from_geos
from gis.origins import Origin
from tests.apps.town import AT, hire

pytestmark = pytest.mark.django_db

FEET = "EPSG:2249"
BOX = (-71.16, 42.35, -71.06, 42.41)
SINCE = datetime.date(2013, 1, 1)


@pytest.fixture
def cambridge() -> Authority:
    key = new_key()
    with acting_as(authorities=[key], actor="test"):
        return Authority.objects.create(
            id=key, code="cambridge-ma", kind="municipality", name_ar="كامبريدج", name_en="Cambridge", working_crs=FEET,
            geom=MultiPolygon(Polygon.from_bbox(BOX), srid=4326), valid_from=SINCE, first_language="en",
        )  # fmt: skip


def lot(east: float = 0, width: float = 60, depth: float = 100) -> Outline:
    """A lot in feet, from a place in the middle of the town."""
    x, y = crs.operation(FEET, BOX).backward(-71.11, 42.37)
    return Outline(shapely.box(x + east, y, x + east + width, y + depth), FEET)


def register(cambridge: Authority, outline: Outline, plot_no: str) -> Parcel:
    return services.register_parcel(
        authority=cambridge, outline=outline, particulars=Particulars(plot_no=plot_no), since=SINCE,
        by=hire(cambridge, "gis_officer"), at=AT, reason="assessor's map",
    )  # fmt: skip


def test_a_lot_in_feet_is_stored_measured_and_keeps_its_origin(cambridge: Authority):
    parcel = register(cambridge, lot(), "1-1")
    with acting_as(authorities=[cambridge.pk]):
        parcel.refresh_from_db()
    square_feet = 60 * 100
    assert float(parcel.computed_area_m2) == pytest.approx(square_feet * (1200 / 3937) ** 2, rel=1e-3)
    plane = measure.area(from_geos(parcel.geom), system=cambridge.working_crs)
    assert plane.value == pytest.approx(square_feet * (1200 / 3937) ** 2, rel=1e-6)
    with acting_as(authorities=[cambridge.pk]):
        origin = Origin.objects.select_related("transformation").get(record_id=parcel.pk)
    assert origin.transformation.system == FEET
    assert origin.transformation.accuracy_m == 4
    assert "NAD83 to WGS 84" in origin.transformation.name
    assert shapely.from_wkb(bytes(origin.original)).equals(lot().original)


def test_the_rule_of_overlap_holds_there(cambridge: Authority):
    register(cambridge, lot(), "1-1")
    register(cambridge, lot(east=60), "1-2")
    with pytest.raises(services.Overlap) as refusal:
        register(cambridge, lot(east=57), "1-3")
    assert refusal.value.details["rival_plot"] in {"1-1", "1-2"}


def test_lots_are_split_and_merged_there(cambridge: Authority):
    parcel = register(cambridge, lot(), "1-1")
    officer = hire(cambridge, "gis_officer")
    halves = [
        Division(lot(east=east, width=30), Particulars(plot_no=f"1-1{letter}"))
        for east, letter in ((0, "A"), (30, "B"))
    ]
    made = services.replace_parcels(
        old=[parcel], new=halves, on=datetime.date(2014, 1, 1), by=officer, at=AT, reason="split"
    )
    assert [part.plot_no for part in made] == ["1-1A", "1-1B"]


def test_the_wrong_system_is_noticed_there(cambridge: Authority):
    """Feet read as metres, and a system of another country, lie outside the town."""
    for system in ("EPSG:26986", "EPSG:32640", "EPSG:3857"):
        with pytest.raises(services.OutsideJurisdiction):
            register(cambridge, Outline(lot().original, system), "1")
