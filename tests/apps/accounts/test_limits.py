"""Tries are counted for all processes together; the wait grows, has an end, and whoever waited is let in."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import Tally, User
from apps.accounts.services.limits import Limit, forget_old, give_back, take
from tests.clock import Clock

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
S, HOUR = datetime.timedelta(seconds=1), datetime.timedelta(hours=1)
LIMIT = Limit("test", free=3, window=HOUR, first=5 * S, longest=60 * S)
PASSWORD = "a long and right password"


@pytest.mark.django_db
def test_the_wait_grows_and_has_an_end():
    at, waits = AT, []
    for _ in range(9):
        assert take(LIMIT, "x", at=at) is None
        until = Tally.objects.get().until
        waits.append((until - at).total_seconds())
        at = until
    assert waits == [0, 0, 5, 10, 20, 40, 60, 60, 60]


@pytest.mark.django_db
def test_of_one_free_try_the_second_waits():
    single = replace(LIMIT, free=1)
    assert [take(single, "x", at=AT) for _ in range(2)] == [None, AT + 5 * S]


@pytest.mark.django_db
def test_what_is_refused_does_not_prolong_the_wait():
    for _ in range(3):
        assert take(LIMIT, "x", at=AT) is None
    assert [take(LIMIT, "x", at=AT + n * S) for n in range(5)] == [AT + 5 * S] * 5
    assert take(LIMIT, "y", at=AT) is None
    assert take(LIMIT, "x", at=AT + 5 * S) is None


@pytest.mark.django_db
def test_a_window_ends_and_a_try_is_given_back():
    for _ in range(3):
        take(LIMIT, "x", at=AT)
    give_back(LIMIT, "x", at=AT)
    assert take(LIMIT, "x", at=AT) is None
    assert take(LIMIT, "x", at=AT + HOUR) is None
    assert Tally.objects.get().taken == 1
    forget_old(before=AT + HOUR)
    assert Tally.objects.count() == 1
    forget_old(before=AT + 2 * HOUR)
    assert Tally.objects.count() == 0


def test_many_sessions_at_once_get_no_more(committed_db: str):
    def one(_number: int) -> bool:
        try:
            return take(LIMIT, "x", at=AT) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == LIMIT.free


class TestSignIn:
    @pytest.fixture(autouse=True)
    def person(self, db: None) -> User:
        return User.objects.create_user("salma", password=PASSWORD, is_staff=True, is_superuser=True)

    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Clock:
        return Clock(monkeypatch, AT)

    def send(self, password: str, name: str = "salma", address: str = "192.0.2.1", language: str = "en") -> Any:
        client = Client(REMOTE_ADDR=address, headers={"accept-language": language})
        return client.post("/admin/login/?next=/admin/", {"username": name, "password": password})

    def test_an_account_is_tried_a_few_times_and_waits(self, clock: Clock):
        addresses = (f"192.0.2.{n}" for n in range(100))
        assert [self.send("wrong", address=next(addresses)).status_code for _ in range(5)] == [200] * 5
        refused = self.send(PASSWORD, address=next(addresses))
        assert (refused.status_code, refused["Retry-After"]) == (429, "5")
        assert "Wait until 13:30:05" in refused.content.decode()
        arabic = self.send(PASSWORD, address=next(addresses), language="ar").content.decode()
        assert "انتظر حتى الساعة 13:30:05" in arabic
        assert self.send("wrong", name="nobody").status_code == 200
        clock.pass_(5)
        assert self.send(PASSWORD).status_code == 302
        assert [self.send("wrong").status_code for _ in range(5)] == [200] * 5

    def test_an_address_is_stopped_whatever_accounts_it_tries(self):
        assert [self.send("wrong", name=f"n{n}").status_code for n in range(21)] == [200] * 20 + [429]
        assert self.send(PASSWORD).status_code == 429
        assert self.send(PASSWORD, address="192.0.2.2").status_code == 302

    def test_right_passwords_do_not_count(self):
        assert [self.send(PASSWORD).status_code for _ in range(30)] == [302] * 30
