"""A tile's validator is the state of its layer: it changes with it, whoever wrote, and with nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from gis import tiles, versions
from gis.layers import PUBLIC, registry
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

TILES = ("/tiles/parcels/6/42/27.mvt", "/tiles/parcels/12/2710/1771.mvt", "/tiles/parcels/14/10842/7086.mvt")


def counted() -> Two:
    """A plot and a street, and the states of their layers; in the database to which Django points."""
    two = two_authorities()
    with acting_for_both(two):
        make(Parcel, authority=two.here, plot_no="1")
        make(Street, authority=two.here)
    versions.follow()
    return two


@pytest.fixture(scope="module")
def known(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """For tests that only ask."""
    with databases.used(template_database, django_db_blocker, label="versions"):
        yield counted()


@pytest.fixture
def two(committed_db: str) -> Two:
    """For those that change what is there."""
    return counted()


@pytest.fixture
def session(committed_db: str, two: Two) -> Iterator[psycopg.Connection]:
    """Another program, that knows nothing of us."""
    with databases.superuser(committed_db) as root:
        yield root


def get(person: Any, path: str, known: str = "") -> HttpResponse:
    client = Client(headers={"host": "127.0.0.1"} | ({"if-none-match": known} if known else {}))
    if person:
        client.force_login(person)
    return client.get(path)  # type: ignore[return-value]


def marks(two: Two) -> list[str]:
    return [get(person, path)["ETag"] for person in (None, two.officer, two.stranger) for path in TILES]


CHANGES = {
    "a row": "UPDATE parcels_parcel SET land_use = 'commercial'",
    "a row is gone": "DELETE FROM parcels_parcel",
    "who shows what": "UPDATE territory_authority SET publishes_parcels = false WHERE code = 'there'",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("followed", [False, True])
def test_a_change_of_the_layer_changes_all_its_tiles(change: str, followed: bool, two: Two, session):
    before = marks(two)
    session.execute(CHANGES[change])
    if followed:
        versions.follow()
    after = marks(two)
    assert not set(before) & set(after)
    assert after == marks(two)


def test_a_change_of_another_layer_changes_none(two: Two, session: psycopg.Connection):
    before = marks(two)
    session.execute("UPDATE addressing_street SET name_ar = 'x'")
    assert marks(two) == before
    versions.follow()
    assert marks(two) == before


def test_to_be_followed_changes_none(two: Two, session: psycopg.Connection):
    session.execute(CHANGES["a row"])
    before = marks(two)
    versions.follow()
    assert marks(two) == before


def test_what_is_committed_late_changes_them_too(two: Two, session: psycopg.Connection, committed_db: str):
    """The older transaction has the lower numbers, and ends after the newer one."""
    (first,) = session.execute("SELECT id FROM parcels_parcel").fetchone()  # type: ignore[misc]
    with acting_for_both(two):
        make(Parcel, authority=two.there, plot_no="2")
    with databases.superuser(committed_db) as old:
        old.autocommit = False
        old.execute("UPDATE parcels_parcel SET land_use = 'commercial' WHERE id = %s", [first])
        session.execute("UPDATE parcels_parcel SET land_use = 'commercial' WHERE id <> %s", [first])
        seen = versions.of(registry["parcels"], PUBLIC)
        versions.follow()
        assert versions.of(registry["parcels"], PUBLIC) == seen
        old.commit()
    late = versions.of(registry["parcels"], PUBLIC)
    assert late != seen
    versions.follow()
    assert versions.of(registry["parcels"], PUBLIC) == late


def test_each_reader_has_tiles_of_their_own(known: Two):
    for path in TILES:
        assert len({get(person, path)["ETag"] for person in (None, known.officer, known.stranger)}) == 3


def test_who_has_it_gets_no_tile_cut(two: Two, session: psycopg.Connection, monkeypatch: pytest.MonkeyPatch):
    for person in (None, two.officer):
        first = get(person, TILES[2])
        with monkeypatch.context() as patch:
            patch.setattr(tiles, "tile", None)  # whoever cuts fails
            again = get(person, TILES[2], known=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Cache-Control"] == first["Cache-Control"]
        session.execute("UPDATE parcels_parcel SET plot_no = plot_no || '0'")
        other = get(person, TILES[2], known=first["ETag"])
        assert (other.status_code, other["ETag"] == first["ETag"]) == (200, False)


def test_caches_know_whose_it_is(known: Two):
    for person, kept in ((None, "public, max-age=60"), (known.officer, "private, max-age=0")):
        answer = get(person, TILES[0])
        assert answer["Cache-Control"].startswith(kept)
        assert {"Cookie", "X-API-Key"} <= {name.strip() for name in answer["Vary"].split(",")}
        assert answer["ETag"].startswith('W/"')


def test_a_tile_that_cannot_be_is_none_for_those_who_have_it_too(known: Two):
    assert get(None, "/tiles/parcels/3/9/9.mvt", known='W/"x"').status_code == 404
    assert get(None, "/tiles/parcels/3/9/9.mvt", known="*").status_code == 404


def test_before_anybody_counts_the_bytes_tell(two: Two, session: psycopg.Connection):
    session.execute("DELETE FROM spatial_follower WHERE name = 'versions'")
    first = get(None, TILES[2])
    assert get(None, TILES[2], known=first["ETag"]).status_code == 304
    versions.follow()
    assert get(None, TILES[2], known=first["ETag"]).status_code == 200


def test_after_very_many_changes_the_bytes_tell(two: Two, session: psycopg.Connection):
    """To count them for each tile would take longer than the tile."""
    session.execute(
        "INSERT INTO addressing_street SELECT (copy).* FROM (SELECT jsonb_populate_record(s, jsonb_build_object("
        "'id', gen_random_uuid(), 'source_id', '')) AS copy FROM addressing_street s, generate_series(1, 10001)) AS c"
    )
    session.execute("UPDATE addressing_street SET name_ar = name_ar || 'x'")
    assert versions.of(registry["streets"], PUBLIC) is None
    assert versions.of(registry["parcels"], PUBLIC)
    versions.follow()
    assert versions.of(registry["streets"], PUBLIC)


def test_to_count_anew_is_no_state_of_before(two: Two, session: psycopg.Connection):
    session.execute(CHANGES["a row"])
    versions.follow()
    before = marks(two)
    versions.follow(anew=True)
    session.execute("UPDATE parcels_parcel SET land_use = 'residential'")
    assert not set(before) & set(marks(two))


@pytest.mark.parametrize("layer", [layer.id for layer in registry])
def test_the_state_of_every_layer_is_known(layer: str, known: Two):
    assert versions.of(registry[layer], PUBLIC)


def test_the_anonymous_login_asks_for_its_own_state_only(known: Two):
    asked: Callable[[str], str] = "SELECT {}.parcels_version()".format
    with databases.login("public", str(connections["default"].settings_dict["NAME"])) as public:
        assert public.execute(asked("pub")).fetchone() != (None,)
        for schema in ("agency", "own"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute(asked(schema))


def test_no_layer_shows_what_passes_within_a_day(two: Two, session: psycopg.Connection):
    """The state names the day, and no finer time: a view that asks for the hour would change unseen."""
    found = session.execute(
        "SELECT schemaname, viewname FROM pg_views WHERE schemaname IN ('pub', 'agency', 'own', 'desk') AND"
        " regexp_replace(definition, 'statement_timestamp\\(\\) AT TIME ZONE ''[^'']+''::text\\)\\)::date', '', 'gi')"
        " ~* '(statement_timestamp|transaction_timestamp|clock_timestamp|current_time|localtime|now)\\M'"
    )
    assert found.fetchall() == []
