"""SQL and Python transform alike, by the pinned operations, and by the figures of the reference."""

import warnings

import numpy as np
import pytest
import shapely
from django.db import ProgrammingError, connection, transaction
from django.utils.translation import override
from pyproj import CRS, Geod, Transformer

from gis import crs
from gis.refusals import Refusal
from gis.systems import System, catalogue

EARTH = Geod(ellps="WGS84")
MUSCAT = (58.40, 23.60)
CAMBRIDGE = (-71.16, 42.35, -71.06, 42.41)
MILLIMETRE = 0.001

# A point each 0.4 degrees, from the western border to the sea.
LON, LAT = (axis.ravel() for axis in np.meshgrid(np.arange(51.9, 60.3, 0.4), np.arange(16.6, 26.8, 0.4)))

PINNED = sorted(catalogue().systems)


def metres_apart(lon_a, lat_a, lon_b, lat_b):
    return EARTH.inv(lon_a, lat_a, lon_b, lat_b)[2]


def in_sql(function: str, code: str, x, y):
    """The function over many points, through the database and the web login."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ST_X(g), ST_Y(g) FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (x, y, n), "
            f"LATERAL (SELECT {function}(ST_SetSRID(ST_MakePoint(x, y), 4326), %s) AS g) t ORDER BY n",
            [list(map(float, x)), list(map(float, y)), code],
        )
        return np.array(cursor.fetchall()).T


@pytest.mark.django_db
@pytest.mark.parametrize("code", PINNED)
def test_sql_and_python_agree_to_a_millimetre(code: str):
    by = crs.operation(code)
    x, y = by.backward(LON, LAT)
    lon, lat = in_sql("gis_to_storage", code, x, y)
    assert metres_apart(lon, lat, *by.forward(x, y)).max() < MILLIMETRE
    unit = 1 if crs.projected(code) else 111_000
    assert np.abs(in_sql("gis_from_storage", code, LON, LAT) - np.array([x, y])).max() * unit < MILLIMETRE


@pytest.mark.django_db
def test_the_comparison_sees_another_operation():
    """The seeded fault: PROJ's own choice for ONGD14 in two dimensions is the null operation, 1.2 m off."""
    by = crs.operation("EPSG:7375")
    x, y = by.backward(LON, LAT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(g), ST_Y(g) FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 7375), 4326) AS g",
            [float(x[0]), float(y[0])],
        )
        ((lon, lat),) = cursor.fetchall()
    assert 0.5 < metres_apart(lon, lat, LON[0], LAT[0]) < 2


@pytest.mark.parametrize(
    ("code", "metres"), [("EPSG:4134", 298.6), ("EPSG:4232", 296), ("EPSG:9294", 1.29), ("EPSG:7373", 1.18)]
)
def test_reading_numbers_in_the_wrong_datum_is_off_by_the_known_distance(code: str, metres: float):
    lon, lat = crs.operation(code).forward(*MUSCAT)
    assert metres_apart(*MUSCAT, lon, lat) == pytest.approx(metres, rel=0.01)


def test_the_two_national_datums_differ_by_a_hand():
    old, new = (crs.operation(code).forward(*MUSCAT) for code in ("EPSG:7373", "EPSG:9294"))
    assert metres_apart(*old, *new) == pytest.approx(0.115, abs=0.005)


@pytest.mark.parametrize(
    ("code", "operation"), [("EPSG:4134", "1439"), ("EPSG:4232", "6908"), ("EPSG:7371", "7377"), ("EPSG:9292", "9298")]
)
def test_the_parameters_are_those_of_epsg(code: str, operation: str):
    """PROJ's own database has the same operation: where it takes it, both give the same place."""
    pinned = {"EPSG:7371": "EPSG:7373", "EPSG:9292": "EPSG:9294"}.get(code, code)
    by = crs.operation(pinned)
    assert f"EPSG:{operation}" in by.name
    theirs = Transformer.from_pipeline(f"urn:ogc:def:coordinateOperation:EPSG::{operation}")
    if pinned == code:
        lat, lon = theirs.transform(MUSCAT[1], MUSCAT[0])
    else:
        steps = ("+proj=unitconvert +xy_in=deg +xy_out=rad", "+proj=cart +ellps={}")
        there = Transformer.from_pipeline("+proj=pipeline " + " ".join(f"+step {s}" for s in steps).format("GRS80"))
        back = Transformer.from_pipeline(
            "+proj=pipeline " + " ".join(f"+step +inv {s}" for s in reversed(steps)).format("WGS84")
        )
        lon, lat = back.transform(*theirs.transform(*there.transform(*MUSCAT, 0)))[:2]
    assert metres_apart(lon, lat, *by.forward(*MUSCAT)) < MILLIMETRE


@pytest.mark.parametrize("code", PINNED)
def test_the_way_back_closes(code: str):
    """Heights are left out on the way, so the datums whose ellipsoid is 60 m off close to millimetres only."""
    by = crs.operation(code)
    assert metres_apart(*by.forward(*by.backward(LON, LAT)), LON, LAT).max() < 0.005


