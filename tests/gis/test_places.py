"""What stands at a place is judged in metres on the ground, wherever it is."""

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import connections

from apps.addressing.models import Street
from gis import places
from gis.layers import PUBLIC, registry
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def metres_east(lng: float, lat: float, metres: float) -> Point:
    """A point so far to the east, geodesic."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Project(ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography,"
            " %s, pi() / 2)::geometry p) q",
            [lng, lat, metres],
        )
        return Point(*cursor.fetchone(), srid=4326)


@pytest.mark.parametrize("latitude", [0.0, 23.5, 60.0])
@pytest.mark.parametrize(("away", "there"), [(14, True), (16, False)])
def test_a_line_is_here_within_fifteen_metres(two: Two, latitude: float, away: float, there: bool) -> None:
    lng = 58.0
    line = LineString((lng, latitude - 0.01), (lng, latitude + 0.01))
    with acting_for_both(two):
        street = make(Street, authority=two.here, geom=MultiLineString(line, srid=4326))
    click = metres_east(lng, latitude, away)
    found = places.at(click.x, click.y, PUBLIC, [registry["streets"]])
    assert [one.id for one in found] == ([street.pk] if there else [])
    assert all(one.authority == two.here.code for one in found)
