"""T1 in small: the same report from several sessions at once is stored once, and everybody gets its number."""

from functools import partial
from uuid import UUID, uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from apps.reports.models import Category, Report
from apps.reports.services import SentOtherwise
from apps.reports.services.keys import kept_id
from tests.apps.reports.sending import picture, send
from tests.apps.together import at_once
from tests.apps.town import category, found_towns

SESSIONS = 8
ROUNDS = 5


def counted(session: psycopg.Connection, table: str) -> int:
    row = session.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
    return row[0] if row else 0


def send_with_photo(kind: Category, client: UUID) -> Report:
    """Each session reads the picture from a file of its own."""
    return send(category=kind, client_id=client, photos=[picture()])


def test_the_same_body_is_stored_once(committed_db: str, login):
    found_towns()
    kind = category()
    for turn in range(1, ROUNDS + 1):
        client = uuid4()
        results = at_once([partial(send_with_photo, kind, client)] * SESSIONS)
        assert all(isinstance(result, Report) for result in results), results
        assert len({(result.number, result.token) for result in results}) == 1
        assert counted(login("superuser"), "reports_report") == turn
        assert counted(login("superuser"), "reports_photo") == turn


def test_of_different_bodies_under_one_id_one_is_stored_and_the_others_are_told(committed_db: str, login):
    found_towns()
    kind = category()
    for turn in range(1, ROUNDS + 1):
        client = uuid4()
        results = at_once([partial(send, category=kind, client_id=client, text=f"نص {n}") for n in range(SESSIONS)])
        stored = [result for result in results if isinstance(result, Report)]
        assert len(stored) == 1
        assert sum(isinstance(result, SentOtherwise) for result in results) == SESSIONS - 1
        assert counted(login("superuser"), "reports_report") == turn


def test_without_the_unique_id_the_test_would_notice(committed_db: str, login):
    """The seeded fault of T1: no UNIQUE key, and a look before the insert instead."""
    found_towns()
    kind = category()
    root = login("superuser")
    root.execute("ALTER TABLE reports_report DROP CONSTRAINT reports_report_client_id_key")
    for _turn in range(10):
        client = uuid4()
        at_once([partial(send, category=kind, client_id=client)] * SESSIONS)
        row = root.execute("SELECT count(*) FROM reports_report WHERE client_id = %s", [kept_id(client)]).fetchone()
        if row is not None and row[0] > 1:
            return
    raise AssertionError("ten rounds without a double: the sessions do not meet")
