"""The change log: whoever follows it ends with exactly the layer, whatever overlaps with whatever."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.reports.models import Report
from apps.territory.models import Authority
from gis import changes
from gis.changes import Change, Token
from gis.db.acting import acting_as
from gis.history import rows
from gis.layers import Audience, registry
from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, one_row_each, two_authorities, web_session
from tests.rows import make

LINE = "ST_GeomFromText('MULTILINESTRING((58 23, 58.001 23))', 4326)"
STREETS = registry["streets"]


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def sessions(committed_db: str, two: Two) -> Iterator[Callable[[], psycopg.Connection]]:
    """Sessions of the web's login on behalf of the officer of `here`."""
    opened = []

    def open_one() -> psycopg.Connection:
        opened.append(web_session(committed_db, two.officer))
        session = opened[-1].__enter__()
        assert is_plain(session)
        return session

    yield open_one
    for one in opened:
        one.__exit__(None, None, None)


class Follower:
    """Keeps a copy of a layer from its change log."""

    def __init__(self, audience: Audience, user: UUID | None = None, *, layer: str = "streets", limit: int = 3) -> None:
        self.layer, self.audience, self.user, self.limit = registry[layer], audience, user, limit
        self.using = "public" if audience is Audience.PUBLIC else "default"
        self.token: Token | None = None
        self.copy: dict[UUID, dict[str, Any]] = {}
        self.seen: list[Change] = []

    def step(self) -> bool:
        """Read a page; False when it was the last for now."""
        with acting_as(user=self.user, using=self.using):
            found, token, more = changes.page(
                self.layer, audience=self.audience, using=self.using, since=self.token, limit=self.limit
            )
        assert len(found) <= self.limit
        self.token = Token.parse(str(token))
        self.seen += found
        for change in found:
            self.copy.pop(change.id, None)
            if change.row is not None:
                self.copy[change.id] = change.row
        return more

    def catch_up(self) -> None:
        while self.step():
            pass

    def layer_now(self) -> dict[UUID, dict[str, Any]]:
        schema = "own" if self.audience is Audience.OFFICER else self.audience.schema
        with acting_as(user=self.user, using=self.using), connections[self.using].cursor() as cursor:
            cursor.execute(f'SELECT * FROM {schema}."{self.layer.view}"')
            return {row["id"]: row for row in rows(cursor)}


def add_street(session: psycopg.Connection, two: Two, name: str) -> UUID:
    row = session.execute(
        f"INSERT INTO addressing_street (authority_id, name_ar, geom) VALUES (%s, %s, {LINE}) RETURNING id",
        [two.here.id, name],
    ).fetchone()
    assert row
    return row[0]


def rename(session: psycopg.Connection, key: UUID, name: str) -> None:
    session.execute("UPDATE addressing_street SET name_ar = %s WHERE id = %s", [name, key])


def overlap(sessions: Callable[[], psycopg.Connection], two: Two, between: Callable[[], None]) -> UUID:
    """An old transaction renames a street after a newer one did, while a third is open all along."""
    old, newer, third = sessions(), sessions(), sessions()
    street = add_street(old, two, "first")
    for session in (old, third, newer):
        session.execute("BEGIN")
        add_street(session, two, "draws a transaction number")
    rename(newer, street, "by the newer, first")
    newer.execute("COMMIT")
    rename(old, street, "by the old, last")
    old.execute("COMMIT")
    between()
    third.execute("COMMIT")
    return street


def test_an_old_transaction_that_writes_after_a_newer_one(
    sessions: Callable[[], psycopg.Connection], two: Two, committed_db: str
) -> None:
    follower = Follower(Audience.OFFICER, two.officer.id)
    street = overlap(sessions, two, between=follower.catch_up)
    follower.catch_up()
    assert follower.copy[street]["name_ar"] == "by the old, last"
    assert follower.copy == follower.layer_now()
    names = [change.row["name_ar"] for change in follower.seen if change.id == street and change.row]
    assert names == ["first", "by the newer, first", "by the old, last"]


