"""What the demonstration does not do: half a load, an account over somebody's own, anything outside demo mode."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.config import reference
from apps.config.demo import accounts
from apps.config.demo.load import exists, load_all
from apps.config.demo.site import sites
from apps.config.demo.town import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Demo mode, with the secrets of this test alone."""
    settings.DEMO = True
    monkeypatch.setattr(accounts, "PASSWORD_FILE", tmp_path / "password")
    monkeypatch.setattr(accounts, "KEY_FILE", tmp_path / "key")


def test_half_a_demonstration_is_none(demo: None):
    reference.seed()

    def fail(line: str) -> None:
        if "parcels" in line:
            raise RuntimeError(line)

    now = timezone.localtime()
    with pytest.raises(RuntimeError):
        load_all([build(sites("tiny")[1], 7, now)], now=now, say=fail)
    assert not exists()


def test_a_slow_machine_may_be_silent_for_long(demo: None):
    """The web's login may be idle for 30 s only; drawing a cadastre took longer where others worked beside it."""
    reference.seed()
    limits = []

    def look(line: str) -> None:
        with connection.cursor() as cursor:
            for limit in ("idle_in_transaction_session_timeout", "statement_timeout"):
                cursor.execute(f"SHOW {limit}")
                limits.append(cursor.fetchone()[0])
        raise RuntimeError(line)

    now = timezone.localtime()
    with pytest.raises(RuntimeError):
        load_all([build(sites("tiny")[1], 7, now)], now=now, say=look)
    assert limits == ["30min", "30min"]


def test_a_real_person_keeps_their_name(demo: None):
    User.objects.create_user("gis", password="a password of their own")
    accounts.ensure(now=timezone.localtime())
    user = User.objects.get(username="gis")
    assert not user.demo
    assert user.check_password("a password of their own")


@pytest.mark.parametrize("arguments", [(), ("--again",), ("--logins",)])
def test_outside_demo_mode_there_is_no_demonstration(settings: Any, arguments: tuple[str, ...]):
    settings.DEMO = False
    with pytest.raises(CommandError, match="BALADIYA_DEMO"):
        call_command("demo", *arguments, stdout=StringIO())
    assert not User.objects.filter(demo=True).exists()
    assert not exists()
