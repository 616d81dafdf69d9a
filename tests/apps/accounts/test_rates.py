"""How much may be asked: counted for each caller alone, refilled steadily, told in headers, and never an officer's."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from apps.accounts import rates
from apps.accounts.models import Organisation
from apps.accounts.services import make_agency_key
from apps.config import asgi
from tests.apps.town import found_towns, hire

from .test_oauth import NOW

FEED = "/ogc/collections"


@pytest.fixture(autouse=True)
def few(settings: Settings) -> Iterator[None]:
    settings.RATE_PER_ADDRESS, settings.RATE_PER_KEY = 3, 2
    rates.buckets.forget()
    yield
    rates.buckets.forget()


def take(buckets: rates.Buckets, who: str, *, at: float) -> rates.Standing:
    return buckets.take("address", who, 60, at=at)


def test_a_bucket_empties_refills_and_is_never_fuller_than_full() -> None:
    buckets = rates.Buckets()
    standings = [take(buckets, "a", at=0) for _ in range(61)]
    assert [one.allowed for one in standings] == [True] * 60 + [False]
    assert (standings[0].left, standings[0].full_in_s) == (59, 1)
    assert (standings[60].left, standings[60].full_in_s, standings[60].wait_s) == (0, 60, 1)
    assert take(buckets, "b", at=0).allowed
    assert [take(buckets, "a", at=1).allowed for _ in range(2)] == [True, False]
    assert take(buckets, "a", at=10_000).left == 59


def test_what_is_refused_does_not_count() -> None:
    buckets = rates.Buckets()
    for _ in range(600):
        take(buckets, "a", at=0)
    assert take(buckets, "a", at=1).allowed


def test_no_more_callers_are_kept_than_there_is_room_for() -> None:
    buckets = rates.Buckets(most_callers=2)
    for _ in range(60):
        take(buckets, "a", at=0)
    for who in "bc":
        take(buckets, who, at=0)
    assert len(buckets._kept) == 2
    assert take(buckets, "a", at=0).allowed


@pytest.mark.django_db
def test_a_key_has_a_limit_of_its_own() -> None:
    survey = Organisation.objects.create(code="survey", name_ar="المساحة")
    root = hire(None, is_superuser=True)
    keys = [make_agency_key(organisation=survey, purpose="x", by=root, at=NOW) for _ in range(2)]
    answers = [Client(headers={"X-API-Key": keys[0]}).get(f"{FEED}/wells/schema") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"key";q=2;w=60'
    assert answers[0]["RateLimit"] == '"key";r=1;t=30'
    assert (answers[2]["Retry-After"], answers[2]["Content-Type"]) == ("30", "application/problem+json")
    assert set(answers[2].json()["details"]) == {"ar", "en"}
    assert Client(headers={"X-API-Key": keys[1]}).get(f"{FEED}/wells/schema").status_code == 200


@pytest.mark.django_db
def test_whoever_tries_keys_is_counted_by_the_address() -> None:
    tried = [Client(headers={"X-API-Key": f"x{n}"}, REMOTE_ADDR="192.0.2.7").get(FEED) for n in range(5)]
    assert [answer.status_code for answer in tried] == [401, 401, 401, 429, 429]
    assert Client(headers={"X-API-Key": "x"}, REMOTE_ADDR="192.0.2.8").get(FEED).status_code == 401


@pytest.mark.django_db(databases=["default", "public"])
def test_officers_are_not_counted_and_a_made_up_session_is() -> None:
    officer = Client(REMOTE_ADDR="192.0.2.7")
    officer.force_login(hire(found_towns().here))
    for _ in range(6):
        answer = officer.get(f"{FEED}/wells/schema")
        assert answer.status_code == 200
        assert "RateLimit" not in answer
    nobody = Client(REMOTE_ADDR="192.0.2.7")
    nobody.cookies["sessionid"] = "x"
    assert [nobody.get(f"{FEED}/wells/schema").status_code for _ in range(4)] == [200, 200, 200, 429]


def ask(path: str = "/ogc/collections/nowhere/items", **sent: str) -> tuple[int, dict[str, str], bytes]:
    """Of the root, as the server hands it over."""
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"host", b"127.0.0.1"), *((k.replace("_", "-").encode(), v.encode()) for k, v in sent.items())]
    scope: Any = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http", "headers": headers,
        "client": ("192.0.2.9", 1), "http_version": "1.1", "root_path": "", "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(asgi.application(scope, receive, send))
    head = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return told[0]["status"], head, b"".join(message.get("body", b"") for message in told[1:])


@pytest.mark.django_db
def test_the_root_counts_who_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answered(scope: Any, send: Any) -> bool:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})
        return True

    monkeypatch.setattr(asgi.thin, "answered", answered)
    answers = [ask() for _ in range(4)]
    assert [status for status, _head, _body in answers] == [200, 200, 200, 429]
    assert answers[0][1]["ratelimit"] == '"address";r=2;t=20'
    _status, head, body = answers[3]
    assert head["retry-after"] == "20"
    assert head["content-type"] == "application/problem+json"
    assert set(json.loads(body)["details"]) == {"ar", "en"}
    for shown in ({"x_api_key": "x"}, {"authorization": "Bearer x"}, {"cookie": "sessionid=x"}):
        assert ask(**shown)[0] == 200
    assert ask("/")[0] == 200


@pytest.mark.django_db
def test_what_the_root_has_not_counted_is_counted_behind_it() -> None:
    """The root reads a header's bytes, Django its cookies: neither may trust that the other has counted."""
    odd = Client(headers={"Cookie": "xsessionid=1"}, REMOTE_ADDR="192.0.2.9")
    path = f"{FEED}/wells/schema"
    assert [odd.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    known: dict[str, Any] = {"asgi.scope": {rates.COUNTED: True}}
    assert Client(REMOTE_ADDR="192.0.2.9").get(path, **known).status_code == 200
