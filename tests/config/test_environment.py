"""Which setting wins: what is exported, what the checkout's file says, what falls back."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from apps.config import environment
from apps.config.management.commands.provision import superuser_login

FILE = """
DATABASE_URL=postgis://web:w@127.0.0.1:5433/own
OWNER_DATABASE_URL=postgis://owner:o@127.0.0.1:5433/own
PUBLIC_DATABASE_URL=postgis://public:p@127.0.0.1:5433/own
"""
NAMES = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL", "PROVISION_DATABASE_URL")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.setenv(name, "")  # put back afterwards, whatever the test does
        monkeypatch.delenv(name)
    (tmp_path / "env").write_text(FILE)
    return tmp_path / "env"


def users() -> dict[str, str]:
    return {alias: settings["USER"] for alias, settings in environment.databases().items()}


def test_the_file_names_three_logins(file: Path):
    environment.read(file)
    assert users() == {"default": "web", "owner": "owner", "public": "public"}


def test_an_exported_database_is_used_alone(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgis://given:g@db.example:5432/given")
    environment.read(file)
    assert users() == {"default": "given", "owner": "given", "public": "given"}


def test_each_exported_login_counts(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgis://given:g@db.example:5432/given")
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgis://boss:b@db.example:5432/given")
    environment.read(file)
    assert users() == {"default": "given", "owner": "boss", "public": "given"}


def test_a_server_keeps_connections_of_its_reading_logins(file: Path):
    environment.read(file)
    pooled = environment.databases(pool=3)
    assert {alias for alias, settings in pooled.items() if "pool" in settings.get("OPTIONS", {})} == {
        "default",
        "public",
    }


@pytest.mark.parametrize("pool", [0, 3])
def test_what_an_address_demands_of_the_connection_holds(monkeypatch: pytest.MonkeyPatch, pool: int):
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL"):
        monkeypatch.setenv(name, "postgis://given:g@db.example:5432/given?sslmode=verify-full&connect_timeout=3")
    for alias, settings in environment.databases(pool=pool).items():
        assert settings["OPTIONS"] | {"sslmode": "verify-full", "connect_timeout": 3} == settings["OPTIONS"], alias


@pytest.mark.usefixtures("file")
def test_the_superusers_file_is_for_its_own_cluster_only(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    settings.PROVISION_FILE = tmp_path / "provision.env"
    settings.PROVISION_FILE.write_text("PROVISION_DATABASE_URL=postgis://postgres:s@127.0.0.1:5433/own\n")
    settings.PROVISION_FILE_WINS = False
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(settings.DATABASES["default"], "PORT", 5433)
    assert superuser_login() == {"host": "127.0.0.1", "port": 5433, "user": "postgres", "password": "s"}
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.example")
    with pytest.raises(CommandError, match="PROVISION_DATABASE_URL"):
        superuser_login()
