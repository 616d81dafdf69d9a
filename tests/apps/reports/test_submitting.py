"""Taking in a report: which authority, what is kept, and what is refused in words."""

from datetime import UTC, datetime, time
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from apps.reports.models import Photo, Report, Reporter
from apps.reports.numbers import BadNumber, check_digit, read_number
from apps.reports.services import (
    CategoryNotOffered,
    NotText,
    NowhereOurs,
    SentOtherwise,
    TooLong,
    TooManyPhotos,
)
from apps.reports.services.following import WrongToken, find_for_follow_up
from apps.reports.services.keys import key_of
from apps.reports.services.submitting import BadEmail
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.town import HERE, NOWHERE, THERE, Town, category, found, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


def rows_of(authority, model):
    with acting_as(authorities=[authority.pk]):
        return list(model.objects.all())


def test_the_point_decides_the_authority(town: Town):
    assert send(location=HERE).authority_id == town.here.pk
    assert send(location=THERE).authority_id == town.there.pk


def test_a_part_of_a_municipality_is_responsible_before_the_whole(town: Town):
    quarter = found("quarter", 58.0, parent=town.here)
    assert send(location=HERE).authority_id == quarter.pk


def test_a_ministry_whose_jurisdiction_covers_the_point_takes_no_reports(town: Town):
    found("water", 58.0, kind="ministry")
    assert send(location=HERE).authority_id == town.here.pk


def test_a_point_outside_every_authority_is_refused_and_nothing_is_written(town: Town):
    with pytest.raises(NowhereOurs):
        send(location=NOWHERE, photos=[picture()])
    assert rows_of(town.here, Report) == []


def test_what_was_sent_is_kept_as_it_was_typed(town: Town):
    text = '  <script>alert(1)</script> & "؟" \u202e‮  '
    report = send(
        text=text, reporter_name="سعيد", reporter_phone="+968 9212 3456", reporter_email="s@example.org", language="en"
    )
    (stored,) = rows_of(town.here, Report)
    assert (stored.text, stored.status, stored.language) == (text.strip(), "new", "en")
    assert stored.number == report.number
    assert stored.token == report.token
    assert len(stored.token) >= 32
    (reporter,) = rows_of(town.here, Reporter)
    assert (reporter.name, reporter.phone, reporter.email) == ("سعيد", "+968 9212 3456", "s@example.org")


def test_who_reads_the_table_can_neither_follow_nor_send_again(town: Town):
    """An officer sees every column of the report, and still cannot pass for its reporter."""
    report = send(text="نص")
    (stored,) = rows_of(town.here, Report)
    assert find_for_follow_up(report.number, report.key).own
    for guess in (stored.token, str(stored.client_id), key_of(stored.client_id)):
        with pytest.raises(WrongToken):
            find_for_follow_up(report.number, guess)
    again = send(text="نص", client_id=stored.client_id)
    assert again.pk != report.pk


def test_the_id_tells_the_day_and_not_the_minute(town: Town):
    """A UUIDv7 begins with milliseconds; the public may know the day of a report and no more."""
    report = send(photos=[picture()])
    midnight = datetime.combine(timezone.localdate(), time(), UTC)
    (photo,) = rows_of(town.here, Photo)
    for made in (report.pk, photo.pk):
        assert made.version == 7
        assert made.int >> 80 == int(midnight.timestamp() * 1000)


def test_an_anonymous_report_has_no_reporter(town: Town):
    send()
    assert rows_of(town.here, Reporter) == []


def test_after_it_the_web_acts_for_nobody_again(town: Town):
    send()
    assert Report.objects.count() == 0


def test_an_officer_who_reports_elsewhere_stays_an_officer_of_home(town: Town):
    officer = hire(town.there)
    with acting_as(user=officer.pk):
        send(location=HERE)
        assert Report.objects.count() == 0
        send(location=THERE)
        assert Report.objects.count() == 1


