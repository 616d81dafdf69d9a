"""The officer's desk through the web: own reports only, steps by the workflow, and words instead of errors."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.reports.models import Photo, Report, StatusNote
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.town import HERE, THERE, Town, category, dismiss, found_towns, hire

pytestmark = pytest.mark.django_db
XSS = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def town() -> Town:
    return found_towns()


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(report: Report) -> str:
    return reverse("admin:reports_report_change", args=[report.pk])


def form_of(report: Report, **given: Any) -> dict[str, Any]:
    place = f'{{"type": "Point", "coordinates": [{report.geom.x}, {report.geom.y}]}}'
    inline = {f"notes-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    return {"category": report.category_id, "geom": place, "step": "", "answer": "", **inline, **given}


def stored(model: Any, town: Town, **where: Any) -> list[Any]:
    with acting_as(authorities=[town.here.pk, town.there.pk]):
        return list(model.objects.filter(**where))


def test_the_list_shows_own_reports_only(town: Town):
    ours, theirs = send(location=HERE), send(location=THERE)
    page = sign_in(hire(town.here)).get(reverse("admin:reports_report_changelist"))
    assert page.status_code == 200
    assert ours.number in page.content.decode()
    assert theirs.number not in page.content.decode()


def test_another_authoritys_report_does_not_exist(town: Town):
    theirs = send(location=THERE)
    client = sign_in(hire(town.here))
    assert client.get(page_of(theirs)).status_code == 302
    assert client.post(page_of(theirs), form_of(theirs, step="accepted")).status_code == 302
    assert stored(Report, town, pk=theirs.pk)[0].status == "new"


@pytest.mark.parametrize(
    "query", ["?q={n}", "?authority__id__exact={a}", "?text__startswith=x", "?category__id__exact={c}"]
)
def test_searches_and_filters_do_not_look_over_the_border(town: Town, query: str):
    theirs = send(location=THERE, text="x")
    address = reverse("admin:reports_report_changelist") + query.format(
        n=theirs.number, a=town.there.pk, c=theirs.category_id
    )
    page = sign_in(hire(town.here)).get(address, follow=True)
    assert f'href="{page_of(theirs)}' not in page.content.decode()


def test_a_report_with_its_place_words_reporter_and_photos(town: Town):
    report = send(text="حفرة", reporter_name="سعيد", photos=[picture()])
    page = sign_in(hire(town.here)).get(page_of(report)).content.decode()
    (photo,) = stored(Photo, town)
    for part in ("حفرة", "سعيد", reverse("admin:reports_photo_original", args=[photo.pk]), 'name="geom"'):
        assert part in page


def test_markup_of_citizens_stays_text(town: Town):
    report = send(text=XSS, reporter_name=XSS[:60])
    client = sign_in(hire(town.here))
    for address in (page_of(report), reverse("admin:reports_report_changelist") + "?q=alert"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert" in client.get(page_of(report)).content.decode()


def test_the_next_step_with_its_answer(town: Town):
    report, clerk = send(), hire(town.here)
    answer = sign_in(clerk).post(page_of(report), form_of(report, step="done", answer="أصلحت"))
    assert answer.status_code == 302
    assert stored(Report, town)[0].status == "done"
    assert stored(StatusNote, town)[0].answer == "أصلحت"


def test_a_missing_answer_is_said_in_the_form_and_nothing_typed_is_lost(town: Town):
    report, other = send(), category()
    page = sign_in(hire(town.here)).post(page_of(report), form_of(report, step="done", category=other.pk))
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
    assert f'<option value="{other.pk}" selected' in page.content.decode()
    (after,) = stored(Report, town)
    assert (after.status, after.category_id) == ("new", report.category_id)


def test_only_the_steps_of_the_workflow_are_offered(town: Town):
    report, clerk = send(), hire(town.here)
    client = sign_in(clerk)
    client.post(page_of(report), form_of(report, step="done", answer="x"))
    page = client.get(page_of(report)).content.decode()
    assert 'value="in_progress"' in page
    assert 'value="rejected"' not in page
    assert client.post(page_of(report), form_of(report, step="rejected", answer="x")).status_code == 200
    assert stored(Report, town)[0].status == "done"


def test_a_moved_pin_moves_its_public_place(town: Town):
    report = send(category=category("exact"))
    place = '{"type": "Point", "coordinates": [58.06, 23.56]}'
    sign_in(hire(town.here)).post(page_of(report), form_of(report, geom=place, reason="الموقع غير دقيق"))
    (after,) = stored(Report, town)
    assert (round(after.geom.x, 6), round(after.public_place.y, 6)) == (58.06, 23.56)


@pytest.mark.parametrize("role", ["planner", "gis_officer"])
def test_who_only_reads_sees_the_map_and_no_form(town: Town, role: str):
    report = send()
    client = sign_in(hire(town.here, role))
    page = client.get(page_of(report)).content.decode()
    assert "record-map" in page
    assert 'name="step"' not in page
    assert client.post(page_of(report), form_of(report, step="accepted")).status_code == 403
    assert stored(Report, town)[0].status == "new"


def test_a_refusal_of_the_database_is_a_sentence(town: Town, monkeypatch):
    """As if Python had forgotten to ask: the planner's write meets row-level security."""
    report, planner = send(), hire(town.here, "planner")
    monkeypatch.setattr("apps.accounts.permissions.Standing.may", lambda *a, **k: True)
    place = '{"type": "Point", "coordinates": [58.06, 23.56]}'
    page = sign_in(planner).post(page_of(report), form_of(report, geom=place), headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "your role may only read" in page.content.decode() or "دورك" in page.content.decode()
    assert stored(Report, town)[0].geom.x == HERE.x


def test_nobody_adds_or_deletes_reports_here(town: Town):
    report = send()
    client = sign_in(hire(town.here, "manager"))
    assert client.get(reverse("admin:reports_report_add")).status_code == 403
    gone = {"post": "yes", "reason": "x"}
    assert client.post(reverse("admin:reports_report_delete", args=[report.pk]), gone).status_code == 403
    assert "delete_selected" not in client.get(reverse("admin:reports_report_changelist")).content.decode()


def test_somebody_without_a_role_does_not_enter(town: Town):
    client = sign_in(hire(None))
    assert client.get(reverse("admin:reports_report_changelist")).status_code == 302
    former = hire(town.here)
    dismiss(former, town.here)
    assert sign_in(former).get(reverse("admin:reports_report_changelist")).status_code == 403


def test_the_original_photo_is_for_officers_of_the_authority(town: Town, client: Client):
    send(photos=[picture()])
    (photo,) = stored(Photo, town)
    address = reverse("admin:reports_photo_original", args=[photo.pk])
    answer = sign_in(hire(town.here, "planner")).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer)[:2] == b"\xff\xd8"
    assert sign_in(hire(town.there, "manager")).get(address).status_code == 404
    assert sign_in(hire(None, is_staff=True)).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert client.get(f"/media/{photo.image.name}").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("en", "Photo {} of report {}"), ("ar", "الصورة {} من البلاغ {}")])
