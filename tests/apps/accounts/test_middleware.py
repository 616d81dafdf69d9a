"""What each request may be shown, on whose behalf the database works meanwhile, and that a failure leaves nothing."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from apps.accounts.middleware import ActingMiddleware
from apps.accounts.models import Organisation
from apps.accounts.services import make_agency_key
from apps.core.refusals import Conflict
from apps.reports.models import Report
from apps.territory.models import Authority
from gis.layers import Audience
from tests.apps.reports.sending import send
from tests.apps.town import Town, dismiss, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.fixture
def key(town: Town) -> str:
    survey = Organisation.objects.create(code="survey", name_ar="المساحة")
    now = datetime.datetime.now(tz=datetime.UTC)
    return make_agency_key(organisation=survey, purpose="x", by=hire(None, is_superuser=True), at=now)


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [f"baladiya.{name}"])
        return cursor.fetchone()[0] or ""


def ask(user: Any, view: Any, **headers: str) -> tuple[Any, Any]:
    request: Any = RequestFactory().get("/", headers=headers)
    request.user = user
    return request, ActingMiddleware(view)(request)


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_the_audience_of_each_caller(town: Town, key: str):
    ended = hire(town.here)
    dismiss(ended, town.here)
    for user, headers, audience in [
        (AnonymousUser(), {}, Audience.PUBLIC),
        (hire(None), {}, Audience.PUBLIC),
        (ended, {}, Audience.PUBLIC),
        (hire(town.here, is_active=False), {}, Audience.PUBLIC),
        (AnonymousUser(), {"X-API-Key": key}, Audience.AGENCY),
        (hire(None), {"X-API-Key": key}, Audience.AGENCY),
        (hire(town.here), {}, Audience.OFFICER),
        (hire(town.here), {"X-API-Key": key}, Audience.OFFICER),
        (hire(None, is_superuser=True), {}, Audience.OFFICER),
    ]:
        request, response = ask(user, ok, **headers)
        assert request.audience is audience
        assert ("private" in response.get("Cache-Control", "")) == (audience is not Audience.PUBLIC)
        assert "X-API-Key" in response["Vary"]


def test_an_organisation_is_known_by_its_key(key: str):
    request, _response = ask(AnonymousUser(), ok, **{"X-API-Key": key})
    assert request.organisation.code == "survey"
    request, _response = ask(AnonymousUser(), ok)
    assert request.organisation is None


@pytest.mark.parametrize("wrong", ["x", "bld_" + "A" * 43, "' OR 1=1 --"])
def test_a_wrong_key_is_told_so_and_the_view_is_not_asked(town: Town, wrong: str):
    def never(request: HttpRequest) -> HttpResponse:
        raise AssertionError

    _request, response = ask(AnonymousUser(), never, **{"X-API-Key": wrong})
    assert response.status_code == 401
    assert b"unknown_key" in response.content
    assert response["WWW-Authenticate"]


def test_the_request_of_an_officer_acts_as_the_officer(town: Town):
    send(text="لنا")
    officer, stranger = hire(town.here), hire(town.there)

    def look(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{setting('user')} {setting('actor')} {Report.objects.count()}")

    assert ask(officer, look)[1].content.decode() == f"{officer.pk} user:{officer.pk} 1"
    assert ask(stranger, look)[1].content.decode() == f"{stranger.pk} user:{stranger.pk} 0"
    assert ask(AnonymousUser(), look)[1].content.decode().strip() == "0"
    assert setting("user") == ""


def test_an_anonymous_request_asks_the_database_nothing(town: Town, django_assert_num_queries):
    with django_assert_num_queries(0):
        ask(AnonymousUser(), ok)


def test_an_answer_of_five_hundred_is_rolled_back(town: Town):
    def half(request: HttpRequest) -> HttpResponse:
        Authority.objects.filter(pk=town.here.pk).update(name_ar="نصف")
        return HttpResponse(status=500)

    ask(hire(town.here, "manager"), half)
    assert Authority.objects.get(pk=town.here.pk).name_ar == "here"


def test_a_stream_acts_for_its_reader_after_the_request(town: Town):
    send(text="لنا")
    officer = hire(town.here)

    def rows() -> Iterator[str]:
        yield from Report.objects.values_list("text", flat=True).iterator()

    _request, response = ask(officer, lambda request: StreamingHttpResponse(rows()))
    assert setting("user") == ""
    assert b"".join(response).decode() == "لنا"
    assert setting("user") == ""


def test_a_file_needs_no_transaction(town: Town):
    _request, response = ask(hire(town.here), lambda request: FileResponse(ContentFile(b"x", name="x.jpg")))
    assert response.file_to_stream is not None
    assert b"".join(response) == b"x"


# The whole chain of middleware, so that the order in the settings is tested too.


def half_written(request: HttpRequest) -> HttpResponse:
    Authority.objects.filter(code="here").update(name_ar="نصف")
    raise Conflict if request.GET["how"] == "refusal" else RuntimeError


urlpatterns = [path("half/", half_written)]


@pytest.mark.urls("tests.apps.accounts.test_middleware")
@pytest.mark.parametrize(("how", "status"), [("refusal", 409), ("fault", 500)])
def test_an_exception_leaves_nothing_half_written(town: Town, how: str, status: int, monkeypatch):
    monkeypatch.setattr(
        "apps.core.middleware.render", lambda request, name, context, status: HttpResponse(status=status)
    )
    client = Client(raise_request_exception=False)
    client.force_login(hire(town.here, "manager"))
    assert client.get(f"/half/?how={how}").status_code == status
    assert Authority.objects.get(pk=town.here.pk).name_ar == "here"
