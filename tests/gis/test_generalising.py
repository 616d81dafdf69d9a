"""Tiles of far zooms are cut from what is kept of the records, and say what tiles cut from the records say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from gis import generalising, tiles
from gis.db import generalised
from gis.db.acting import acting_as
from gis.layers import AGENCIES, OFFICERS, PUBLIC, Audience
from gis.mercator import Address
from gis.tiles import budget
from tests import databases
from tests.apps.accounts.city import Two, desk_session, two_authorities, web_session
from tests.gis.test_tiles import LAT, LON, PARCELS, around, decoded

CELLS, SHAPES = generalised.kinds()["parcels", 6], generalised.kinds()["parcels", 12]
FAR = [around(6), around(9), around(11)]
NEAR = [around(12), around(13)]
PARCEL = (
    "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, geom)"
    " SELECT %(authority)s, (%(first)s + i)::text, '', 'residential',"
    " ST_Multi(ST_MakeEnvelope(x, y, x + 0.0004, y + 0.0004, 4326)) FROM generate_series(1, %(many)s) i,"
    f" LATERAL (SELECT {LON} + i %% 40 * 0.0006 AS x, {LAT} + %(north)s + i / 40 * 0.0006 AS y) at RETURNING id"
)


class Ground:
    """Parcels of two authorities, changed by raw SQL that no program of ours has seen."""

    def __init__(self, two: Two, database: str, root: psycopg.Connection) -> None:
        self.two, self.database, self.root, self.numbers = two, database, root, 0

    def add(
        self, authority: Any, many: int = 1, north: float = 0, session: psycopg.Connection | None = None
    ) -> list[Any]:
        given = {"authority": authority.id, "many": many, "north": north, "first": self.numbers}
        self.numbers += many
        return [key for (key,) in (session or self.root).execute(PARCEL, given).fetchall()]

    def readers(self) -> list[tuple[Audience, Any]]:
        people = (self.two.officer, self.two.stranger, self.two.national)
        return [(PUBLIC, None), (AGENCIES, None), *((OFFICERS, person) for person in people)]


@contextmanager
def followed(database: str) -> Iterator[Ground]:
    """Forty parcels of here, ten of there, who shows them to nobody else; followed."""
    two = two_authorities()
    with databases.superuser(database) as root:
        found = Ground(two, database, root)
        root.execute("UPDATE territory_authority SET publishes_parcels = false WHERE code = 'there'")
        found.add(two.here, 40)
        found.add(two.there, 10, north=0.1)
        generalising.follow()
        yield found


@pytest.fixture
def ground(committed_db: str) -> Iterator[Ground]:
    with followed(committed_db) as found:
        yield found


@pytest.fixture(scope="module")
def closed(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    """For tests of what is refused: nothing is changed."""
    with databases.used(template_database, django_db_blocker, label="tiles") as name, followed(name) as found:
        yield found


def acting(person: Any) -> Any:
    return acting_as(user=person.id) if person else nullcontext()


def counts(cut: tiles.Tile, folder: Path, at: Address) -> list[tuple[str, int]]:
    if not cut.content:
        return []
    table = decoded(cut, folder, at)
    return sorted(zip(table.geometry.to_wkt(), table["count"], strict=True))


def shapes(cut: tiles.Tile, folder: Path, at: Address) -> list[tuple[str, str, str]]:
    if not cut.content:
        return []
    table = decoded(cut, folder, at)
    return sorted(zip(table["id"], table["land_use"], table.geometry.to_wkt(), strict=True))


@pytest.fixture
def compare(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Every reader's tiles, from what is kept and from the records: the same, and from what is kept indeed."""

    def run() -> None:
        for audience, person in ground.readers():
            for at, said, kind in [*((at, counts, CELLS) for at in FAR), *((at, shapes, SHAPES) for at in NEAR)]:
                with acting(person):
                    assert generalising.ready(kind, audience), (kind.name, audience)
                    kept = tiles.tile(PARCELS, audience, *at)
                    with monkeypatch.context() as patch:
                        patch.setattr(generalising, "ready", lambda kind, audience: False)
                        fresh = tiles.tile(PARCELS, audience, *at)
                assert said(kept, tmp_path, at) == said(fresh, tmp_path, at), (at, audience, person)
                assert kept.dropped == fresh.dropped

    return run


def total(cut: tiles.Tile, folder: Path, at: Address) -> int:
    return sum(number for _cell, number in counts(cut, folder, at))


def test_each_reader_counts_what_its_view_shows(ground: Ground, compare: Callable[[], None], tmp_path: Path):
    compare()
    found = []
    for audience, person in ground.readers():
        with acting(person):
            found.append(total(tiles.tile(PARCELS, audience, *around(6)), tmp_path, around(6)))
    assert found == [40, 40, 40, 50, 50]


