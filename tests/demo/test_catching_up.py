"""What follows a country waits for its end, and is then there whole."""

from collections.abc import Callable

import psycopg
import pytest

from apps.config.demo.nation import catching_up
from gis import generalising, indexing, versions
from gis.following import KEY, Follower

Login = Callable[[str], psycopg.Connection]
NAMES = {*indexing.names(), *generalising.names(), *versions.names()}


def free(session: psycopg.Connection) -> set[str]:
    """The names under which somebody else could follow now."""
    with session.transaction():
        found = session.execute(
            f"SELECT name, pg_try_advisory_xact_lock({KEY}) FROM unnest(%s::text[]) AS name",  # type: ignore[arg-type]
            [list(NAMES)],
        ).fetchall()
    return {name for name, is_free in found if is_free}


def test_nobody_follows_before_the_country_is_there(committed_db: str, login: Login):
    session, said = login("web"), []  # type: ignore[var-annotated]
    Follower.objects.all().delete()
    assert free(session) == NAMES
    with catching_up.afterwards(said.append):
        assert free(session) == set()
        assert not Follower.objects.exists()
    assert free(session) == NAMES
    assert set(Follower.objects.values_list("name", flat=True)) == NAMES
    assert any(line.startswith("Words of parcels_parcel: all") for line in said)
    assert any(line.startswith("Far zooms of parcels_12: all") for line in said)


def test_a_load_that_is_ended_leaves_it_to_the_job_of_the_minute(committed_db: str, login: Login):
    Follower.objects.all().delete()
    with pytest.raises(KeyboardInterrupt), catching_up.afterwards(lambda line: None):
        raise KeyboardInterrupt
    assert free(login("web")) == NAMES
    assert not Follower.objects.exists()