def test_a_photo_is_called_by_its_report_and_its_order(town: Town, language: str, name: str):
    report = send(photos=[picture("red"), picture("blue")])
    client = sign_in(hire(town.here))
    for order, photo in enumerate(sorted(stored(Photo, town), key=lambda one: one.pk), 1):
        address = reverse("admin:reports_photo_change", args=[photo.pk])
        page = client.get(address, headers={"accept-language": language}).content.decode()
        assert name.format(order, report.number) in page
        assert "Photo object" not in page


def test_a_photo_is_reviewed_on_its_page(town: Town):
    send(photos=[picture("red")])
    (photo,) = stored(Photo, town)
    client = sign_in(hire(town.here))
    address = reverse("admin:reports_photo_change", args=[photo.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"blurred": picture("red")}).status_code == 200
    assert stored(Photo, town)[0].review == "waiting"
    assert client.post(address, {"blurred": picture("blue")}).status_code == 302
    assert stored(Photo, town)[0].review == "public"
    assert client.post(address, {"hide": "on"}).status_code == 302
    assert stored(Photo, town)[0].review == "hidden"


def test_the_front_page_of_the_desk_offers_what_the_role_has(town: Town):
    pages = {
        role: sign_in(hire(town.here, role)).get(reverse("admin:index")).content.decode()
        for role in ("desk_officer", "manager")
    }
    assert reverse("admin:reports_report_changelist") in pages["desk_officer"]
    assert reverse("admin:accounts_membership_changelist") not in pages["desk_officer"]
    assert reverse("admin:accounts_membership_changelist") in pages["manager"]
    assert reverse("admin:accounts_user_changelist") not in pages["manager"]


def test_the_history_says_who_why_and_what_but_not_the_token(town: Town):
    report, clerk = send(), hire(town.here, name_ar="سالم")
    client = sign_in(clerk)
    place = '{"type": "Point", "coordinates": [58.06, 23.56]}'
    client.post(page_of(report), form_of(report, geom=place, reason="الموقع غير دقيق"))
    page = client.get(reverse("admin:reports_report_history", args=[report.pk])).content.decode()
    for part in ("سالم", "الموقع غير دقيق", "23.560000, 58.060000", "مواطن"):
        assert part in page
    assert report.token not in page
    stranger = sign_in(hire(town.there, "manager"))
    assert stranger.get(reverse("admin:reports_report_history", args=[report.pk])).status_code == 302