def copy_in_order(database: str, order: str) -> dict[UUID, str]:
    """What a follower would hold that applies all versions in another order. Seeded fault."""
    with databases.superuser(database) as root:
        found = root.execute(f"SELECT id, name_ar FROM history.addressing_street h ORDER BY {order}")
        return dict(found.fetchall())


def test_other_orders_give_a_wrong_copy(
    sessions: Callable[[], psycopg.Connection], two: Two, committed_db: str
) -> None:
    """Seeded faults: by transaction number, by the transaction's time, and by windows bounded by xmin."""
    pages: list[int] = []
    with databases.superuser(committed_db) as root:

        def horizon() -> None:
            # What pg_snapshot_xmin gives when no other database of the cluster has an older transaction open.
            row = root.execute(
                "SELECT min(backend_xid::text::bigint) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone()
            pages.append(row[0])  # type: ignore[index]

        street = overlap(sessions, two, between=horizon)
        began = "(SELECT min(v_at) FROM history.addressing_street t WHERE t.v_xid = h.v_xid)"
        window = f"v_xid >= '{pages[0]}'::xid8"
    assert copy_in_order(committed_db, "v_seq")[street] == "by the old, last"
    assert copy_in_order(committed_db, "v_xid, v_seq")[street] == "by the newer, first"
    assert copy_in_order(committed_db, f"{began}, v_seq")[street] == "by the newer, first"
    assert copy_in_order(committed_db, f"{window}, v_seq")[street] == "by the newer, first"


def test_followers_learn_nothing_of_tables_that_are_no_layer(committed_db: str, two: Two) -> None:
    asked = "SELECT * FROM history_reach(%s, 1, 0, '1:1:', '9999999:9999999:', 10)"
    with databases.login("public", committed_db) as session:
        assert session.execute(asked, ["reports_report"]).fetchone()
        for table in ("reports_reporter", "accounts_user", "nothing"):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                session.execute(asked, [table])


def test_the_public_learns_the_day_of_a_change_that_has_a_hidden_place(committed_db: str, two: Two) -> None:
    for model in (Report, Street):
        one_row_each(two, model)
    exact = "SELECT count(*) FILTER (WHERE v_at <> date_trunc('day', v_at)), count(*) FROM {}"
    with databases.login("public", committed_db) as session:
        assert session.execute(exact.format("pub_changes.reports")).fetchone() == (0, 2)
        assert session.execute(exact.format("pub_changes.streets")).fetchone() == (2, 2)


def work(session: psycopg.Connection, two: Two, chance: Random, table: str, known: list[UUID]) -> None:
    """Transactions that add, rename and delete streets of everybody, some of them undone."""
    for _ in range(40):
        try:
            with session.transaction(force_rollback=chance.random() < 0.15):
                for _ in range(chance.randint(1, 4)):
                    one_edit(session, chance, table, known)
                    time.sleep(chance.random() / 200)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            continue


def one_edit(session: psycopg.Connection, chance: Random, table: str, known: list[UUID]) -> None:
    name, key = f"street {chance.random()}", chance.choice(known)
    match chance.randrange(4):
        case 0:
            row = session.execute(
                f"INSERT INTO {table} (name_ar, geom) VALUES (%s, {LINE}) RETURNING id",
                [name],
            ).fetchone()
            known.append(row[0])  # type: ignore[index]
        case 1:
            session.execute(f"DELETE FROM {table} WHERE id = %s", [key])
        case _:
            session.execute(f"UPDATE {table} SET name_ar = %s WHERE id = %s", [name, key])


def test_followers_end_with_exactly_the_layer(
    sessions: Callable[[], psycopg.Connection], two: Two, committed_db: str
) -> None:
    """Web and officers' own sessions at once, over the same few streets; two followers read all the while."""
    chance = Random(20)
    known = [add_street(sessions(), two, f"street {number}") for number in range(6)]
    followers = [Follower(Audience.OFFICER, two.officer.id), Follower(Audience.PUBLIC, limit=5)]
    with (
        desk_session(committed_db, two.officer, two.here) as first,
        desk_session(committed_db, two.officer, two.here) as second,
    ):
        for session in (first, second):
            assert is_plain(session)
            session.execute("SET lock_timeout = '1s'")
        workers = [
            threading.Thread(target=work, args=(session, two, Random(chance.random()), table, known))
            for session, table in [
                *((sessions(), "addressing_street") for _ in range(3)),
                (first, "own.streets"),
                (second, "own.streets"),
            ]
        ]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            for follower in followers:
                follower.step()
        for worker in workers:
            worker.join()
    for follower in followers:
        follower.catch_up()
        assert follower.copy == follower.layer_now()
        assert len(follower.seen) > 100
    numbers = [change.seq for change in followers[0].seen]
    assert len(set(numbers)) == len(numbers), "an officer's log tells each version once"


def test_a_page_is_short_whatever_the_log_hides(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long stretches that the reader may not see end a page early, and the next goes on behind them."""
    monkeypatch.setattr(changes, "VERSIONS", 2)
    monkeypatch.setattr(changes, "STRETCHES", 3)
    with acting_as(user=two.officer.id):
        street = make(Street, using="default", authority=two.here)
        for number in range(20):
            Street.objects.filter(pk=street.pk).update(name_ar=f"{number}")
    anonymous = Follower(Audience.PUBLIC)
    assert anonymous.step()
    assert anonymous.seen == []
    anonymous.catch_up()
    assert [change.row and change.row["name_ar"] for change in anonymous.seen] == ["19"]


def test_what_closes_leaves_the_copy(two: Two) -> None:
    """A record that is no longer in force is no longer in the layer, though its row stays."""
    with acting_as(user=two.officer.id):
        parcel = make(Parcel, using="default", authority=two.here)
    followers = [
        Follower(audience, two.officer.id, layer="parcels") for audience in (Audience.OFFICER, Audience.AGENCY)
    ]
    for follower in (*followers, anonymous := Follower(Audience.PUBLIC, layer="parcels")):
        follower.catch_up()
        assert follower.copy.keys() == {parcel.id}
    assert "deed_no" not in anonymous.copy[parcel.id]
    with acting_as(user=two.officer.id):
        Parcel.objects.filter(pk=parcel.pk).update(valid_to=parcel.valid_from)
    for follower in (*followers, anonymous):
        follower.catch_up()
        assert follower.copy == {} == follower.layer_now()
        assert follower.seen[-1].op == "delete"


def test_the_log_of_a_closed_authority_is_silent(two: Two) -> None:
    """What is not open is not told, not even that it left; and when that changes, followers begin anew."""
    with acting_as(user=two.officer.id):
        parcel = make(Parcel, using="default", authority=two.here)
    anonymous = Follower(Audience.PUBLIC, layer="parcels")
    anonymous.catch_up()
    assert anonymous.copy.keys() == {parcel.id}
    Authority.objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    with pytest.raises(changes.LogRestarted):
        anonymous.step()
    with acting_as(user=two.officer.id):
        Parcel.objects.filter(pk=parcel.pk).delete()
    again = Follower(Audience.PUBLIC, layer="parcels")
    again.catch_up()
    assert again.seen == []


def test_others_see_only_the_newest_version(two: Two) -> None:
    """What was published by mistake and corrected is not in the public log; an officer's log has both."""
    with acting_as(user=two.officer.id):
        street = make(Street, using="default", authority=two.here, name_ar="a mistake")
        Street.objects.filter(pk=street.pk).update(name_ar="corrected")
    anonymous, officer = Follower(Audience.PUBLIC), Follower(Audience.OFFICER, two.officer.id)
    for follower in (anonymous, officer):
        follower.catch_up()
    assert [change.row["name_ar"] for change in anonymous.seen if change.row] == ["corrected"]
    assert [change.row["name_ar"] for change in officer.seen if change.row] == ["a mistake", "corrected"]


def test_an_officer_follows_the_records_of_his_own_authority(two: Two) -> None:
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        own = make(Street, authority=two.here)
        make(Street, authority=two.there)
    officer, nobody = Follower(Audience.OFFICER, two.officer.id), Follower(Audience.OFFICER, None)
    for follower in (officer, nobody):
        follower.catch_up()
    assert officer.copy.keys() == {own.id}
    assert nobody.seen == []


def test_start_is_for_those_who_read_the_layer_first(two: Two) -> None:
    with acting_as(user=two.officer.id):
        make(Street, using="default", authority=two.here)
    follower = Follower(Audience.PUBLIC)
    follower.token = changes.start(STREETS, audience=Audience.PUBLIC, using="public")
    follower.catch_up()
    assert follower.seen == []
    with acting_as(user=two.officer.id):
        later = make(Street, using="default", authority=two.here)
    follower.catch_up()
    assert [change.id for change in follower.seen] == [later.id]


def test_what_the_asking_transaction_wrote_is_not_passed(two: Two) -> None:
    """It may still be undone, and it may write more."""
    follower = Follower(Audience.OFFICER, two.officer.id)
    with acting_as(user=two.officer.id):
        first = make(Street, using="default", authority=two.here)
        with acting_as(authorities=[two.here.id], using="owner"):
            other = make(Street, authority=two.here)  # a later transaction that ends before this one
        follower.catch_up()
        assert follower.copy.keys() == {other.id}
        second = make(Street, using="default", authority=two.here)
    follower.catch_up()
    assert follower.copy.keys() == {first.id, other.id, second.id}


def test_a_restored_database_is_another_log(two: Two, committed_db: str) -> None:
    with acting_as(user=two.officer.id):
        first = make(Street, using="default", authority=two.here)
    before = Follower(Audience.OFFICER, two.officer.id)
    before.catch_up()
    connections.close_all()
    name = databases.clone(committed_db, label="restored")
    databases.point_django_at(name)
    try:
        with pytest.raises(changes.LogRestarted):
            before.step()
        with acting_as(user=two.officer.id):
            second = make(Street, using="default", authority=two.here)
        after = Follower(Audience.OFFICER, two.officer.id, limit=1)
        after.catch_up()
        assert after.copy.keys() == {first.id, second.id}
        with databases.superuser(name) as root:
            eras = root.execute("SELECT v_era FROM history.addressing_street ORDER BY v_seq").fetchall()
        assert eras[0] < eras[1]
    finally:
        connections.close_all()
        databases.point_django_at(committed_db)
        with databases.superuser() as root:
            databases.drop(root, name)


@given(st.one_of(st.text(), st.binary().map(lambda plain: base64.urlsafe_b64encode(plain).decode())))
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(changes.BadToken):
        Token.parse(text)


@pytest.mark.parametrize(
    "token",
    [
        Token("0123456789abcdef", 1, "0:5:"),
        Token("0123456789abcdef", 1, "5:4:"),
        Token("0123456789abcdef", 1, "5:9:4"),
        Token("0123456789abcdef", 1, "5:9:8,7"),
        Token("0123456789abcdef", 1, "5:9:", "9:5:"),
        Token("0123456789ABCDEF", 1, "5:9:"),
    ],
)
def test_snapshots_that_cannot_be_are_refused(token: Token) -> None:
    with pytest.raises(changes.BadToken):
        Token.parse(str(token))


def test_a_token_of_the_future_is_refused(two: Two) -> None:
    token = changes.start(STREETS, audience=Audience.PUBLIC, using="public")
    ahead = Token(token.mark, token.era, "5:99999999999:")
    with pytest.raises(changes.LogRestarted):
        changes.page(STREETS, audience=Audience.PUBLIC, using="public", since=ahead)
