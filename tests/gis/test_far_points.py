"""Reports and wells at far zooms: what is at work is counted and shown first, a crowd is thinned evenly."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from apps.core.plan import plan_for
from gis import generalising, published, tiles
from gis.db import generalised
from gis.db.acting import acting_as
from gis.layers import AGENCIES, OFFICERS, PUBLIC, Audience, Field, Layer, Zoom, registry
from gis.mercator import Address, degree_box, mercator_box
from gis.tiles import WEB_MERCATOR, Asked, Square, budget, choice
from tests import databases
from tests.apps.accounts.city import Two, desk_session, two_authorities, web_session

from .test_tiles import around, decoded

REPORTS, WELLS = registry["reports"], registry["wells"]
KIND = generalised.kinds()["reports", 6]
PLACE = (58.3005, 23.6005)
FAR = [around(z, *PLACE) for z in (12, 9, 6)]
CATEGORIES = (
    'INSERT INTO reports_category (code, "group", name_ar, name_en, place)'
    " SELECT p, 'x', p, p, p FROM unnest('{exact,cell,hidden}'::text[]) p"
)
# In a square of some 300 m, the first the newest.
REPORT = (
    "INSERT INTO reports_report (authority_id, category_id, status, reported_at, client_id, body_hash, token, geom)"
    " SELECT %(authority)s, (SELECT id FROM reports_category WHERE code = %(place)s), %(status)s,"
    " now() - %(days)s * interval '1 day' - i * interval '1 minute', gen_random_uuid(), '', '',"
    f" ST_SetSRID(ST_MakePoint({PLACE[0]} + i %% 90 * 0.00003, {PLACE[1]} + i / 90 * 0.00003), 4326)"
    " FROM generate_series(1, %(many)s) i"
)
WELL = (
    'INSERT INTO wells_well (authority_id, number, kind, "use", status, valid_from, geom)'
    " SELECT %(authority)s, %(name)s || i, 'dug', 'domestic', 'working', '2020-01-01',"
    " ST_SetSRID(ST_MakePoint(%(west)s + (i %% %(side)s + 0.5) * %(step)s,"
    " %(south)s + (i / %(side)s + 0.5) * %(step)s),"
    " 4326) FROM generate_series(0, %(last)s) i"
)
EVERYWHERE = f"(0, 0, 0, {2**20}, {2**20})"


class Ground:
    def __init__(self, two: Two, database: str, root: psycopg.Connection) -> None:
        self.two, self.database, self.root = two, database, root

    def add(self, many: int, status: str, *, place: str = "exact", days: int = 1, authority: Any = None) -> None:
        given = {"many": many, "status": status, "place": place, "days": days}
        self.root.execute(REPORT, given | {"authority": (authority or self.two.here).id})

    def readers(self) -> list[tuple[Audience, Any]]:
        people = (self.two.officer, self.two.stranger, self.two.national)
        return [(PUBLIC, None), (AGENCIES, None), *((OFFICERS, person) for person in people)]


@pytest.fixture
def ground(committed_db: str) -> Iterator[Ground]:
    two = two_authorities()
    with databases.superuser(committed_db) as root:
        root.execute(CATEGORIES)
        yield Ground(two, committed_db, root)


def acting(person: Any) -> Any:
    return acting_as(user=person.id) if person else nullcontext()


def counts(cut: tiles.Tile, folder: Path, at: Address) -> list[tuple[str, int]]:
    if not cut.content:
        return []
    table = decoded(cut, folder, at, "reports")
    return sorted(zip(table.geometry.to_wkt(), table["count"], strict=True))


@pytest.fixture
def compare(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Every reader's far tiles from what is kept and from the records: the same. Returns how many each counts."""

    def run() -> list[int]:
        found = []
        for audience, person in ground.readers():
            for at in FAR:
                with acting(person):
                    assert generalising.ready(KIND, audience)
                    kept = tiles.tile(REPORTS, audience, *at)
                    with monkeypatch.context() as patch:
                        patch.setattr(generalising, "ready", lambda kind, audience: False)
                        fresh = tiles.tile(REPORTS, audience, *at)
                said = counts(kept, tmp_path, at)
                assert said == counts(fresh, tmp_path, at), (at, audience, person)
            found.append(sum(number for _place, number in said))
        return found

    return run


