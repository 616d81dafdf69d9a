"""Areas, lengths and distances: Python, PostGIS and the figures of the reference say the same."""

import numpy as np
import pytest
import shapely
from django.db import connection

from gis import crs, measure

HOLED = shapely.Polygon(
    shapely.box(58.0, 23.0, 58.01, 23.01).exterior, [shapely.box(58.002, 23.002, 58.004, 23.004).exterior]
)
CAMBRIDGE = shapely.box(-71.11, 42.37, -71.109, 42.371)
SHAPES = {
    "holed": HOLED,
    "turned": shapely.Polygon(HOLED.exterior.coords[::-1], [ring.coords[::-1] for ring in HOLED.interiors]),
    "multi": shapely.MultiPolygon([HOLED, CAMBRIDGE]),
    "cambridge": CAMBRIDGE,
    "country": shapely.Polygon([(52.0, 19.0), (55.2, 22.7), (59.8, 22.5), (57.8, 18.9), (53.1, 16.6)]),
    "south": shapely.box(20.4, -34.0, 20.5, -33.9),
}


def plot(system: str, lon: float, lat: float) -> shapely.Polygon:
    """A plot of 20 by 30 m on the grid of a UTM zone."""
    east, north = crs.operation(system).backward(lon, lat)
    return crs.to_storage(shapely.box(east, north, east + 20, north + 30), crs.operation(system))


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHAPES)
def test_python_and_postgis_agree(name: str):
    shape = SHAPES[name]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(g), ST_Perimeter(g) FROM ST_GeogFromWKB(%s) AS g", [bytes(shapely.to_wkb(shape))]
        )
        area, perimeter = cursor.fetchone()
    assert measure.area_m2(shape) == pytest.approx(area, rel=1e-8)
    assert measure.length_m(shape.boundary) == pytest.approx(perimeter, rel=1e-8)


@pytest.mark.parametrize(
    ("lon", "lat", "metres"), [(58.40, 23.60, 600.16), (54.09, 17.02, 599.06), (56.25, 26.18, 600.40)]
)
def test_a_plot_on_the_grid_has_the_known_area_on_the_ground(lon: float, lat: float, metres: float):
    """Muscat, Salalah and Khasab: the scale of the projection, measured for the reference."""
    assert measure.area_m2(plot("EPSG:32640", lon, lat)) == pytest.approx(metres, abs=0.06)


def test_the_wrong_zone_falsifies_an_area():
    """Al Mazyunah lies in zone 39; on the plane of zone 40 its plots shrink or grow by almost half a percent."""
    ground = plot("EPSG:32639", 52.9, 17.85)
    right = measure.area(ground, system="EPSG:32639")
    wrong = measure.area(ground, system="EPSG:32640")
    assert right.value == pytest.approx(600, abs=0.001)
    assert wrong.value == pytest.approx(602.7, abs=0.5)
    assert measure.area(ground).value == pytest.approx(600.02, abs=0.2)


def test_a_measure_names_its_method():
    ground = measure.area(HOLED)
    assert (ground.method, ground.operation) == ("geodesic, WGS 84", "")
    plane = measure.area(HOLED, system="EPSG:9296")
    assert plane.method == "EPSG:9296"
    assert "ONGD17 to WGS 84" in plane.operation
    assert plane.value == pytest.approx(ground.value, rel=0.002)
    assert measure.length(HOLED, system="EPSG:9296").value == pytest.approx(measure.length(HOLED).value, rel=0.001)


def test_feet_become_metres():
    """State plane feet of Massachusetts: the same plot on the ground and on the plane."""
    plane = measure.area(CAMBRIDGE, system="EPSG:2249")
    assert plane.value == pytest.approx(measure.area_m2(CAMBRIDGE), rel=1e-3)
    assert measure.length(CAMBRIDGE, system="EPSG:2249").value == pytest.approx(measure.length_m(CAMBRIDGE), rel=1e-3)


def test_nothing_is_measured_in_degrees():
    for system in ("EPSG:4326", "EPSG:9294", "EPSG:4269"):
        with pytest.raises(measure.NotAPlane):
            measure.area(HOLED, system=system)


def test_points_and_lines_have_no_area():
    assert measure.area_m2(shapely.Point(58, 23)) == 0
    assert measure.area_m2(shapely.LineString([(58, 23), (59, 23)])) == 0
    assert measure.length_m(shapely.LineString([(58, 23), (58, 24)])) == pytest.approx(110_751, abs=5)
    assert measure.distance_m((58, 23), (58, 24)) == pytest.approx(110_751, abs=5)


def test_a_box_around_holds_all_within_the_distance():
    from django.contrib.gis.geos import Point

    for lat in (0.0, 23.6, -34.0, 60.0, 85.0):
        west, south, east, north = measure.box_around(Point(58.0, lat, srid=4326), 500).extent
        bearings = np.arange(0, 360, 5.0)
        here = np.full_like(bearings, 58.0), np.full_like(bearings, lat)
        lon, lats, _ = measure.EARTH.fwd(here[0], here[1], bearings, np.full_like(bearings, 500.0))
        assert (lon >= west).all()
        assert (lon <= east).all()
        assert (lats >= south).all()
        assert (lats <= north).all()
