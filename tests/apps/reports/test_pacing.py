"""A family's reports are taken, a flood is not: per browser and per address, in words, with nothing lost."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from apps.reports.models import Category
from tests.apps.town import AT, HERE, category, found_towns
from tests.clock import Clock

pytestmark = pytest.mark.django_db(databases=["default", "public"])  # the form's example is a place of the map


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, AT)


@pytest.fixture(autouse=True)
def kind(settings: Settings, clock: Clock) -> Category:
    settings.REPORTS_AN_HOUR = 4
    found_towns()
    return category()


def send(kind: Category, browser: str = "a", address: str = "192.0.2.1", **given: Any) -> Any:
    client = Client(REMOTE_ADDR=address)
    client.cookies["csrftoken"] = browser * 32
    place = f"{HERE.y}, {HERE.x}"
    language = given.pop("language", "en")
    body = {"client_id": uuid4(), "point": place, "category": kind.code, "text": "kept words"} | given
    return client.post(f"/{language}/report/", body)


def test_a_browser_sends_a_few_then_one_at_a_time(kind: Category, clock: Clock):
    assert [send(kind).status_code for _ in range(4)] == [302] * 4
    refused = send(kind)
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "kept words" in refused.content.decode()
    assert "after 13:45:00" in refused.content.decode()
    assert "بعد الساعة 13:45:00" in send(kind, language="ar").content.decode()
    assert send(kind, browser="b").status_code == 302
    clock.pass_(900)
    assert send(kind).status_code == 302


def test_an_address_sends_three_browsers_worth(kind: Category):
    browsers = "abcdefghijklmnop"
    assert [send(kind, browser=one).status_code for one in browsers] == [302] * 12 + [429] * 4
    assert send(kind, browser="a", address="192.0.2.2").status_code == 302


def test_a_resend_and_a_refusal_do_not_count(kind: Category):
    same = uuid4()
    assert [send(kind, client_id=same).status_code for _ in range(6)] == [302] * 6
    assert [send(kind, point="43.46, 11.88").status_code for _ in range(6)] == [422] * 6
    assert [send(kind, category="").status_code for _ in range(6)] == [422] * 6
    assert [send(kind).status_code for _ in range(4)] == [302] * 3 + [429]
