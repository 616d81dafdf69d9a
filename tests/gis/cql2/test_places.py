"""Geometries in a filter: brought to the system of the records, with an index beside every exact test."""

import pytest
import shapely

from gis import crs
from gis.cql2 import condition, read
from gis.cql2.places import geometries
from gis.cql2.refusals import OutsideSystem
from gis.features import Output
from ogc import systems
from tests.gis.cql2.conftest import Data
from tests.gis.cql2.ogc import scope

MUSCAT = (58.4, 23.6)
LATITUDE_FIRST = Output("EPSG:4326", flipped=True)


@pytest.mark.parametrize("uri", systems.uris())
def test_a_point_of_every_system_of_the_feed_is_found_where_it_is(uri: str):
    system = systems.offered(uri, "filter-crs")
    there = (
        crs.from_storage(shapely.Point(MUSCAT), crs.operation(system.code)) if system.pinned else shapely.Point(MUSCAT)
    )
    x, y = (there.y, there.x) if system.flipped else (there.x, there.y)
    (found,) = geometries({"type": "Point", "coordinates": [x, y]}, system)
    assert found.distance(shapely.Point(MUSCAT)) < 1e-7  # a centimetre: the way back of a datum shift is not exact
    (box,) = geometries({"bbox": [x - 0.01, y - 0.01, x + 0.01, y + 0.01]}, system)
    assert box.contains(shapely.Point(MUSCAT))


def test_the_order_of_axes_is_that_of_the_system(data: Data):
    longitude_first = data.found("countries", "S_INTERSECTS(geom, POINT(58.4 23.5))")
    latitude_first = data.found("countries", "S_INTERSECTS(geom, POINT(23.5 58.4))", system=LATITUDE_FIRST)
    assert longitude_first == latitude_first == 1
    assert data.found("countries", "S_INTERSECTS(geom, BBOX(40,0,50,10))", system=LATITUDE_FIRST) == 8
    with pytest.raises(OutsideSystem):
        data.found("countries", "S_INTERSECTS(geom, POINT(123.5 58.4))", system=LATITUDE_FIRST)


@pytest.mark.parametrize("point", ["POINT(99999999 99999999)", "POINT(900000000000 2)", "POINT(-500000000 0)"])
def test_what_lies_outside_a_projected_system_is_refused(point: str):
    with pytest.raises(OutsideSystem):
        condition(read(f"S_INTERSECTS(geom, {point})"), scope({"geom": "geometry"}, system=Output("EPSG:32640", True)))


def test_a_long_edge_of_another_system_is_bent(data: Data):
    """A box over half of Arabia in UTM: its southern edge bends north by kilometres in degrees."""
    (box,) = geometries({"bbox": [-500_000, 1_900_000, 1_500_000, 2_900_000]}, Output("EPSG:32640", pinned=True))
    assert shapely.get_num_coordinates(box) > 40
    assert box.is_valid


def test_every_relation_reaches_the_index():
    for name in ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps"):
        for text in (f"S_{name}(geom, POINT(1 2))", f"S_{name}(POINT(1 2), geom)", f"S_{name}(geom, BBOX(1,2,3,4))"):
            written = condition(read(text), scope({"geom": "geometry"})).as_string(None)
            assert " && " in written, text
    assert " && " in condition(read("S_DWITHIN(geom, POINT(1 2), 5)"), scope({"geom": "geometry"})).as_string(None)


@pytest.mark.parametrize("metres", [0, 1_000, 50_000, 100_000])
@pytest.mark.parametrize("at", ["6.13 49.61", "58.4 23.6", "179.9 -17", "0 89.9"])
def test_within_a_distance_is_what_the_ellipsoid_says(data: Data, at: str, metres: int):
    told = data.session.execute(
        "SELECT count(*) FROM ogc_data.places WHERE ST_DWithin(geom::geography, %s::geography, %s)",
        [f"SRID=4326;POINT({at})", metres],
    ).fetchone()[0]
    assert data.found("places", f"S_DWITHIN(geom, POINT({at}), {metres})") == told


def test_a_collection_of_one_kind_is_taken_as_one_geometry(data: Data):
    boxes = "GEOMETRYCOLLECTION(POLYGON((0 40,10 40,10 50,0 50,0 40)), POLYGON((10 40,20 40,20 50,10 50,10 40)))"
    assert data.found("places", f"S_WITHIN(geom, {boxes})") == data.found("places", "S_WITHIN(geom, BBOX(0,40,20,50))")


def test_areas_are_those_of_the_ellipsoid(data: Data):
    told = "SELECT count(*) FROM ogc_data.countries WHERE ST_Area(geom::geography) > 1e12"
    assert data.found("countries", "area_m2(geom) > 1000000000000") == data.session.execute(told).fetchone()[0] > 0
    assert data.found("rivers", "length_m(geom) / 1000 > 1000") > 0


def test_heights_are_left_out(data: Data):
    assert data.found("countries", "S_INTERSECTS(geom, POINT Z(7.02 49.92 5))") == 1
    assert data.found("countries", "S_INTERSECTS(geom, BBOX(0,40,0,10,50,9))") == 8


def test_a_box_without_width_is_a_line(data: Data):
    assert data.found("countries", "S_INTERSECTS(geom, BBOX(5,40,5,50))") == data.found(
        "countries", "S_INTERSECTS(geom, LINESTRING(5 40, 5 50))"
    )
    assert data.found("countries", "S_INTERSECTS(geom, BBOX(7.02,49.92,7.02,49.92))") == 1
