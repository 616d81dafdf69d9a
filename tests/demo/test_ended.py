"""The demonstration killed in its middle: run again, it goes on, and everything is there once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.models import Model
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.accounts.tenancy import tenanted_models
from apps.config.demo.load.towns import codes
from apps.config.demo.nation import plan
from apps.config.environment import ROOT
from apps.parcels.models import Parcel
from apps.reports.models import Photo, Report
from apps.territory.models import Authority
from gis.db.acting import acting_as
from gis.rasters.models import Raster
from tests import databases
from tests.workers import NAMES

pytestmark = [pytest.mark.long, pytest.mark.timeout(580)]

QUARTERS = 2
# The command as it is, with the smallest towns and a country of two quarters; told where, it is killed there.
RUN = """
import os, signal, sys
import django
from pathlib import Path
django.setup()
from django.core.management import call_command
from apps.config.demo import accounts, completing, heights, sightings, site
from apps.config.demo.nation import fill, plan
from apps.config.management.commands import demo

where, kept = sys.argv[1], Path(sys.argv[2])
accounts.PASSWORD_FILE, accounts.KEY_FILE = kept / "password", kept / "key"
quarters, tiny = plan.quarters, site.sites
plan.quarters = lambda scale: list(quarters(scale))[:int(sys.argv[3])]
demo.sites = completing.sites = lambda scale: tiny("tiny")

def killed(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_at(function, call):
    calls = []
    def counted(*given, **named):
        calls.append(given)
        return killed() if len(calls) == call else function(*given, **named)
    return counted

if where == "before heights":
    heights.enter = killed
if where == "amid photos":  # of the second town
    def second(send=sightings.send, towns=[]):
        def sent(*given):
            towns.append(given)
            if len(towns) == 2:
                sightings.submit_report = killed_at(sightings.submit_report, 3)
            return send(*given)
        return sent
    sightings.send = second()
if where == "quarter 2":
    fill._statement = killed_at(fill._statement, len(fill.STATEMENTS) + 4)
call_command("demo", "--scale", "medium")
"""


def run(database: str, folder: Path, *, killed: str = "") -> str:
    """What the command says in a process of its own; it ends as it is told to."""
    environment = {name: os.environ[name].rsplit("/", 1)[0] + f"/{database}" for name in NAMES}
    environment |= {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_DEMO": "true"}
    environment |= {"MEDIA_ROOT": str(folder / "media"), "BALADIYA_TEST_URLS": "true"}
    folder.mkdir(exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-c", RUN, killed, str(folder), str(QUARTERS)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == (-signal.SIGKILL if killed else 0), ended.stderr[-3000:]
    return ended.stdout


def counts() -> dict[str, int]:
    """Of every table of an authority's records, of the catalogue of rasters and of the accounts."""
    owners = list(Authority.objects.filter(code__in=codes()).values_list("pk", flat=True))
    with acting_as(authorities=owners, actor="job:test", reason="test"):
        tables: list[type[Model]] = [*tenanted_models(), Raster, User, Authority]
        return {model._meta.label: model._default_manager.count() for model in tables}


def files(folder: Path) -> int:
    return sum(1 for path in (folder / "media" / "rasters").iterdir() if path.suffix == ".tif")


@pytest.fixture
def uninterrupted(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> dict[str, int]:
    with databases.used(template_database, django_db_blocker, label="demo_whole") as name:
        run(name, tmp_path / "whole")
        found = counts()
    assert files(tmp_path / "whole") == found[Raster._meta.label] == 2
    assert found[Photo._meta.label] > 0
    return found


def test_killed_three_times_it_is_there_once(uninterrupted: dict[str, int], committed_db: str, tmp_path: Path):
    folder = tmp_path / "ended"
    run(committed_db, folder, killed="before heights")
    towns = counts()
    assert towns[Parcel._meta.label] > 0 == towns[Raster._meta.label] == towns[Photo._meta.label]
    run(committed_db, folder, killed="amid photos")
    first = counts()
    assert 0 < first[Photo._meta.label] < uninterrupted[Photo._meta.label]
    assert first[Parcel._meta.label] == towns[Parcel._meta.label]
    run(committed_db, folder, killed="quarter 2")
    amid = counts()
    assert amid[Photo._meta.label] == uninterrupted[Photo._meta.label]
    assert amid[Parcel._meta.label] == towns[Parcel._meta.label] + plan.PLOTS
    said = run(committed_db, folder)
    assert f"{QUARTERS * plan.PLOTS:,} of {QUARTERS * plan.PLOTS:,} parcels (100%)" in said
    assert "photos" not in said
    assert "heights" not in said
    assert counts() == uninterrupted
    assert counts()[Report._meta.label] > QUARTERS * plan.REPORTS
    assert files(folder) == 2
