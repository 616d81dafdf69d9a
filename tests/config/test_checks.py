"""What the server refuses to start with."""

from collections.abc import Sequence

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from pytest_django import Settings

from apps.config.server import refuse_what_must_not_be

SECRET = "x" * 64


def refused(databases: Sequence[str] | None = None) -> set[str]:
    codes = {str(error.id) for error in run_checks(databases=databases)}
    return {code for code in codes if code.startswith("config.")}


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.SECRET_KEY = SECRET
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    return settings


def test_a_sound_production_passes(production: Settings):
    assert refused() == set()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "config.E001"),
        ("DEMO", True, "config.E002"),
        ("SECRET_KEY", "short", "config.E003"),
    ],
)
def test_production_refuses(production: Settings, name: str, value: object, code: str):
    setattr(production, name, value)
    assert refused() == {code}


def test_production_refuses_the_default_secret(production: Settings):
    production.SECRET_KEY = production.DEFAULT_SECRET
    assert refused() == {"config.E003"}


def test_demo_answers_for_this_machine_only(settings: Settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "map.example"]
    assert refused() == {"config.E004"}


def test_demo_listens_on_loopback_only(settings: Settings, db: None):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    with pytest.raises(SystemExit, match=r"0\.0\.0\.0"):
        refuse_what_must_not_be("0.0.0.0")


def test_demo_accounts_outside_the_demo_are_refused(settings: Settings, db: None):
    get_user_model().objects.create(username="demo-officer", demo=True)
    assert refused(databases=["default"]) == {"config.E005"}
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert refused(databases=["default"]) == set()
