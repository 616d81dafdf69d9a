"""The rule that parcels do not overlap, asked of the database by raw SQL; what it costs is bounded."""

import json
import time

import numpy as np
import psycopg
import pytest
import shapely
from psycopg.errors import CheckViolation, ExclusionViolation, GeneratedAlways, QueryCanceled

from gis.measure import area_m2
from tests import databases
from tests.apps.accounts.city import Two, two_authorities, web_session
from tests.apps.parcels import races


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def web(committed_db: str, two: Two):
    """An officer of `here`, as the web's login."""
    with web_session(committed_db, two.officer) as session:
        yield session


def add(session: psycopg.Connection, two: Two, shape: str | shapely.Polygon, **values: object) -> object:
    if not isinstance(shape, str):
        shape = ewkt(shape)
    values = {"authority_id": two.here.id, "plot_no": str(next(races._plots)), "geom": shape} | values
    columns, marks = ", ".join(values), ", ".join("%s" for _column in values)
    row = session.execute(
        f"INSERT INTO parcels_parcel ({columns}) VALUES ({marks}) RETURNING id",
        list(values.values()),
    ).fetchone()
    assert row is not None
    return row[0]


def ewkt(shape: shapely.Polygon) -> str:
    return "SRID=4326;" + shapely.MultiPolygon([shape]).wkt


def test_only_parcels_of_one_time_are_compared(web, two):
    place = races.somewhere()
    add(web, two, place, valid_from="2024-01-01", valid_to="2025-01-01")
    add(web, two, place, valid_from="2025-01-01", valid_to="2026-01-01")
    add(web, two, place, valid_from="2025-06-01", valid_to="2025-06-01")  # in force on no day
    later = add(web, two, place, valid_from="2026-01-01")
    with pytest.raises(ExclusionViolation):
        add(web, two, place, valid_from="2025-12-31", valid_to="2026-01-01")
    with pytest.raises(ExclusionViolation):
        web.execute("UPDATE parcels_parcel SET valid_from = '2025-12-31' WHERE id = %s", [later])
    with pytest.raises(ExclusionViolation):
        web.execute("UPDATE parcels_parcel SET valid_to = '2026-01-02' WHERE valid_to = '2026-01-01'")


def test_one_statement_may_exchange_two_parcels(web, two):
    """What counts is how the table stands after the statement, not its rows in turn."""
    one, other = races.somewhere(), races.somewhere()
    first, second = add(web, two, one), add(web, two, other)
    exchange = "UPDATE parcels_parcel SET geom = CASE WHEN id = %s THEN %s ELSE %s END::geometry WHERE id IN (%s, %s)"
    web.execute(exchange, [first, other, one, first, second])
    with pytest.raises(ExclusionViolation):
        web.execute(exchange, [first, one, one, first, second])


def test_any_way_of_writing_is_judged(web, two):
    place = races.somewhere()
    parcel = add(web, two, place, source_id="7")
    same = [two.here.id, place]
    for statement in (
        "INSERT INTO parcels_parcel (authority_id, plot_no, geom) VALUES (%s, 'x', %s)",
        "WITH made AS (INSERT INTO parcels_parcel (authority_id, plot_no, geom) VALUES (%s, 'x', %s) RETURNING id) "
        "SELECT * FROM made",
        "MERGE INTO parcels_parcel p USING (VALUES (%s::uuid, %s::geometry)) v (a, g) ON p.plot_no = 'none' "
        "WHEN NOT MATCHED THEN INSERT (authority_id, plot_no, geom) VALUES (a, 'x', g)",
    ):
        with pytest.raises(ExclusionViolation):
            web.execute(statement, same)
    upsert = (
        "INSERT INTO parcels_parcel (authority_id, plot_no, source_id, geom) VALUES (%s, 'y', '7', %s) "
        "ON CONFLICT (authority_id, source_id) WHERE valid_to IS NULL AND source_id <> '' "
        "DO UPDATE SET geom = excluded.geom"
    )
    web.execute(upsert, same)
    elsewhere = races.somewhere()
    add(web, two, elsewhere)
    with pytest.raises(ExclusionViolation):
        web.execute(upsert, [two.here.id, elsewhere])
    assert web.execute("SELECT count(*) FROM parcels_parcel WHERE id = %s", [parcel]).fetchone() == (1,)


def test_copy_is_judged_too(committed_db, web, two):
    """Row-level security refuses COPY to everybody it binds; a superuser may, and meets the rule."""
    place = races.somewhere()
    add(web, two, place)

    def copied(session: psycopg.Connection) -> None:
        with session.cursor() as cursor:
            with cursor.copy("COPY parcels_parcel (authority_id, plot_no, geom) FROM STDIN") as copy:
                copy.write_row([two.here.id, "x", place])

    with pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security"):
        copied(web)
    with databases.superuser(committed_db) as root, pytest.raises(ExclusionViolation):
        copied(root)


