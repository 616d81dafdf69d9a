"""A late writer's comparison asks the cores of outlines first: it must find what asking each pair in full finds."""

from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely
from shapely import affinity

from gis.exchange.overlaps import mean_width_m
from tests.apps.parcels.faults import replace

pytestmark = pytest.mark.timeout(280)

SQL = Path(__file__).parents[3] / "apps" / "parcels" / "sql"
TOLERANCE_M = 0.2
METRE = 1 / 111_700  # in degrees, at least
# `apart`: the core says that there is nothing to measure. The measure is what the rule has always asked.
JUDGE = """
    SELECT coalesce(ST_NRings(b) = 1 AND ST_Distance(gis_core(a, %(tolerance)s / 2), b) > 0, false) AS apart,
        round(gis_overlap_width(a, b)::numeric, 3)::float8
    FROM (SELECT one::geometry AS a, other::geometry AS b
        FROM unnest(%(one)s::text[], %(other)s::text[]) t (one, other)) p
"""


def outline(kind: str, random: np.random.Generator) -> shapely.Polygon:
    """About 20 m wide, the middle at 0: of the kinds that come, and of some that hardly do."""
    angles = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(3, 12))))
    turned = {
        "plot": shapely.box(-10, -8, 10, 8),
        "hull": shapely.MultiPoint(random.uniform(-10, 10, (8, 2))).convex_hull,
        "star": shapely.Polygon(
            random.uniform(2, 12, (len(angles), 1)) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        ),
        "corner": shapely.box(-10, -10, 10, 10).difference(shapely.box(-4, -4, 11, 11)),
        "comb": shapely.union_all([shapely.box(-10, -10, 10, -7), *(shapely.box(x, -8, x + 1, 9) for x in (-9, 0, 6))]),
        "strip": shapely.box(-30, -0.4, 30, 0.4),
        "sliver": shapely.box(-10, -0.1, 10, 0.1),
        "frame": shapely.box(-10, -10, 10, 10).difference(shapely.box(-6, -6, 6, 6)),
        "speck": shapely.box(-0.05, -0.05, 0.05, 0.05),
    }[kind]
    turned = affinity.rotate(turned, random.uniform(0, 360), origin=(0, 0))
    return turned if turned.is_valid and turned.geom_type == "Polygon" else shapely.box(-10, -8, 10, 8)


KINDS = ("plot", "hull", "star", "corner", "comb", "strip", "sliver", "frame", "speck")


def beside(one: shapely.Polygon, other: shapely.Polygon, random: np.random.Generator) -> shapely.Polygon:
    """The other one moved until it touches or overlaps by about the tolerance, or cut to share the border exactly."""
    if random.random() < 0.3:
        cut = affinity.translate(other, *random.uniform(-12, 12, 2)).difference(one)
        parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon" and part.area > 0.001]
        return max(parts, key=lambda part: part.area) if parts else other
    way = random.uniform(0, 2 * np.pi)
    step = np.array([np.cos(way), np.sin(way)])
    near, far = 0.0, 100.0
    for _halving in range(30):
        middle = (near + far) / 2
        meets = affinity.translate(other, *(step * middle)).intersects(one)
        near, far = (middle, far) if meets else (near, middle)
    back = near - random.choice([0, 0.0005, 0.1, 0.19, 0.25, 0.4, 1, 2, 4, 8, 20])
    return affinity.translate(other, *(step * back))


def pairs(number: int, seed: int) -> list[tuple[shapely.Polygon, shapely.Polygon]]:
    """Valid pairs, in degrees near the coast; half of them as a file with nine decimals has them."""
    random = np.random.default_rng(seed)
    found = []
    while len(found) < number:
        one = outline(random.choice(KINDS), random)
        placed = [affinity.translate(affinity.scale(shape, METRE, METRE, origin=(0, 0)), 57.3, 24.1)
                  for shape in (one, beside(one, outline(random.choice(KINDS), random), random))]  # fmt: skip
        if random.random() < 0.5:
            placed = [shapely.transform(shape, lambda points: np.round(points, 9)) for shape in placed]
        if all(shape.is_valid and not shape.is_empty for shape in placed):
            found.append((placed[0], placed[1]) if random.random() < 0.5 else (placed[1], placed[0]))
    return found


def judged(root: psycopg.Connection, which: list[tuple[shapely.Polygon, shapely.Polygon]]) -> list[tuple[bool, float]]:
    one, other = ([multi(pair[side]) for pair in which] for side in (0, 1))
    return root.execute(JUDGE, {"one": one, "other": other, "tolerance": TOLERANCE_M}).fetchall()


def multi(shape: shapely.Polygon) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shapely.MultiPolygon([shape]), 4326), hex=True, include_srid=True))


@pytest.mark.parametrize("seed", range(2))
def test_a_core_never_hides_an_overlap(root, seed):
    found = judged(root, pairs(2500, seed))
    assert [width for apart, width in found if apart and width > TOLERANCE_M] == []
    assert sum(apart for apart, _width in found) > 500
    assert sum(width > TOLERANCE_M for _apart, width in found) > 200


