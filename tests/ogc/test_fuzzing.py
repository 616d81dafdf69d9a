"""Schemathesis asks all that the API document allows, and all that it does not, with every check on: as everybody, as
an agency and as an officer (reliability.md, T2). Five minutes here, an hour in `bin/test --long fuzzing`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from apps.config.environment import ROOT
from gis import published
from gis.features import wording
from gis.layers import Audience, Layer
from gis.processes import jobs, working
from gis.rights import NOTHING
from gis.tiles import MATRIX_SETS
from tests.servers import served

from .ground import COLLECTIONS, KEY, Ground
from .test_processes import INPUTS
from .writing import feature_for

PUBLIC, WANTED = Audience.PUBLIC, {"inputs": INPUTS["buffer"], "response": "raw"}
FUZZING = ROOT / "tests/ogc/fuzzing"
SECONDS = {Audience.PUBLIC: 120, Audience.AGENCY: 60, Audience.OFFICER: 120}
SEED = 20261123  # the gate asks the same each time: what is found by chance alone is for the hour, which draws anew
REACHED = 0.95  # of the operations, answered with what was asked for
READ = 0.75  # and of those that only an officer may all do, without the writing ones
ITEMS = ("--include-path", "/collections/{collectionId}/items", "--include-method", "GET", "--max-failures", "9")


@pytest.fixture(scope="module")
def server(ground: Ground) -> Iterator[str]:
    with served(ground.database) as address:
        yield address


@pytest.mark.timeout(900)
@pytest.mark.parametrize("audience", SECONDS, ids=lambda one: one.name.lower())
def test_every_check_is_passed(ground: Ground, server: str, audience: Audience, tmp_path: Path):
    passed(ground, server, audience, tmp_path, SECONDS[audience], "--seed", str(SEED))


def passed(
    ground: Ground, server: str, audience: Audience, folder: Path, seconds: int, *more: str
) -> tuple[int, int, int]:
    """How many requests were made; and of how many operations how many did what was asked."""
    done, seen = fuzz(ground, server, audience, folder, seconds, *more)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    reached = [name for name, statuses in seen.items() if any(status < 300 for status in statuses)]
    assert 200 in seen["POST /collections/{collectionId}/items"]  # as a question
    least = REACHED if audience is Audience.OFFICER else READ
    assert len(reached) >= least * len(seen), sorted(set(seen) - set(reached))
    (made,) = re.findall(r"(\d+) generated", done.stdout)
    return int(made), len(reached), len(seen)


@pytest.mark.timeout(300)
def test_the_catalogue_passes_every_check(ground: Ground, server: str, tmp_path: Path):
    asked = ("--seed", str(SEED))
    done, seen = fuzz(ground, server, PUBLIC, tmp_path, 40, *asked, document="catalogue/openapi")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert all(200 in statuses for statuses in seen.values()), seen


@pytest.mark.timeout(600)
def test_a_number_that_is_read_unguarded_is_found(ground: Ground, tmp_path: Path):
    fault = {"DJANGO_SETTINGS_MODULE": "tests.ogc.fuzzing.faulty_settings"}
    with served(ground.database, **fault) as address:
        asked = ("--seed", str(SEED), "--phases", "coverage", *ITEMS)
        done, _seen = fuzz(ground, address, Audience.PUBLIC, tmp_path, 60, *asked)
    assert done.returncode == 1
    assert "Server error" in done.stdout


def fuzz(
    ground: Ground, server: str, audience: Audience, folder: Path, seconds: int, *more: str, document: str = "openapi"
) -> tuple[subprocess.CompletedProcess[str], dict[str, list[int]]]:
    """How schemathesis ended, and the statuses by operation."""
    known, seen = folder / "known.json", folder / "seen.json"
    collections = {layer.id: _known(ground, layer, audience) for layer in COLLECTIONS}
    moment = (datetime.now(tz=UTC) - timedelta(milliseconds=500)).isoformat().replace("+00:00", "Z")
    told_of = {"collections": collections, "processes": INPUTS, "jobs": _jobs(), "moment": moment}
    known.write_text(json.dumps(told_of))
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(FUZZING / "schemathesis.toml"), "run",
        f"{server}/ogc/{document}?f=json&lang=en", "--checks", "all", "--max-time", str(seconds), "--no-color",
        "--continue-on-failure", "--max-examples", "25", *_headers(ground, audience), *more,
    ]  # fmt: skip
    told = {"FUZZED": str(known), "FUZZED_SEEN": str(seen), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=os.environ | told, capture_output=True, text=True, check=False)
    return done, json.loads(seen.read_text())


def _headers(ground: Ground, audience: Audience) -> list[str]:
    if audience is Audience.PUBLIC:
        return []
    if audience is Audience.AGENCY:
        return ["-H", f"X-API-Key: {KEY}"]
    client, token = Client(), _get_new_csrf_string()
    client.force_login(ground.two.officer)
    session = client.session.session_key
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return ["-H", f"Cookie: {cookies}", "-H", f"X-CSRFToken: {token}"]


def _jobs() -> dict[str, str]:
    """A job that has its answer, for each method that is asked of it."""
    made = {}
    for method in ("GET", "DELETE"):
        job = jobs.accept(process="buffer", caller="anonymous:fuzz", audience=PUBLIC, language="en", wanted=WANTED)
        working.take_up(job.pk, NOTHING)
        made[method] = str(job.pk)
    return made


def _has_words(layer: Layer, audience: Audience) -> bool:
    try:
        wording.check(layer, audience)
    except wording.NotByWords:
        return False
    return True


def _known(ground: Ground, layer: Layer, audience: Audience) -> dict[str, Any]:
    first = ground.rows[layer.id][0]
    west, south, east, north = first.geom.extent if first.geom else (58.0, 23.0, 58.0, 23.0)
    level = max(zoom.level for zoom in layer.zooms)
    squares = {name: matrices.reaching(level, (west, south, east, north), 0) for name, matrices in MATRIX_SETS.items()}
    return {
        "id": str(first.pk),
        "fields": list(published.properties(layer, audience)),
        "words": _has_words(layer, audience),
        "new": feature_for(layer) if layer.writes != "none" else None,
        "tiles": {
            name: {"tileMatrix": level, "tileRow": found.first_row, "tileCol": found.first_column}
            for name, found in squares.items()
        },
    }