def mixed(ground: Ground) -> None:
    """Of here 3 exact, 4 in squares, 5 hidden; of there 6 exact, 7 hidden. As many settled ones beside them."""
    here, there = ground.two.here, ground.two.there
    for many, place, authority in ((3, "exact", here), (4, "cell", here), (5, "hidden", here), (6, "exact", there),
                                   (7, "hidden", there)):  # fmt: skip
        ground.add(many, "new", place=place, authority=authority)
        ground.add(many, "done", place=place, authority=authority)


def test_each_reader_counts_what_is_at_work_in_its_own_view(ground: Ground, compare: Callable[[], list[int]]):
    mixed(ground)
    generalising.follow()
    assert compare() == [13, 13, 18, 20, 25]


CHANGES = {
    "settled": ("UPDATE reports_report SET status = 'done' WHERE status = 'new'", 0),
    "taken up again": ("UPDATE reports_report SET status = 'in_progress' WHERE status = 'done'", 26),
    "moved": ("UPDATE reports_report SET geom = ST_Translate(geom, 0.02, 0.03)", 13),
    "hidden now": ("UPDATE reports_category SET place = 'hidden' WHERE code = 'exact'", 4),
    "shown now": ("UPDATE reports_category SET place = 'exact' WHERE code = 'hidden'", 25),
    "gone": ("DELETE FROM reports_report WHERE public_place IS NOT NULL", 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_counted_before_and_after_it_is_followed(
    change: str, ground: Ground, compare: Callable[[], list[int]]
):
    mixed(ground)
    generalising.follow()
    statement, number = CHANGES[change]
    ground.root.execute(statement)
    before = compare()
    generalising.follow()
    assert compare() == before
    assert before[0] == number
    cell = "col, row, authority_id, open"
    now = f"SELECT {cell}, count(*) FROM tiles_now.reports_6 GROUP BY {cell} ORDER BY {cell}"
    kept = f"SELECT {cell}, n FROM tiles.reports_6_count ORDER BY {cell}"
    assert ground.root.execute(kept).fetchall() == ground.root.execute(now).fetchall()


@pytest.mark.parametrize("late", [False, True])
def test_a_cell_does_not_tell_whom_it_hides_a_place_from(late: bool, ground: Ground):
    """The hidden are in no cell, and of a 100-metre square not the place within it."""
    generalising.follow()
    ground.add(5, "new", place="hidden")
    ground.add(1, "new", place="cell")
    if not late:
        generalising.follow()
    cells = f"SELECT col, row, number::int FROM pub.reports_6_cells{EVERYWHERE}"
    middle = "ST_Centroid(public_place)"
    across = 2**KIND.level
    [told] = ground.root.execute(
        f"SELECT floor((ST_X({middle}) + 180) / 360 * {across})::int FROM reports_report WHERE public_place IS NOT NULL"
    ).fetchall()
    with databases.login("public", ground.database) as public:
        assert [(col, number) for col, _row, number in public.execute(cells).fetchall()] == [(*told, 1)]
    own = cells.replace("pub.", "own.")
    for person, number in ((ground.two.officer, 6), (ground.two.stranger, 1), (ground.two.national, 6), (None, 1)):
        with web_session(ground.database, person) as web:
            assert sum(row[2] for row in web.execute(own).fetchall()) == number
    with desk_session(ground.database, ground.two.officer, ground.two.here) as desk:
        assert sum(row[2] for row in desk.execute(own).fetchall()) == 6


def drawn(layer: Layer, at: Address, folder: Path, audience: Audience = PUBLIC) -> tuple[Any, int]:
    cut = tiles.tile(layer, audience, *at)
    assert len(cut.content) <= budget.MOST_BYTES
    return decoded(cut, folder, at, layer.id), cut.dropped


def test_ten_at_work_are_there_among_eight_thousand_settled(ground: Ground, tmp_path: Path):
    """Though they are the oldest and the youngest of the records is settled."""
    ground.add(10, "new", days=300)
    ground.add(8_000, "done")
    generalising.follow()
    table, dropped = drawn(REPORTS, around(9, *PLACE), tmp_path)
    assert (table["count"].sum(), dropped) == (10, 0)
    assert set(table.geometry.geom_type) == {"Point"}
    table, dropped = drawn(REPORTS, around(13, *PLACE), tmp_path)
    assert (list(table["status"]), dropped) == (["new"] * 10, 0)
    table, dropped = drawn(REPORTS, around(15, *PLACE), tmp_path)
    found = Counter(table["status"])
    assert found["new"] == 10
    assert 1_000 < found["done"] == 8_000 - dropped < 7_000


def test_of_the_settled_the_newest_are_kept(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(budget, "MOST_FEATURES", 50)
    ground.add(60, "done", days=100)
    ground.add(30, "done", days=10)
    ground.add(60, "rejected", days=50)
    table, dropped = drawn(REPORTS, around(15, *PLACE), tmp_path)
    assert (Counter(table["status"]), dropped) == ({"done": 30, "rejected": 20}, 100)


def test_a_crowd_that_tells_no_time_is_thinned_evenly(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Two thousand old wells in one corner leave room for forty-nine young ones from all over the tile."""
    monkeypatch.setattr(budget, "MOST_FEATURES", 200)
    at = around(13, *PLACE)
    west, south, east, _north = degree_box(*at)
    given = {"authority": ground.two.here.id, "west": west, "south": south}
    corner = (east - west) / 8 / 50
    ground.root.execute(WELL, given | {"name": "O", "side": 50, "step": corner, "last": 1_999})
    ground.root.execute(WELL, given | {"name": "Y", "side": 7, "step": (east - west) / 8, "last": 48})
    table, dropped = drawn(WELLS, at, tmp_path, AGENCIES)
    assert (len(table), dropped) == (200, 1_849)
    left, bottom, right, _top = mercator_box(*at)
    part = (right - left) / 8
    points = table.geometry
    parts = zip((points.x - left) // part, (points.y - bottom) // part, strict=True)
    assert len(set(parts)) == 49


@pytest.mark.parametrize("audience", Audience)
def test_from_afar_wells_are_counted_for_everybody(ground: Ground, tmp_path: Path, audience: Audience):
    """As many as there are, at most a cell beside where they are, and nothing told of any one of them."""
    given = {"authority": ground.two.here.id, "name": "C", "side": 7, "step": 0.0001, "last": 48}
    ground.root.execute(WELL, given | dict(zip(("west", "south"), PLACE, strict=True)))
    for level in (7, 12):
        table, dropped = drawn(WELLS, around(level, *PLACE), tmp_path, audience)
        assert set(table.columns) - {"mvt_id"} == {"count", "geometry"}
        assert (table["count"].sum(), dropped) == (49, 0)
        assert set(table.geometry.geom_type) == {"Point"}


@pytest.mark.parametrize("reader", ["everybody", "an officer"])
def test_the_settled_are_not_read_for_what_is_at_work(reader: str, ground: Ground):
    """Where a tile is cut from the records too: those of the whole country are asked through the view."""
    for authority in (ground.two.here, ground.two.there):
        ground.add(20, "in_progress", authority=authority)
        ground.add(4_000, "done", authority=authority)
    ground.root.execute("ANALYZE reports_report")
    everywhere = sql.SQL("ST_MakeEnvelope(50, 15, 62, 28, 4326)")
    statement = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT geom FROM {} WHERE geom && {} {}")
    audience, session = PUBLIC, databases.login("public", ground.database)
    if reader == "an officer":
        audience, session = OFFICERS, web_session(ground.database, ground.two.officer)
    only = choice.only(Asked(REPORTS, PUBLIC, Square(WEB_MERCATOR, 6, 0, 0)), Zoom(6, pressing=True))
    with session as asking:
        (plan,) = asking.execute(statement.format(published.view(REPORTS, audience), everywhere, only)).fetchone()
    read = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "reports_report"]
    assert plan[0]["Plan"]["Actual Rows"] == 40
    assert sum(node.get("Rows Removed by Filter", 0) for node in read) <= 40  # the other ones of each half


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def test_what_is_pressing_is_what_the_map_draws_as_such():
    [drawn] = [one["symbol"] for one in plan_for(PUBLIC) if one["id"] == REPORTS.id]
    assert REPORTS.pressing == (drawn["classes"]["field"], drawn["pressing"])


@pytest.mark.parametrize(
    "given",
    [
        {"zooms": (Zoom(9, pressing=True),)},
        {"pressing": ("state", ("new",))},
        {"pressing": ("secret", ("new",))},
        {"when": "secret"},
    ],
)
def test_what_decides_about_tiles_is_declared_and_read_by_everybody(given: dict[str, Any]):
    fields = (Field("name", "Name"), Field("secret", "Secret", readers=OFFICERS))
    with pytest.raises(ValueError, match="pressing"):
        Layer("x", rows=REPORTS.rows, title="X", label="name", fields=fields, **given)
