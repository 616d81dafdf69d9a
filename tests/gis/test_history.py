"""History: every change is kept whatever writes it, nobody can touch what is kept, and the past can be read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from django.utils import timezone

from apps.accounts.models import Party
from apps.addressing.models import AddressUnit, Street
from apps.config import access
from apps.parcels.models import Parcel, Right
from apps.territory.models import Governorate
from gis import history
from gis.db import tracking
from gis.db.acting import acting_as
from gis.layers import Audience, registry
from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, one_row_each, two_authorities, web_session
from tests.rows import make

Login = Callable[[str], psycopg.Connection]
REFUSED = psycopg.errors.InsufficientPrivilege
LINE = "ST_GeomFromText('MULTILINESTRING((58 23, 58.001 23))', 4326)"


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def last(model: Any, key: Any, two: Two) -> history.Version:
    with acting_as(user=two.national.id):
        return history.versions(model, key)[-1]


def test_every_model_that_asks_is_tracked(two: Two) -> None:
    assert history.untracked() == []
    assert history.drifted() == []
    assert {Parcel, Right, Party, Street, Governorate} <= set(tracking.tracked_models())


def test_who_when_why_before_and_after(two: Two) -> None:
    began = timezone.now()
    with acting_as(user=two.officer.id, reason="a new name board"):
        street = make(Street, using="default", authority=two.here, name_ar="old")
        Street.objects.filter(pk=street.pk).update(name_ar="new")
        Street.objects.filter(pk=street.pk).update(name_ar="new")
        Street.objects.filter(pk=street.pk).delete()
        added, changed, deleted = history.versions(Street, street.pk)
    assert [version.op for version in (added, changed, deleted)] == ["I", "U", "D"]
    assert (added.before, added.after and added.after["name_ar"]) == (None, "old")
    assert changed.before
    assert changed.after
    assert (changed.before["name_ar"], changed.after["name_ar"]) == ("old", "new")
    assert (deleted.before and deleted.before["name_ar"], deleted.after) == ("new", None)
    assert {version.actor for version in (added, changed, deleted)} == {f"user:{two.officer.id}"}
    assert {version.session for version in (added, changed, deleted)} == {"baladiya_web"}
    assert {version.reason for version in (added, changed, deleted)} == {"a new name board"}
    assert began < added.at < changed.at < deleted.at < timezone.now()
    assert added.after
    assert added.after["geom"].equals_exact(street.geom)


def test_an_officer_cannot_say_that_somebody_else_did_it(two: Two, committed_db: str) -> None:
    """The actor is the officer of the login, or the login's own name; a setting that says otherwise is not believed."""
    with desk_session(committed_db, two.officer, two.here) as session:
        assert is_plain(session)
        session.execute(f"SET baladiya.actor = 'user:{two.stranger.id}'; SET baladiya.reason = 'seen on the ground'")
        (key,) = session.execute(
            f"INSERT INTO own.streets (name_ar, geom) VALUES ('x', {LINE}) RETURNING id"
        ).fetchone()  # type: ignore[misc]
        found = last(Street, key, two)
        assert (found.actor, found.session) == (f"user:{two.officer.id}", session.info.user)
        assert found.reason == "seen on the ground"
    with databases.superuser(committed_db) as root:
        root.execute("SET baladiya.actor = 'nobody'")
        root.execute("UPDATE addressing_street SET name_ar = 'y'")
        assert last(Street, key, two).actor == "postgres"


def test_cascades_upserts_and_copy_are_kept(two: Two, committed_db: str, login: Login) -> None:
    with acting_as(user=two.officer.id):
        unit = make(AddressUnit, using="default", authority=two.here)
    with web_session(committed_db, two.officer) as session:
        session.execute("DELETE FROM addressing_addressunit")
        assert last(AddressUnit, unit.pk, two).op == "D"
    owner = login("owner")
    with owner.cursor().copy("COPY accounts_organisation (code, name_ar) FROM STDIN") as copy:
        copy.write("a\tأ\nb\tب\n")
    owner.execute(
        "INSERT INTO accounts_organisation (code, name_ar) VALUES ('a', 'جديد'), ('c', 'ج') "
        "ON CONFLICT (code) DO UPDATE SET name_ar = excluded.name_ar"
    )
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT code, v_op, name_ar FROM history.accounts_organisation ORDER BY code, v_seq")
        assert [tuple(row[:2]) for row in cursor.fetchall()] == [("a", "I"), ("a", "U"), ("b", "I"), ("c", "I")]