def test_the_actor_in_the_history_is_the_citizen(town: Town):
    seen = []

    def look(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "reports_report"'):
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('baladiya.actor', true)")
                seen.append(cursor.fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        send()
    assert seen == ["citizen"]


def test_photos_are_stored_once_each_under_random_names(town: Town):
    send(photos=[picture("red"), picture("blue"), picture("red")])
    photos = rows_of(town.here, Photo)
    assert len(photos) == 2
    for photo in photos:
        assert photo.review == "waiting"
        assert default_storage.exists(photo.image.name)
        assert len(photo.image.name.split("/")[-1]) == len("0" * 32 + ".jpg")


def test_files_of_a_failed_transaction_are_taken_away(town: Town, monkeypatch):
    before = default_storage.listdir("reports")[1] if default_storage.exists("reports") else []
    monkeypatch.setattr(Photo, "save", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("disk full")))
    with pytest.raises(RuntimeError):
        send(photos=[picture("green")])
    after = default_storage.listdir("reports")[1] if default_storage.exists("reports") else []
    assert sorted(after) == sorted(before)
    assert rows_of(town.here, Report) == []


def test_sending_again_gives_the_same_report(town: Town):
    kind, client = category(), uuid4()
    first = send(category=kind, client_id=client, photos=[picture("red"), picture("blue")])
    again = send(category=kind, client_id=client, photos=[picture("blue"), picture("red")])
    assert (again.pk, again.number, again.token) == (first.pk, first.number, first.token)
    assert len(rows_of(town.here, Report)) == 1
    assert len(rows_of(town.here, Photo)) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"text": "شيء آخر"},
        {"location": THERE},
        {"photos": "another"},
        {"reporter_phone": "99999999"},
        {"category": "another"},
    ],
)
def test_another_body_under_the_same_id_is_refused_without_an_echo(town: Town, other):
    kind, client = category(), uuid4()
    first = send(category=kind, client_id=client, text="السر", photos=[picture("red")])
    changed = {"category": kind, "client_id": client, "text": "السر", "photos": [picture("red")]} | other
    if other.get("photos"):
        changed["photos"] = [picture("blue")]
    if other.get("category"):
        changed["category"] = category()
    with pytest.raises(SentOtherwise) as refused:
        send(**changed)
    assert refused.value.status == 409
    assert "السر" not in str(refused.value)
    assert first.number not in str(refused.value)


def test_a_resend_finds_its_report_after_the_border_moved(town: Town):
    kind, client = category(), uuid4()
    first = send(category=kind, client_id=client)
    town.here.geom, town.there.geom = town.there.geom, town.here.geom
    with acting_as(authorities=[town.here.pk, town.there.pk], actor="test"):
        town.here.save()
        town.there.save()
    assert send(category=kind, client_id=client).pk == first.pk


def test_a_category_that_is_no_longer_offered_is_refused_but_a_resend_is_not(town: Town):
    kind, client = category(), uuid4()
    first = send(category=kind, client_id=client)
    kind.active = False
    kind.save()
    with pytest.raises(CategoryNotOffered):
        send(category=kind)
    assert send(category=kind, client_id=client).pk == first.pk


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"text": "x" * 4001}, TooLong),
        ({"reporter_phone": "9" * 21}, TooLong),
        ({"text": "a\0b"}, NotText),
        ({"reporter_name": "a\0b"}, NotText),
        ({"reporter_email": "nobody"}, BadEmail),
        ({"photos": [BytesIO(b"x")] * 5}, TooManyPhotos),
    ],
)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_bad_input_gets_a_sentence(town: Town, given, refusal, language):
    with override(language), pytest.raises(refusal) as refused:
        send(**given)
    with override(language):
        assert str(refused.value)
    assert rows_of(town.here, Report) == []


def test_numbers_are_short_rising_and_carry_their_check_digit(town: Town):
    numbers = [send().number for _ in range(3)]
    assert all(len(number) == 6 and check_digit(number) == "0" for number in numbers)
    assert numbers == sorted(numbers)


def test_the_database_and_python_agree_on_the_check_digit():
    digits = ["572", "0", "10001", "99999999999", "1234567890"]
    with connection.cursor() as cursor:
        asked = "SELECT array_agg(reports_check_digit(d) ORDER BY o) FROM unnest(%s::text[]) WITH ORDINALITY AS u(d, o)"
        cursor.execute(asked, [digits])
        assert cursor.fetchone()[0] == [check_digit(d) for d in digits]
    assert check_digit("572") == "4"  # the example of Damm's dissertation


def test_a_wrong_digit_or_two_swapped_ones_are_always_found():
    number = "10428" + check_digit("10428")
    wrong = {number[:i] + d + number[i + 1 :] for i in range(6) for d in "0123456789"} - {number}
    wrong |= {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(5)} - {number}
    for typed in wrong:
        with pytest.raises(BadNumber):
            read_number(typed)
    assert read_number(number) == number


@pytest.mark.parametrize("typed", ["١٠٠٠١٤", " 100 014 ", "\u2066100014\u2069", "۱۰۰۰۱۴", "1000-14"])
def test_numbers_are_read_as_people_type_them(typed):
    assert read_number(typed) == "100014"


@pytest.mark.parametrize("typed", ["", "0", "abc", "1" * 30, "¹⁰⁰⁰¹⁴", "100014; DROP", "100014\0"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(BadNumber):
        read_number(typed)