CHANGES = {
    "entered": "",
    "moved": "UPDATE parcels_parcel SET geom = ST_Translate(geom, 0.03, 0.02) WHERE plot_no::int % 3 = 0",
    "changed": "UPDATE parcels_parcel SET land_use = 'commercial' WHERE plot_no::int % 2 = 0",
    "deleted": "DELETE FROM parcels_parcel WHERE plot_no::int < 6",
    "ended": "UPDATE parcels_parcel SET valid_from = current_date - 9, valid_to = current_date - 1 WHERE plot_no = '7'",
    "handed over": "UPDATE parcels_parcel SET authority_id = (SELECT id FROM territory_authority WHERE code = 'there')"
    " WHERE plot_no::int % 5 = 0 AND plot_no::int <= 40",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_there_before_and_after_it_is_followed(change: str, ground: Ground, compare: Callable[[], None]):
    if CHANGES[change]:
        ground.root.execute(CHANGES[change])
    else:
        ground.add(ground.two.here, 7, north=-0.01)
        ground.add(ground.two.there, 3, north=-0.02)
    compare()
    assert generalising.follow() > 0
    compare()
    assert generalising.follow() == 0
    tidy(ground)


def tidy(ground: Ground) -> None:
    """What is kept is what would be made anew, with no cell of nothing."""
    asked = (
        "SELECT col, row, authority_id, open, count(*) FROM tiles_now.parcels_6 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    counted = "SELECT col, row, authority_id, open, n FROM tiles.parcels_6_count ORDER BY 1, 2, 3, 4"
    assert ground.root.execute(asked).fetchall() == ground.root.execute(counted).fetchall()
    for kind in (CELLS, SHAPES):
        same = ground.root.execute(
            f"SELECT count(*) FROM ((TABLE tiles.{kind.name} EXCEPT TABLE tiles_now.{kind.name}) UNION ALL"
            f" (TABLE tiles_now.{kind.name} EXCEPT TABLE tiles.{kind.name})) d"
        ).fetchone()
        assert same == (0,)


def test_an_authority_that_closes_is_out_of_all_tiles_at_once(ground: Ground, compare, tmp_path: Path):
    ground.root.execute("UPDATE territory_authority SET publishes_parcels = false WHERE code = 'here'")
    assert not generalising.ready(CELLS, PUBLIC)
    assert tiles.tile(PARCELS, PUBLIC, *around(6)).content == b""
    assert tiles.tile(PARCELS, PUBLIC, *around(12)).content == b""
    generalising.follow()
    compare()
    tidy(ground)
    ground.root.execute("UPDATE territory_authority SET publishes_parcels = true")
    assert total(tiles.tile(PARCELS, PUBLIC, *around(6)), tmp_path, around(6)) == 50
    generalising.follow()
    compare()
    tidy(ground)


def test_what_is_committed_late_is_counted(ground: Ground, compare: Callable[[], None]):
    """The older transaction ends after the follower has passed the newer one."""
    with databases.superuser(ground.database) as old:
        old.autocommit = False
        ground.add(ground.two.here, 5, north=-0.01, session=old)
        ground.add(ground.two.here, 2, north=-0.02)
        generalising.follow()
        compare()
        old.commit()
    compare()
    generalising.follow()
    compare()
    tidy(ground)


def test_whoever_is_killed_has_done_nothing(ground: Ground, compare, monkeypatch: pytest.MonkeyPatch):
    ground.add(ground.two.here, 5, north=-0.01)
    done = generalising._call

    def killed(kind: Any, ending: str, using: str, *arguments: object) -> None:
        done(kind, ending, using, *arguments)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(generalising, "_call", killed)
        with pytest.raises(RuntimeError):
            generalising.follow()
    compare()
    assert generalising.follow() > 0
    compare()
    tidy(ground)


def test_a_day_that_has_come_is_compared_once(ground: Ground, compare: Callable[[], None]):
    """A record ends today, as it was written long ago: nobody writes anything today."""
    ground.root.execute(
        "ALTER TABLE parcels_parcel DISABLE TRIGGER history_update;"
        " UPDATE parcels_parcel SET valid_from = gis_today() - 9, valid_to = gis_today() WHERE plot_no::int < 4;"
        " ALTER TABLE parcels_parcel ENABLE ALWAYS TRIGGER history_update"
    )
    ground.root.execute("UPDATE tiles.kind SET day = gis_today() - 1")
    assert not generalising.ready(CELLS, PUBLIC)
    assert generalising.follow() == 0
    compare()
    tidy(ground)


def test_very_many_changes_are_cut_from_the_records_until_they_are_followed(ground: Ground, compare, tmp_path: Path):
    ground.add(ground.two.here, 1100, north=0.01)
    assert not generalising.ready(CELLS, PUBLIC)
    assert total(tiles.tile(PARCELS, PUBLIC, *around(6)), tmp_path, around(6)) == 1140
    assert {"parcels_6", "parcels_12"} <= set(generalising.lagging())
    generalising.follow()
    compare()


def test_the_same_from_the_beginning(ground: Ground, compare: Callable[[], None]):
    ground.add(ground.two.here, 5, north=-0.01)
    generalising.follow(anew=True)
    compare()
    tidy(ground)


def test_a_crowded_tile_keeps_the_biggest(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (big,) = ground.add(ground.two.here, 1, north=-0.01)
    ground.root.execute("UPDATE parcels_parcel SET geom = ST_Multi(ST_Expand(geom, 0.0001)) WHERE id = %s", [big])
    generalising.follow()
    monkeypatch.setattr(budget, "MOST_FEATURES", 5)
    cut = tiles.tile(PARCELS, PUBLIC, *around(12))
    assert (len(shapes(cut, tmp_path, around(12))), cut.dropped) == (5, 36)
    assert str(big) in {key for key, _use, _shape in shapes(cut, tmp_path, around(12))}


EVERYWHERE = f"(0, 0, 0, {2**17}, {2**17})"
WORLD = "(-2e7, -2e7, 2e7, 2e7, 10000)"


@pytest.mark.parametrize("late", [False, True])
def test_sql_gives_no_reader_more_than_its_view(late: bool, ground: Ground):
    ground.add(ground.two.here, 5, north=-0.01)
    ground.add(ground.two.there, 2, north=-0.02)
    if not late:
        generalising.follow()
    everywhere = f"SELECT coalesce(sum(number), 0)::int FROM pub.parcels_6_cells{EVERYWHERE}"
    world = f"SELECT count(*)::int, coalesce(max(found), 0)::int FROM pub.parcels_12_shapes{WORLD}"
    with databases.login("public", ground.database) as public:
        assert public.execute(everywhere).fetchone() == (45,)
        assert public.execute(world).fetchone() == (45, 45)
    own, shown = everywhere.replace("pub.", "own."), world.replace("pub.", "own.")
    for person, number in ((ground.two.officer, 45), (ground.two.stranger, 57), (ground.two.national, 57), (None, 45)):
        with web_session(ground.database, person) as web:
            assert web.execute(own).fetchone() == (number,)
            assert web.execute(shown).fetchone() == (number, number)
    with desk_session(ground.database, ground.two.officer, ground.two.here) as desk:
        assert desk.execute(own).fetchone() == (45,)
        assert desk.execute(shown).fetchone() == (45, 45)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT FROM tiles.parcels_6", "SELECT FROM tiles.parcels_6_count", "SELECT FROM tiles.parcels_12",
        "SELECT FROM tiles_now.parcels_12", "SELECT FROM tiles.kind", "SELECT follower_late('x', 'y', 1)",
        "SELECT follower_versions('x', 'y')",
    ],
)  # fmt: skip
def test_what_is_kept_is_read_by_no_login(asked: str, closed: Ground):
    for alias in ("default", "public"):
        with pytest.raises(Exception, match="permission denied"), connections[alias].cursor() as cursor:
            cursor.execute(asked)


@pytest.mark.parametrize("asked", [f"own.parcels_6_cells{EVERYWHERE}", "tiles.parcels_6_whole()"])
def test_the_anonymous_login_calls_its_own_function_only(asked: str, closed: Ground):
    with pytest.raises(Exception, match="permission denied"), connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT {asked}")


@pytest.mark.parametrize("fields", [(), ("plot_no", "land_use", "block_no")])
def test_a_declaration_that_carries_other_fields_can_be_migrated_to(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, fields: tuple[str, ...]
):
    """On a database that has the former one: what is kept begins anew, and the functions give the new columns."""
    other = generalised.Kind(SHAPES.layer, replace(SHAPES.zoom, fields=fields))
    assert other.said != SHAPES.said
    kinds = generalised.kinds() | {("parcels", 12): other}
    monkeypatch.setattr(generalised, "kinds", lambda: kinds)
    generalised.install("owner")
    for schema in ("pub", "own"):
        given = ground.root.execute(
            "SELECT pg_get_function_result(p.oid) FROM pg_proc p WHERE proname = 'parcels_12_shapes'"
            " AND pronamespace = to_regnamespace(%s)", [schema]
        ).fetchall()  # fmt: skip
        assert len(given) == 1
        assert given[0][0].count("said_") == len(fields)


def test_what_is_no_longer_declared_goes_with_all_that_reads_it(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    left = {key: kind for key, kind in generalised.kinds().items() if key != ("parcels", 12)}
    monkeypatch.setattr(generalised, "kinds", lambda: left)
    generalised.install("owner")
    found = ground.root.execute(
        "SELECT proname FROM pg_proc WHERE starts_with(proname, 'parcels_12_')"
        " UNION ALL SELECT relname FROM pg_class WHERE starts_with(relname, 'parcels_12')"
    ).fetchall()
    assert found == []