def test_a_long_sliver_passes_and_a_wide_spot_in_it_does_not(web, two):
    """The measure is the mean width of each part: a kilometre of 10 cm is a survey's error; with a room in it, not."""
    add(web, two, shapely.box(56, 22, 56.01, 22.001))
    sliver = shapely.box(56, 22.001 - 1e-6, 56.01, 22.002)
    dent = shapely.box(56.005, 22.0009, 56.0051, 22.001)
    with pytest.raises(ExclusionViolation) as error:
        add(web, two, shapely.union(sliver, dent))
    assert json.loads(error.value.diag.message_detail or "")["width_m"] == pytest.approx(0.22, abs=0.01)
    add(web, two, sliver)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(56.1, 22, 56.101, 22.001),  # the same
        shapely.box(56.1002, 22.0002, 56.1004, 22.0004),  # inside
        shapely.box(56, 21, 57, 23),  # around
        shapely.box(56.1, 22, 56.101, 22.001).difference(shapely.box(56.1001, 22.0001, 56.1009, 22.0009)),  # a frame
    ],
)
def test_every_way_of_lying_on_another(web, two, shape):
    add(web, two, shapely.box(56.1, 22, 56.101, 22.001))
    with pytest.raises(ExclusionViolation):
        add(web, two, shape)


def test_a_parcel_in_the_hole_of_another_is_a_neighbour(web, two):
    hole = shapely.box(56.2002, 22.0002, 56.2004, 22.0004)
    add(web, two, shapely.box(56.2, 22, 56.201, 22.001).difference(hole))
    add(web, two, hole)


def test_the_area_is_the_databases(web, two):
    shape = shapely.box(56.3, 22, 56.301, 22.001)
    parcel = add(web, two, shape)
    read = "SELECT computed_area_m2 FROM parcels_parcel WHERE id = %s"
    assert float(web.execute(read, [parcel]).fetchone()[0]) == pytest.approx(area_m2(shape), abs=0.01)
    wider = shapely.box(56.3, 22, 56.302, 22.001)
    web.execute("UPDATE parcels_parcel SET geom = %s WHERE id = %s", [ewkt(wider), parcel])
    assert float(web.execute(read, [parcel]).fetchone()[0]) == pytest.approx(area_m2(wider), abs=0.01)
    for statement in (
        "UPDATE parcels_parcel SET computed_area_m2 = 1 WHERE id = %s",
        "INSERT INTO parcels_parcel (plot_no, geom, authority_id, computed_area_m2) "
        "SELECT 'z', geom, authority_id, 1 FROM parcels_parcel WHERE id = %s",
    ):
        with pytest.raises(GeneratedAlways):
            web.execute(statement, [parcel])


@pytest.mark.parametrize(
    "shape",
    [
        "SRID=4326;MULTIPOLYGON EMPTY",
        "SRID=4326;MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "SRID=4326;MULTIPOLYGON(((0 0, NaN 1, 1 0, 0 0)))",
        shapely.to_wkb(
            shapely.set_srid(shapely.MultiPolygon([shapely.Polygon([(0, 0), (float("inf"), 1), (1, 0)])]), 4326),
            hex=True,
            include_srid=True,
        ),
        "SRID=4326;MULTIPOLYGON(((650000 2600000, 650100 2600000, 650100 2600100, 650000 2600000)))",
    ],
)
def test_false_geometry_does_not_reach_the_rule(web, two, shape):
    with pytest.raises(CheckViolation) as error:
        add(web, two, shape)
    assert error.value.diag.constraint_name == "parcel_geometry_is_sound"


def test_a_million_corners_are_refused_in_time(web, two):
    angle = np.linspace(0, 2 * np.pi, 1_000_000)
    ring = shapely.to_wkb(
        shapely.set_srid(
            shapely.MultiPolygon([shapely.Polygon(np.column_stack([56 + np.cos(angle), 22 + np.sin(angle)]))]), 4326
        ),
        include_srid=True,
    )
    began = time.perf_counter()
    with pytest.raises((CheckViolation, QueryCanceled)):
        web.execute(
            "INSERT INTO parcels_parcel (authority_id, plot_no, geom) VALUES (%s, 'x', %s::bytea::geometry)",
            [two.here.id, ring],
        )
    assert time.perf_counter() - began < 10


def comb(teeth: int, *, upright: bool) -> shapely.Polygon:
    """A comb of four corners a tooth over a square of a tenth of a degree; two of them cross teeth times teeth."""
    width = 0.1 / (2 * teeth)
    corners = [(0.0, 0.0)]
    for tooth in range(teeth):
        x = tooth * 2 * width
        corners += [(x, 0.001), (x, 0.1), (x + width, 0.1), (x + width, 0.001)]
    corners += [(0.1, 0.001), (0.1, 0.0)]
    return shapely.Polygon([(55 + (x if upright else y), 21 + (y if upright else x)) for x, y in corners])


def test_combs_on_each_other_end_with_the_statements_time(web, two):
    """A sound bomb: two outlines of ten thousand corners would take GEOS many minutes and gigabytes in one overlay."""
    add(web, two, comb(2400, upright=True))
    began = time.perf_counter()
    with pytest.raises((QueryCanceled, ExclusionViolation)):
        add(web, two, comb(2400, upright=False))
    assert time.perf_counter() - began < 20  # the web's limit is five seconds
    assert web.execute("SELECT count(*) FROM parcels_parcel").fetchone() == (1,)
