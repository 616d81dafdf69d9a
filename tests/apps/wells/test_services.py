"""The register of wells: who enters, what is refused in words, and what row-level security leaves to see."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection

from apps.accounts.models import Membership
from apps.accounts.permissions import RIGHTS, Action
from apps.core.refusals import NotAllowed
from apps.parcels.models import Parcel
from apps.wells.models import Well
from apps.wells.services import (
    DrilledTomorrow,
    NoDepth,
    NumberInUse,
    SealedAlready,
    register_well,
    seal_well,
)
from gis.db.acting import acting_as
from tests.apps.town import AT, HERE, Town, found, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


def enter(town: Town, **given: Any) -> Well:
    basis: dict[str, Any] = {
        "authority": town.here, "number": "W-1", "location": HERE, "use": Well.Use.DOMESTIC, "at": AT,
    }  # fmt: skip
    return register_well(**(basis | given))


def parcel_under(town: Town) -> Parcel:
    square = Polygon.from_bbox((HERE.x - 0.0001, HERE.y - 0.0001, HERE.x + 0.0001, HERE.y + 0.0001))
    with acting_as(authorities=[town.here.pk]):
        return Parcel.objects.create(authority=town.here, plot_no="7", geom=MultiPolygon(square, srid=4326))


def test_the_parcel_under_it_is_noted(town: Town):
    parcel, clerk = parcel_under(town), hire(town.here, "gis_officer")
    well = enter(town, by=clerk, depth_m=Decimal("42.5"), drilled_on=datetime.date(2026, 1, 5))
    assert (well.parcel_id, well.status, well.depth_m) == (parcel.pk, "working", Decimal("42.5"))


def test_a_water_authority_enters_wells_on_parcels_that_it_does_not_see(town: Town):
    parcel_under(town)
    water = found("water", 58.0, kind="ministry")
    assert enter(town, authority=water, by=hire(water, "gis_officer")).parcel_id is None


@pytest.mark.parametrize("role", Membership.Role.values)
def test_by_role(town: Town, role: str):
    person = hire(town.here, role)
    if role in RIGHTS[Action.EDIT_LAYER]:
        seal_well(well=enter(town, by=person), reason="جفت", by=person, at=AT)
        return
    well = enter(town, by=hire(town.here, "gis_officer"))
    with pytest.raises(NotAllowed):
        enter(town, number="W-2", by=person)
    with pytest.raises(NotAllowed):
        seal_well(well=well, reason="x", by=person, at=AT)


def test_an_officer_of_elsewhere_may_not(town: Town):
    with pytest.raises(NotAllowed):
        enter(town, by=hire(town.there, "manager"))


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"depth_m": Decimal(0)}, NoDepth),
        ({"depth_m": Decimal(-3)}, NoDepth),
        ({"drilled_on": datetime.date(2026, 3, 3)}, DrilledTomorrow),
    ],
)
def test_bad_input_is_refused(town: Town, given: dict[str, Any], refusal: type[Exception]):
    with pytest.raises(refusal):
        enter(town, by=hire(town.here, "gis_officer"), **given)


def test_a_number_is_given_once_in_an_authority(town: Town):
    clerk = hire(town.here, "gis_officer")
    enter(town, by=clerk)
    with pytest.raises(NumberInUse):
        enter(town, number=" W-1 ", by=clerk)
    enter(town, authority=town.there, by=hire(town.there, "gis_officer"))


def test_a_well_is_sealed_once_and_stays_in_the_register(town: Town):
    clerk = hire(town.here, "gis_officer")
    well = enter(town, by=clerk)
    assert seal_well(well=well, reason="جفت", by=clerk, at=AT).status == "sealed"
    with pytest.raises(SealedAlready):
        seal_well(well=well, reason="جفت", by=clerk, at=AT)
    with acting_as(user=clerk.pk):
        assert Well.objects.current().count() == 1


def test_the_public_sees_the_square_kilometre_and_the_use(town: Town):
    enter(town, by=hire(town.here, "gis_officer"), depth_m=Decimal("42.5"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_GeometryType(geom), ST_Area(geom::geography), pub.wells.* FROM pub.wells")
        (row,) = cursor.fetchall()
        names = [column.name for column in cursor.description]
    assert row[0] == "ST_Polygon"
    assert row[1] == pytest.approx(1_000_000, rel=0.01)
    assert names[2:] == ["id", "geom", "authority", "use"]
