"""Who may change a report's status, what is noted, and who sees what afterwards."""

import datetime

import pytest

from apps.accounts.models import Membership
from apps.accounts.permissions import RIGHTS, Action
from apps.core.refusals import NotAllowed
from apps.reports.models import Report, StatusNote
from apps.reports.services import (
    AnswerMissing,
    UnknownReport,
    WrongStep,
    WrongToken,
    change_status,
    find_for_follow_up,
)
from apps.reports.services.following import UnknownPhoto, open_public_photo
from apps.reports.workflow import Status
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.town import AT, HERE, Town, category, found_towns, hire

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(hours=2)


@pytest.fixture
def town() -> Town:
    return found_towns()


def status_of(report: Report) -> str:
    with acting_as(authorities=[report.authority_id]):
        return Report.objects.get(pk=report.pk).status


def test_a_step_is_stored_and_noted_with_its_answer(town: Town):
    report, clerk = send(), hire(town.here)
    note = change_status(report=report, status=Status.DONE, answer=" أصلحت ", by=clerk, at=LATER)
    assert status_of(report) == report.status == "done"
    with acting_as(user=clerk.pk):
        assert list(StatusNote.objects.values_list("report", "status", "answer", "noted_at")) == [
            (report.pk, "done", "أصلحت", LATER)
        ]
        assert note.authority_id == town.here.pk


@pytest.mark.parametrize("role", Membership.Role.values)
def test_by_role(town: Town, role: str):
    report, person = send(), hire(town.here, role)
    if role in RIGHTS[Action.ANSWER_REPORT]:
        change_status(report=report, status=Status.ACCEPTED, answer="", by=person, at=LATER)
        assert status_of(report) == "accepted"
    else:
        with pytest.raises(NotAllowed):
            change_status(report=report, status=Status.ACCEPTED, answer="", by=person, at=LATER)
        assert status_of(report) == "new"


def test_an_officer_of_another_authority_may_not(town: Town):
    report, stranger = send(), hire(town.there, "manager")
    with pytest.raises(NotAllowed):
        change_status(report=report, status=Status.ACCEPTED, answer="", by=stranger, at=LATER)


def test_a_forgotten_permission_check_still_stops_at_the_database(town: Town, monkeypatch):
    """The seeded fault of T8: row-level security holds where Python does not."""
    report, stranger = send(), hire(town.there, "manager")
    monkeypatch.setattr("apps.reports.services.answering.may_answer", lambda *a, **k: True)
    with pytest.raises(Report.DoesNotExist):
        change_status(report=report, status=Status.ACCEPTED, answer="", by=stranger, at=LATER)
    assert status_of(report) == "new"


def test_a_step_that_the_table_does_not_have_is_refused(town: Town):
    report, clerk = send(), hire(town.here)
    change_status(report=report, status=Status.DONE, answer="تم", by=clerk, at=LATER)
    with pytest.raises(WrongStep) as refused:
        change_status(report=report, status=Status.REJECTED, answer="لا", by=clerk, at=LATER)
    assert refused.value.status == 409
    assert status_of(report) == "done"


def test_two_officers_at_once_the_second_meets_the_first_ones_state(town: Town):
    report, clerk = send(), hire(town.here)
    with acting_as(user=clerk.pk):
        stale = Report.objects.get(pk=report.pk)
    change_status(report=report, status=Status.REJECTED, answer="ليس لنا", by=clerk, at=LATER)
    with pytest.raises(WrongStep):
        change_status(report=stale, status=Status.IN_PROGRESS, answer="", by=clerk, at=LATER)


@pytest.mark.parametrize("status", [Status.DONE, Status.REJECTED])
def test_an_end_needs_an_answer(town: Town, status: Status):
    report, clerk = send(), hire(town.here)
    with pytest.raises(AnswerMissing):
        change_status(report=report, status=status, answer="  ", by=clerk, at=LATER)
    assert status_of(report) == "new"


def test_with_the_number_alone_one_sees_what_the_public_may(town: Town):
    report = send(category=category("cell"), text="عند بيتي", reporter_phone="99999999", photos=[picture()])
    change_status(report=report, status=Status.ACCEPTED, answer="يا سعيد", by=hire(town.here), at=LATER)
    seen = find_for_follow_up(report.number)
    assert (seen.status, seen.reported_on, seen.own) == ("accepted", datetime.date(2026, 3, 2), False)
    assert (seen.text, seen.answers, seen.photos) == ("", (), ())
    assert seen.place is not None
    assert seen.place.geom_type == "Polygon"


def test_with_the_token_the_reporter_sees_all(town: Town):
    report = send(text="عند بيتي")
    change_status(report=report, status=Status.DONE, answer="يا سعيد", by=hire(town.here), at=LATER)
    seen = find_for_follow_up(report.number, report.key)
    assert (seen.own, seen.text, [note.answer for note in seen.answers]) == (True, "عند بيتي", ["يا سعيد"])
    assert seen.place is not None
    assert seen.place.equals_exact(HERE, 1e-9)


@pytest.mark.parametrize("token", ["", "x", "توكن", "a" * 500])
def test_a_wrong_token_opens_nothing(town: Town, token: str):
    with pytest.raises(WrongToken):
        find_for_follow_up(send().number, token)


def test_the_token_of_one_report_does_not_open_another(town: Town):
    one, other = send(), send()
    with pytest.raises(WrongToken):
        find_for_follow_up(one.number, other.key)


def test_a_number_that_was_never_given_is_said_to_be_unknown(town: Town):
    with pytest.raises(UnknownReport):
        find_for_follow_up("5724")


def test_a_photo_is_not_public_before_its_review(town: Town):
    report = send(photos=[picture()])
    with acting_as(authorities=[town.here.pk]):
        photo = report.photos.get()
    with pytest.raises(UnknownPhoto):
        open_public_photo(report.number, photo.pk)
