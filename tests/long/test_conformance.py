"""`bin/test --long conformance`: what the OGC's suites demand (tests/ogc/demands.py), of a real server on the demo."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from apps.config.demo import accounts
from tests import databases
from tests.figures import Record
from tests.ogc.demands import DEMANDS, Asked
from tests.servers import served

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
SCALE = "medium"


@pytest.fixture(scope="module")
def server(
    template_database: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Asked]:
    folder: Path = tmp_path_factory.mktemp("secrets")
    with (
        databases.used(template_database, django_db_blocker, label="conformance") as name,
        pytest.MonkeyPatch.context() as patch,
        override_settings(DEMO=True),
    ):
        patch.setattr(accounts, "PASSWORD_FILE", folder / "of demo" / "password")
        patch.setattr(accounts, "KEY_FILE", folder / "of demo" / "key")
        call_command("demo", "--scale", SCALE, stdout=StringIO())
        call_command("demo", "--remove-accounts", stdout=StringIO())  # a server of tests is not in demo mode
        with served(name) as address:
            yield Asked(f"{address}/ogc")


def test_the_demands_of_the_suites(server: Asked, figure: Record) -> None:
    """All are asked, so that one run tells everything. None is left out, so there are no reasons to list."""
    failed = {}
    for name, demand in DEMANDS.items():
        try:
            demand(server)
        except (AssertionError, KeyError, ValueError) as error:
            failed[name] = repr(error)[:500]
    met = len(DEMANDS) - len(failed)
    what = f"Features 1.0 parts 1 and 2, Tiles 1.0, on the demo of scale {SCALE}"
    figure(what, f"{len(DEMANDS)} groups of demands: {met} met, {len(failed)} failed, 0 left out")
    assert failed == {}
