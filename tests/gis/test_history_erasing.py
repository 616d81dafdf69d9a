"""Personal history can be erased, and a history follows its table as that changes."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from apps.accounts.models import Organisation, Party
from apps.addressing.models import Street
from apps.config import access
from apps.reports.models import Report
from gis import history, sealing
from gis.db import tracking
from gis.db.acting import acting_as
from gis.layers import registry
from tests import databases
from tests.apps.accounts.city import Two, one_row_each, two_authorities
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


def test_personal_history_is_erased_and_leaves_a_note(two: Two) -> None:
    with acting_as(user=two.officer.id):
        party = make(Party, using="default", authority=two.here, name_ar="سالم", phone="91234567")
        Party.objects.filter(pk=party.pk).update(phone="92345678")
    with acting_as(user=two.officer.id):
        assert history.erase(Party, party.pk, reason="asked for it") == 1
        first, second = history.versions(Party, party.pk)
        assert first.after
        assert first.after["phone"] is None
        assert second.after
        assert second.after["phone"] == "92345678", "the version in force stays with its record"
        Party.objects.filter(pk=party.pk).delete()
        assert history.erase(Party, party.pk, reason="asked for it") == 2
        assert "سالم" not in str(history.versions(Party, party.pk))
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT source, v_actor, v_reason, cardinality(versions), digest FROM history.erasure")
            notes = cursor.fetchall()
    assert [note[:4] for note in notes] == [
        ("accounts_party", f"user:{two.officer.id}", "asked for it", count) for count in (1, 2)
    ]
    assert all(len(note[4]) == 32 for note in notes)
    assert history.drifted() == []


def test_erasure_is_for_the_records_own_authority_and_says_why(two: Two) -> None:
    own, other = one_row_each(two, Party)
    with acting_as(user=two.officer.id):
        with pytest.raises(history.ErasureSaysWhy):
            history.erase(Party, own.pk, reason=" ")
        with pytest.raises(IntegrityError), transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT history_erase('accounts_party', %s, ' ')", [own.pk])
        with pytest.raises(Exception, match="another authority"), transaction.atomic():
            history.erase(Party, other.pk, reason="x")
        with pytest.raises(Exception, match="no personal history"), transaction.atomic():
            history.erase(Street, own.pk, reason="x")


def test_a_table_that_grows_keeps_its_history(two: Two, login: Login) -> None:
    """A new column's content is taken in; a lost one's stays; a new type stands beside the old."""
    own, _other = one_row_each(two, Street)
    owner = login("owner")
    access.before("owner")
    owner.execute("ALTER TABLE addressing_street ADD COLUMN lanes integer DEFAULT 2")
    owner.execute(
        "ALTER TABLE addressing_street ALTER COLUMN code DROP DEFAULT, ALTER COLUMN code TYPE integer USING 7"
    )
    owner.execute("ALTER TABLE addressing_street DROP COLUMN source_id")
    access.after("owner")
    with acting_as(user=two.officer.id), connections["default"].cursor() as cursor:
        cursor.execute(
            'SELECT v_op, v_reason, lanes, "code was character varying" FROM history.addressing_street '
            "WHERE id = %s ORDER BY v_seq",
            [own.pk],
        )
        assert cursor.fetchall() == [("I", "", None, ""), ("U", "columns added: code, lanes", 2, None)]
        cursor.execute("SELECT count(source_id) FROM history.addressing_street WHERE id = %s", [own.pk])
        assert cursor.fetchone() == (1,)
    with databases.superuser(str(connections["default"].settings_dict["NAME"])) as root:
        assert root.execute("SELECT * FROM history_drift('addressing_street')").fetchall() == []


def test_a_column_that_becomes_personal_is_erasable_from_then_on(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    own, _other = one_row_each(two, Street)
    monkeypatch.setattr(Street, "personal_fields", ("name_ar",))
    access.before("owner")
    access.after("owner")
    with acting_as(user=two.officer.id):
        Street.objects.filter(pk=own.pk).update(name_ar="a person's name")
        Street.objects.filter(pk=own.pk).delete()
        assert history.erase(Street, own.pk, reason="asked for it") == 3
        assert "a person's name" not in str(history.versions(Street, own.pk))
    assert history.drifted() == []
    databases.wait_for_horizon()
    assert sealing.seal()
    assert list(sealing.faults()) == []


def test_the_personal_fields_of_a_report_are_apart(two: Two, login: Login) -> None:
    """What somebody wrote, and where, can be erased; number, category and status are kept for good."""
    with acting_as(authorities=[two.here.id], using="owner"):
        report = make(Report, authority=two.here, text="beside my house")
    kept = login("superuser").execute("SELECT to_jsonb(h)::text FROM history.reports_report h").fetchone()
    assert kept
    assert "beside my house" not in kept[0]
    with acting_as(user=two.officer.id):
        (row,) = history.as_of(registry["reports"], timezone.now())
        assert row["text"] == "beside my house"
        (version,) = history.versions(Report, report.pk)
        assert version.after
        assert version.after["geom"].equals_exact(report.geom)


def test_rows_from_before_the_tracking_are_taken_in(two: Two, login: Login) -> None:
    own, other = one_row_each(two, Street)
    owner = login("owner")
    for name in tracking.TRIGGERS:
        owner.execute(f"DROP TRIGGER {name} ON addressing_street")
    owner.execute("DROP TABLE history.addressing_street CASCADE")
    access.after("owner")
    for row in (own, other):
        assert last(Street, row.pk, two).reason == "tracking begins"
    assert history.drifted() == []


def test_organisations_have_no_authority_and_a_history(two: Two) -> None:
    made = Organisation.objects.using("owner").create(code="x", name_ar="س")
    assert last(Organisation, made.pk, two).op == "I"
