"""T11, in the database: geometry that GEOS cannot finish is refused at the door, and its doors are closed.

GEOS ignores timeouts, and a cancelled ST_MakeValid has crashed the whole cluster: so size and validity are judged
before anything dear, and what is dear may not be called. Run as the web's login, an officer's own and the anonymous.
"""

import math
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import psycopg
import pytest

from tests import databases
from tests.apps.accounts.city import Two, desk_session, two_authorities, web_session

CAP = 10_000


def random_ring(points: int) -> str:
    """Spaghetti: vertices in no order, so that every segment crosses most others."""
    dice = random.Random(points)
    corners = [(60 + dice.random(), 10 + dice.random()) for _ in range(points)]
    listed = ",".join(f"{x} {y}" for x, y in [*corners, corners[0]])
    return f"MULTIPOLYGON((({listed})))"


def big_circle(points: int) -> str:
    turns = [2 * math.pi * number / points for number in range(points)]
    listed = [f"{60 + math.cos(a) / 9} {10 + math.sin(a) / 9}" for a in turns]
    return f"MULTIPOLYGON((({','.join([*listed, listed[0]])})))"


def nested(levels: int) -> str:
    return "GEOMETRYCOLLECTION(" * levels + "POINT(60 10)" + ")" * levels


BOMBS = {
    "ring of 200": random_ring(200),
    "ring of 1,000": random_ring(1_000),
    "ring of 2,000": random_ring(2_000),
    "over the cap": big_circle(CAP + 1),
    "million vertices": big_circle(1_000_000),
    "nested": nested(100_000),
    "not a number": "MULTIPOLYGON(((NaN 1, 2 2, 3 1, NaN 1)))",
    "infinite": "MULTIPOLYGON(((Infinity 1, 2 2, 3 1, Infinity 1)))",
    "empty": "MULTIPOLYGON EMPTY",
    "bow-tie": "MULTIPOLYGON(((60 10, 61 11, 61 10, 60 11, 60 10)))",
    "with height": "MULTIPOLYGON Z(((60 10 5, 61 10 5, 61 11 5, 60 10 5)))",
    "out of the world": "MULTIPOLYGON(((660000 10, 660001 10, 660001 11, 660000 10)))",
}
CLOSED = (
    "ST_MakeValid(g)",
    "ST_MakeValid(g, 'method=structure')",
    "ST_UnaryUnion(g)",
    "ST_Union(ARRAY[g])",
    "ST_Union(g, g)",
    "ST_MemUnion(g)",
    "ST_VoronoiPolygons(g)",
    "ST_Buffer(g, 1)",
    "ST_Node(g)",
    "ST_BuildArea(g)",
    "ST_EstimatedExtent('public', 'wells_well', 'geom')",
)


def accepted(session: psycopg.Connection) -> list[str]:
    """The bombs that the session could store."""
    stored = []
    for name, text in BOMBS.items():
        try:
            session.execute(
                "INSERT INTO own.protection_zones (name_ar, kind, geom) VALUES ('x', 'red', ST_GeomFromText(%s, 4326))",
                [text],
            )
            stored.append(name)
        except (psycopg.errors.CheckViolation, psycopg.errors.DataError, psycopg.errors.InternalError):
            continue
    return stored


def callable_by(session: psycopg.Connection) -> list[str]:
    """The dear functions that the session may call."""
    open_doors = []
    for call in CLOSED:
        try:
            session.execute(f"SELECT {call} FROM (SELECT ST_GeomFromText('POINT(1 1)', 4326) AS g) t")  # type: ignore[arg-type]
            open_doors.append(call)
        except psycopg.errors.InsufficientPrivilege:
            continue
    return open_doors


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def no_crash(committed_db: str) -> Iterator[None]:
    """After the test the cluster is the one it was: nobody's backend took it down."""
    # A crashed backend restarts all others: the checkpointer is then a new process.
    alive = "SELECT pid, backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    with databases.superuser(committed_db) as root:
        before = root.execute(alive).fetchone()
    yield
    with databases.superuser(committed_db) as root:
        assert root.execute(alive).fetchone() == before


def ways(database: str, two: Two) -> dict[str, AbstractContextManager[psycopg.Connection]]:
    return {
        "web": web_session(database, two.officer),
        "desk": desk_session(database, two.officer, two.here),
        "public": nullcontext(databases.login("public", database)),
    }


@pytest.mark.usefixtures("no_crash")
@pytest.mark.parametrize("way", ["web", "desk", "public"])
def test_functions_that_cannot_be_stopped_are_closed(committed_db: str, two: Two, way: str) -> None:
    with ways(committed_db, two)[way] as session:
        assert callable_by(session) == []


@pytest.mark.parametrize("way", ["desk", "public"])
@pytest.mark.parametrize(
    "call", ["pg_advisory_lock(1)", "pg_advisory_xact_lock_shared(1)", "gis_hold_cells(1, '{1}', 5)"]
)
def test_no_login_makes_others_wait_at_a_number(committed_db: str, two: Two, way: str, call: str) -> None:
    with ways(committed_db, two)[way] as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(f"SELECT {call}")  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_crash")
def test_bombs_are_refused_by_the_table_itself(committed_db: str, two: Two) -> None:
    with desk_session(committed_db, two.officer, two.here) as session:
        assert accepted(session) == []
        session.execute(
            "INSERT INTO own.protection_zones (name_ar, kind, geom) VALUES ('x', 'red', ST_GeomFromText(%s, 4326))",
            [big_circle(1_000)],
        )
        assert session.execute("SELECT count(*) FROM own.protection_zones").fetchone() == (1,)


@pytest.mark.parametrize(("login", "longest"), [("public", 2), ("web", 5)])
def test_a_query_without_end_is_ended(committed_db: str, login: str, longest: int) -> None:
    with databases.login(login, committed_db) as session:
        assert session.execute("SHOW statement_timeout").fetchone() == (f"{longest}s",)
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b")
        assert session.execute("SELECT 1").fetchone() == (1,)


class TestSeededFaults:
    def test_without_the_gate_bombs_get_in(self, committed_db: str, two: Two) -> None:
        with databases.superuser(committed_db) as root:
            root.execute("ALTER TABLE wells_protectionzone DROP CONSTRAINT protectionzone_geometry_is_sound")
        with desk_session(committed_db, two.officer, two.here) as session:
            assert "ring of 1,000" in accepted(session)

    def test_an_opened_door_is_found(self, committed_db: str, two: Two) -> None:
        with databases.superuser(committed_db) as root:
            root.execute("GRANT EXECUTE ON FUNCTION st_makevalid(geometry) TO PUBLIC")
        with desk_session(committed_db, two.officer, two.here) as session:
            assert callable_by(session) == ["ST_MakeValid(g)"]