def test_shapely_geometries_lose_z_and_keep_their_kind():
    by = crs.operation("EPSG:32640")
    line = shapely.LineString([(650_000, 2_610_000, 12), (650_100, 2_610_000, 13)])
    moved = crs.to_storage(line, by)
    assert not moved.has_z
    assert EARTH.geometry_length(moved) == pytest.approx(100 / 0.9996, rel=1e-3)
    both = crs.to_storage(np.array([line, None]), by)
    assert both[0].equals(moved)
    assert both[1] is None
    assert crs.from_storage(moved, by).equals_exact(shapely.force_2d(line), 1e-6)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("epsg:9296", "EPSG:9296"),
        ("ESRI:103596", "EPSG:9296"),  # the same system under another name is pinned too
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("EPSG:4979", "EPSG:4326"),
        ("EPSG:7372", "EPSG:7373"),
        ("EPSG:9293", "EPSG:9294"),
        ("EPSG:7410", "EPSG:4134"),  # PSD93 with heights
        ("EPSG:2249", "EPSG:2249"),
        ("http://www.opengis.net/def/crs/EPSG/0/3440", "EPSG:3440"),
    ],
)
def test_a_system_is_known_by_any_of_its_names(given: str, code: str):
    assert crs.identify(given) == code


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("code", ["EPSG:3440", "EPSG:23239", "EPSG:9296", "EPSG:4134", "EPSG:2249"])
def test_a_prj_file_is_recognised(version: str, code: str):
    assert crs.identify(CRS.from_user_input(code).to_wkt(version)) == code


def test_a_system_without_a_number_is_used_as_it_is_written():
    text = "+proj=tmerc +lat_0=23 +lon_0=58 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    by = crs.operation(text)
    assert by.source == text
    assert by.forward(0, 0) == pytest.approx((58, 23))


def test_an_unknown_system_is_refused_with_what_to_do():
    for given in ("EPSG:99999", "", "no such thing"):
        with pytest.raises(crs.UnknownSystem) as refusal:
            crs.operation(given)
        assert isinstance(refusal.value, Refusal)
        assert "EPSG:4326" in str(refusal.value)


@pytest.mark.parametrize("code", ["EPSG:7371", "EPSG:9292", "EPSG:4978", "EPSG:5724", "EPSG:5725"])
@pytest.mark.parametrize("written", ["code", "WKT2_2019", "WKT1_GDAL"])
def test_numbers_from_the_middle_of_the_earth_and_heights_are_no_place(code: str, written: str):
    """Two of the three numbers would be read as a place, somewhere."""
    given = code if written == "code" else CRS.from_user_input(code).to_wkt(written)
    for asked in (crs.identify, crs.operation):
        with pytest.raises(crs.NotOfMaps) as refusal:
            asked(given)
        with override("en"):
            assert "Give longitude and latitude, or easting and northing" in str(refusal.value)


@pytest.mark.parametrize("written", ["code", "WKT2_2019"])
@pytest.mark.parametrize("code", ["EPSG:4979", "EPSG:7372", "EPSG:9293", "EPSG:7410"])
def test_with_heights_the_way_is_that_of_the_system_without(code: str, written: str):
    given = code if written == "code" else CRS.from_user_input(code).to_wkt(written)
    by = crs.operation(given)
    assert by.pinned
    assert by.source == catalogue().find(code).code  # type: ignore[union-attr]
    assert crs.title(code, "ar") == catalogue().systems[by.source].title["ar"]


def test_a_foreign_system_gets_one_operation_and_says_what_a_grid_would_better():
    """State plane feet of Massachusetts: the null operation at 4 m, because the 2 m one needs a grid from elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        by = crs.operation("EPSG:2249", CAMBRIDGE)
    assert (by.pinned, by.accuracy_m) == (False, 4.0)
    assert "NAD83 to WGS 84 (1)" in by.name
    assert any("us_noaa_nehpgn.tif" in name for name in by.unavailable)
    again = Transformer.from_pipeline(by.pipeline)
    feet = by.backward(-71.11, 42.37)
    assert again.transform(*feet) == pytest.approx((-71.11, 42.37))
    assert crs.unit_m("EPSG:2249") == pytest.approx(1200 / 3937)


def test_points_outside_a_projection_are_not_finite():
    lon, _ = crs.operation("EPSG:32640").forward(1e12, 1e12)
    assert not np.isfinite(lon)


@pytest.mark.django_db
def test_sql_refuses_a_system_that_is_not_pinned():
    for code in ("EPSG:2249", "EPSG:1", "nonsense", "EPSG:4326; DROP TABLE x"):
        refused = pytest.raises(ProgrammingError, match="no fixed definition")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT gis_to_storage(ST_MakePoint(0, 0), %s)", [code])


@pytest.mark.django_db
def test_postgis_knows_the_national_systems():
    with connection.cursor() as cursor:
        cursor.execute("SELECT srid FROM spatial_ref_sys WHERE auth_name = 'EPSG' AND srid BETWEEN 9292 AND 9297")
        assert {srid for (srid,) in cursor.fetchall()} == set(range(9292, 9298))
        cursor.execute("SELECT ST_SRID(gis_from_storage(ST_SetSRID(ST_MakePoint(58, 23), 4326), 'EPSG:9296'))")
        assert cursor.fetchone() == (9296,)


@pytest.mark.parametrize("system", catalogue().systems.values(), ids=lambda system: system.code)
def test_every_system_is_called_something_in_arabic(system: System):
    assert any("\u0621" <= letter <= "\u064a" for letter in system.title["ar"])
    assert system.title["en"].isascii()