def test_a_speck_is_not_wide(root):
    """Corners of neighbours that cross by less than a hundredth of a millimetre: the geodesic area of that is noise."""
    one = shapely.Polygon([(57.3, 24.1), (57.3002, 24.1), (57.3002, 24.1002), (57.3, 24.1002)])
    found = []
    for step in range(1, 40):
        corner = 57.3002 - step * 1e-12, 24.1002 - step * 1e-12
        other = shapely.Polygon([corner, (57.3004, 24.1002), (57.3003, 24.1004)])
        found += [width for _apart, width in judged(root, [(one, other)])]
        found.append(mean_width_m(shapely.intersection(one, other)))
    assert max(found) == 0


def test_a_seeded_fault_of_the_core(root, committed_db):
    """A core that is drawn together by more than it says hides overlaps."""
    replace(committed_db, "gis_core", ("2 * margin_m", "60 * margin_m"))
    found = judged(root, pairs(1500, 0))
    assert [width for apart, width in found if apart and width > TOLERANCE_M]


def test_where_nothing_is_safe_to_say_there_is_no_core(root):
    box = shapely.box(57, 23, 57.0002, 23.0002)
    hole = box.difference(shapely.box(57.00005, 23.00005, 57.0001, 23.0001))
    for shape, margin in (
        (shapely.MultiPolygon([hole]), 0.1),
        (shapely.MultiPolygon([box, affinity.translate(box, 1)]), 0.1),
        (shapely.MultiPolygon([shapely.box(57, 23, 57.003, 23.003)]), 0.1),
        (shapely.MultiPolygon([shapely.box(57, 23, 57.000001, 23.000001)]), 0.1),
        (shapely.MultiPolygon([box]), 0.009),
    ):
        (core,) = root.execute("SELECT gis_core(%s::geometry, %s)", [shape.wkt, margin]).fetchone()
        assert core is None


def shaken(random: np.random.Generator) -> list[shapely.Polygon]:
    """A quarter of 400 plots that share corners, with a plot here and there that is pushed, doubled or a frame."""
    corners = np.stack(np.meshgrid(np.arange(21) * 25.0, np.arange(21) * 25.0, indexing="ij"), axis=-1)
    corners += random.uniform(-3, 3, corners.shape)
    plots = []
    for i in range(20):
        for j in range(20):
            plot = shapely.Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
            odd = random.random()
            if odd < 0.05:
                plot = affinity.translate(plot, *random.uniform(-0.6, 0.6, 2))
            elif odd < 0.07:
                plots.append(affinity.scale(plot, 0.5, 0.5))
            elif odd < 0.09:
                plot = plot.difference(affinity.scale(plot, 0.5, 0.5))
            plots.append(plot)
    return [affinity.translate(affinity.scale(plot, METRE, METRE, origin=(0, 0)), 57.5, 23.5) for plot in plots]


@pytest.mark.parametrize("only_added", [False, True], ids=["changed too", "only added"])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_pairs_as_when_each_is_asked_in_full(two, root, seed, only_added):
    """Of one transaction's parcels among themselves and with those that were there, of two authorities, dated."""
    before = (SQL / "parcels_rivals_written_v1.sql").read_text().replace("parcels_rivals_written", "each_in_full")
    root.execute(before)
    random = np.random.default_rng(seed)
    plots = shaken(random)
    insert = "INSERT INTO parcels_parcel (authority_id, plot_no, valid_from, geom) VALUES (%s, %s, %s, %s)"
    rows = [
        (two.here.id if random.random() < 0.7 else two.there.id, str(number), f"20{random.integers(10, 24)}-01-01",
         multi(plot))
        for number, plot in enumerate(plots)
    ]  # fmt: skip
    root.execute("UPDATE territory_authority SET survey_tolerance_m = 0.5 WHERE id = %s", [two.there.id])
    there = len(rows) // 4
    with root.transaction(), root.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # without the rule
        cursor.executemany(insert, rows[:there])
    with root.transaction() as undone:
        root.execute("SELECT parcels_check_late()")
        with root.cursor() as cursor:
            cursor.executemany(insert, rows[there : 2 * there])
            with root.transaction():  # a savepoint: rows of another number
                cursor.executemany(insert, rows[2 * there : 3 * there])
            cursor.executemany(insert, rows[3 * there :])
        ended = "plot_no ~ '7$'" if not only_added else "false"
        root.execute(f"UPDATE parcels_parcel SET valid_to = '2020-01-01' WHERE valid_from < '2015-01-01' AND {ended}")
        assert root.execute("SELECT changed FROM parcels_overlap_due").fetchall() == [(not only_added,)]
        found, wanted = (
            root.execute(f"SELECT r::text FROM {function}(pg_current_xact_id()) r ORDER BY 1").fetchall()
            for function in ("parcels_rivals_written", "each_in_full")
        )
        raise psycopg.Rollback(undone)
    assert found == wanted
    assert len(wanted) > 10