def test_a_record_that_changes_its_authority_leaves_and_enters(two: Two, committed_db: str) -> None:
    """The old authority keeps its images and sees none of the new one's."""
    own, _other = one_row_each(two, Street)
    with acting_as(user=two.national.id):
        Street.objects.filter(pk=own.pk).update(authority=two.there, name_ar="theirs")
        assert [version.op for version in history.versions(Street, own.pk)] == ["I", "D", "I"]
    with acting_as(user=two.officer.id):
        seen = history.versions(Street, own.pk)
        assert [version.op for version in seen] == ["I", "D"]
        assert all("theirs" not in str(version) for version in seen)


def tries_to_tamper(session: psycopg.Connection) -> list[str]:
    """What works of all that must not; each in a transaction that is undone."""
    row = "(v_seq, v_era, v_xid, v_op, v_at, v_actor, v_session, v_reason)"
    statements = [
        f"INSERT INTO history.addressing_street {row} VALUES (1, 1, '1', 'I', now(), 'x', 'x', 'x')",
        "UPDATE history.addressing_street SET v_actor = 'x'",
        "DELETE FROM history.addressing_street",
        "TRUNCATE history.addressing_street",
        "DELETE FROM personal_history.accounts_party",
        "UPDATE history.block SET digest = ''",
        "INSERT INTO history.erasure SELECT * FROM history.erasure",
        "SELECT setval('history.seq', 1)",
        "SELECT nextval('history.seq')",
        "ALTER TABLE addressing_street DISABLE TRIGGER history_update",
        "DROP TRIGGER history_update ON addressing_street",
        "SET session_replication_role = replica",
        "SELECT history_adopt('addressing_street', '{*}')",
        "SELECT history_statement('addressing_street', 'SELECT')",
        "CREATE OR REPLACE FUNCTION history_write() RETURNS trigger LANGUAGE sql AS ''",
        "SET ROLE baladiya_checker",
        "TRUNCATE addressing_street CASCADE",
    ]
    worked = []
    for statement in statements:
        try:
            with session.transaction(force_rollback=True):
                session.execute(statement)
                worked.append(statement)
        except REFUSED:
            continue
    return worked


