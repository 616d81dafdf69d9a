"""No update is lost (T6b of the reliability programme): of two who change what both have read, one is told.

Pairs of changes at the same moment, from the feed by tag and by time, and from QGIS, whose UPDATE compares nothing:
there both changes are in the history. The same with the comparison taken out must fail.
"""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client

from gis import history
from gis.layers import registry
from ogc import preconditions
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, desk_session, two_authorities
from tests.apps.together import at_once

from .writing import PATCH, address, feature_for, send

LAYER = registry["streets"]
PAIRS = 70  # of each kind: 210 in the gate
Change = Callable[[], int]


class Desk:
    """Two people of one authority at the same feed, and one in QGIS."""

    def __init__(self, two: Two, session: psycopg.Connection) -> None:
        self.two, self.session = two, session
        self.path = ""
        self.clients = [Client(headers={"host": "127.0.0.1", "accept-language": "en"}) for _who in "ab"]
        for client in self.clients:
            client.force_login(two.officer)

    def client(self, who: int = 0) -> Client:
        return self.clients[who]

    def begin(self) -> None:
        response = send(self.client(), "POST", address(LAYER), feature_for(LAYER))
        self.path = response["Location"]

    def seen(self) -> tuple[str, str]:
        response = self.client().get(self.path)
        return response["ETag"], response["Last-Modified"]

    def by_feed(self, value: str, headers: dict[str, str], method: str, who: int = 0) -> Change:
        client = self.client(who)
        body: dict[str, Any] = {"properties": {"name_en": value}}
        if method == "PUT":
            body = json.loads(client.get(self.path).content)
            body["properties"]["name_en"] = value

        def change() -> int:
            return send(client, method, self.path, body, **headers).status_code

        return change

    def by_qgis(self, value: str) -> Change:
        key = self.path.rpartition("/")[2]

        def change() -> int:
            done = self.session.execute("UPDATE own.streets SET name_en = %s WHERE id = %s", [value, key])
            return 204 if done.rowcount == 1 else 412

        return change

    def kept(self) -> list[str]:
        """Every name that the record has had, in order."""
        with acting_for_both(self.two):
            past = history.versions(LAYER.model, self.path.rpartition("/")[2], using="owner")
        return [one.after["name_en"] for one in past if one.after]


@pytest.fixture
def desk(committed_db: str) -> Any:
    two = two_authorities()
    with desk_session(committed_db, two.officer, two.here) as session:
        yield Desk(two, session)


def lost(desk: Desk, pairs: int, kind: str) -> int:
    """How many changes that were answered with success were overwritten by somebody who had not seen them."""
    count, draw = 0, random.Random(6)
    for number in range(pairs):
        desk.begin()
        tag, moment = desk.seen()
        headers = {"If_Match": tag} if kind != "times" else {"If_Unmodified_Since": moment}
        names = [f"{number}-{who}" for who in "ab"]
        method = draw.choice(["PUT", "PATCH"])
        changes = [desk.by_feed(name, headers, method, who) for who, name in enumerate(names)]
        if kind == "qgis":
            changes[0] = desk.by_qgis(names[0])
        in_turn = draw.random() < 0.3  # the second has seen an old state
        answers = [change() for change in changes] if in_turn else at_once(changes)
        assert set(answers) <= {204, 412}, answers
        done = [name for name, answer in zip(names, answers, strict=True) if answer == 204]
        assert set(done) <= set(desk.kept()), "what was answered with success is not in the history"
        count += _overwritten(kind, names, done, desk.kept())
    return count


def _overwritten(kind: str, names: list[str], done: list[str], kept: list[str]) -> bool:
    """Of the feed's two both were done; or the feed's came after that of QGIS, which it had not seen."""
    if len(done) < 2:
        return False
    return kind != "qgis" or kept.index(names[1]) > kept.index(names[0])


@pytest.mark.parametrize("kind", ["tags", "times", "qgis"])
def test_no_update_is_lost(desk: Desk, kind: str):
    assert lost(desk, PAIRS, kind) == 0


@pytest.mark.parametrize("kind", ["tags", "times", "qgis"])
def test_what_compares_nothing_loses_updates(desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch):
    """Seeded fault: If-Match and If-Unmodified-Since are ignored."""
    monkeypatch.setattr(preconditions, "_check", lambda passes, state: None)
    assert lost(desk, 12, kind) > 0


def test_a_change_that_waits_compares_with_what_it_waited_for(desk: Desk):
    """The comparison is made under the row's lock: QGIS has written and not yet committed when the feed comes."""
    desk.begin()
    tag, moment = desk.seen()
    key = desk.path.rpartition("/")[2]
    for kind in ("If_Match", "If_Unmodified_Since"):
        headers = {kind: tag if kind == "If_Match" else moment}
        desk.session.execute("BEGIN")
        desk.session.execute("UPDATE own.streets SET name_en = name_en || 'x' WHERE id = %s", [key])

        def commit_soon() -> None:
            time.sleep(0.3)
            desk.session.execute("COMMIT")

        answers = at_once([desk.by_feed("late", headers, "PATCH"), commit_soon])
        assert answers[0] == 412
        tag, moment = desk.seen()
    assert desk.kept()[-1] == "xx"


def test_two_versions_in_one_second_have_two_times(desk: Desk):
    """The time of one never passes for the other's, however quickly they follow."""
    desk.begin()
    client = desk.client()
    for number in range(5):
        moment = desk.seen()[1]
        assert send(client, "PATCH", desk.path, {"properties": {"code": str(number)}}, If_Match="*").status_code == 204
        stale = send(client, "PATCH", desk.path, {"properties": {"code": "x"}}, If_Unmodified_Since=moment)
        assert stale.status_code == 412


def test_a_held_record_is_not_waited_for_long(desk: Desk, committed_db: str):
    desk.begin()
    key = desk.path.rpartition("/")[2]
    with databases.superuser(committed_db) as root, root.transaction():
        root.execute("SELECT FROM addressing_street WHERE id = %s FOR UPDATE", [key])
        response = send(desk.client(), "PATCH", desk.path, {"properties": {"code": "1"}}, kind=PATCH, If_Match="*")
    assert response.status_code == 503
    assert response["Retry-After"]