def test_neither_web_nor_officer_can_tamper(two: Two, committed_db: str) -> None:
    one_row_each(two, Street)
    one_row_each(two, Party)
    with web_session(committed_db, two.national) as web, desk_session(committed_db, two.officer, two.here) as desk:
        for session in (web, desk):
            assert is_plain(session)
            seen = session.execute("SELECT count(*) FROM history.addressing_street").fetchone()
            assert seen
            assert seen[0] > 0, "a reader of the history that may not write it"
            assert tries_to_tamper(session) == []
        for call in (
            "history_seal()",
            "history_erase('accounts_party', gis_uuid7(), 'x')",
            "history_personal_faults()",
        ):
            with pytest.raises(REFUSED):
                desk.execute(f"SELECT * FROM {call}")


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_accidents_of_those_who_could_are_stopped(two: Two, login: Login, role: str) -> None:
    one_row_each(two, Street)
    session = login(role)
    for statement in (
        "TRUNCATE addressing_street CASCADE",
        "DELETE FROM history.addressing_street",
        "UPDATE history.addressing_street SET v_actor = 'x'",
        "TRUNCATE personal_history.accounts_party",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            session.execute(statement)


def test_officers_read_the_history_of_their_own(two: Two, committed_db: str) -> None:
    own, other = one_row_each(two, Party)
    with desk_session(committed_db, two.officer, two.here) as session:
        for table in ("history.accounts_party", "personal_history.accounts_party"):
            found = session.execute(f"SELECT DISTINCT authority_id FROM {table}").fetchall()
            assert found == [(two.here.id,)]
        session.execute("SELECT set_config('baladiya.moment', now()::text, false)")
        assert session.execute("SELECT id FROM past.accounts_party").fetchall() == [(own.pk,)]
        with pytest.raises(REFUSED):
            session.execute("SELECT FROM history.accounts_membership")
    assert other.pk != own.pk


@pytest.mark.parametrize(
    "fault",
    [
        "ALTER TABLE addressing_street DISABLE TRIGGER history_update",
        "ALTER TABLE addressing_street ENABLE TRIGGER history_insert",
        "DROP TRIGGER history_truncate ON addressing_street",
        "DROP TABLE history.addressing_street CASCADE",
    ],
)
def test_the_owner_cannot_switch_it_off_in_silence(two: Two, login: Login, fault: str) -> None:
    """While it is off `untracked` says so; when it is on again, what was written past it is still found."""
    own, _other = one_row_each(two, Street)
    login("owner").execute(fault)
    assert history.untracked() == ["addressing_street"]
    if "DISABLE" in fault:
        with acting_as(user=two.officer.id):
            Street.objects.filter(pk=own.pk).update(name_ar="in the dark")
            assert len(history.versions(Street, own.pk)) == 1
    access.after("owner")
    assert history.untracked() == []
    assert history.drifted() == ([("addressing_street", own.pk)] if "DISABLE" in fault else [])


def test_a_writer_that_is_not_ours_is_noticed(two: Two, login: Login) -> None:
    login("superuser").execute(
        "CREATE OR REPLACE FUNCTION history_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    assert "addressing_street" in history.untracked()


def test_a_correction_of_the_past_is_not_the_past(two: Two) -> None:
    """Valid and recorded time: what we knew in May of March is not what we know today of March."""
    march, may = date(2025, 3, 15), date(2025, 5, 15)
    with acting_as(user=two.officer.id):
        parcel = make(Parcel, using="default", authority=two.here, land_use="residential", valid_from=date(2025, 1, 1))
    then = timezone.now()
    with acting_as(user=two.officer.id, reason="the deed says commercial, and only since April"):
        Parcel.objects.filter(pk=parcel.pk).update(land_use="commercial", valid_from=date(2025, 4, 1))
    now = timezone.now()

    def land_use(moment: datetime, day: date) -> list[str]:
        with acting_as(user=two.officer.id):
            return [row["land_use"] for row in history.as_of(registry["parcels"], moment, valid_on=day)]

    assert land_use(then, march) == ["residential"]
    assert land_use(then, may) == ["residential"]
    assert land_use(now, march) == []
    assert land_use(now, may) == ["commercial"]


def test_a_layer_as_of_a_moment_with_what_it_borrows(two: Two) -> None:
    """The owner's name is the one of that moment too; the columns are those of the audience."""
    layer = registry["parcels"]
    before = timezone.now()
    with acting_as(authorities=[two.here.id], using="owner"):
        parcel = make(Parcel, authority=two.here, deed_no="D1")
        party = make(Party, authority=two.here, name_ar="سالم")
        make(Right, authority=two.here, parcel=parcel, party=party)
    then = timezone.now()
    with acting_as(user=two.officer.id):
        Party.objects.filter(pk=party.pk).update(name_ar="سعيد")
        Parcel.objects.filter(pk=parcel.pk).delete()
    with acting_as(user=two.officer.id):
        assert history.as_of(layer, before) == []
        (seen,) = history.as_of(layer, then)
        assert (seen["owner"], seen["deed_no"]) == ("سالم", "D1")
        assert seen["geom"].equals_exact(parcel.geom)
        assert history.as_of(layer, timezone.now()) == []
        (record,) = history.records_as_of(Parcel, then)
        assert isinstance(record, Parcel)
        assert (record.pk, record.valid_from, record.geom) == (parcel.pk, parcel.valid_from, parcel.geom)
        (public,) = history.as_of(layer, then, audience=Audience.PUBLIC, using="public")
    assert public.keys() >= {"plot_no", "land_use"}
    assert not public.keys() & {"deed_no", "owner"}
    with acting_as(user=two.stranger.id):
        assert history.as_of(layer, then) == []


def test_the_past_obeys_the_rights_of_today(two: Two) -> None:
    with acting_as(user=two.officer.id):
        make(Parcel, using="default", authority=two.here)
    then = timezone.now()
    two.here.publishes_parcels = False
    two.here.save(using="owner")
    assert history.as_of(registry["parcels"], then, audience=Audience.PUBLIC, using="public") == []
    for layer in ("wells", "reports"):
        with pytest.raises(history.PastForOfficers):
            history.as_of(registry[layer], then, audience=Audience.PUBLIC, using="public")


def test_every_layer_has_a_past(two: Two) -> None:
    for layer in registry:
        with acting_as(user=two.officer.id):
            history.as_of(layer, timezone.now())


def test_the_future_is_no_past(two: Two) -> None:
    with pytest.raises(history.NotYet):
        history.as_of(registry["streets"], timezone.now() + timedelta(hours=1))


def test_the_past_of_one_moment_is_not_left_behind(two: Two) -> None:
    one_row_each(two, Street)
    with acting_as(user=two.officer.id):
        with history.looking_at(datetime(2020, 1, 1, tzinfo=UTC)), connections["default"].cursor() as cursor:
            with history.looking_at(datetime(2021, 1, 1, tzinfo=UTC)):
                pass
            cursor.execute("SELECT history_moment()")
            assert cursor.fetchone() == (datetime(2020, 1, 1, tzinfo=UTC),)
        with (
            pytest.raises(Exception, match="timestamp"),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute("SELECT * FROM past.addressing_street")
