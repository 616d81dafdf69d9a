"""The access grid from outside: every caller × layer × field × verb, over the wire of a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections

from apps.accounts.callers import digest_of
from apps.accounts.models import AccessToken, AgencyKey
from gis.layers import Layer
from tests.servers import served

from .feed_grid import CALLERS, Program, declared, fields, verbs
from .ground import COLLECTIONS, KEY, Ground
from .test_scopes import ALL, made

TOKEN = "a client's token"


@pytest.fixture(scope="module")
def programs(ground: Ground) -> Iterator[dict[str, Program]]:
    here = ground.two.here
    made(
        "grid",
        {"layer": "parcels", "authority": here, "fields": ["plot_no", "deed_no"]},
        {"layer": "wells", "authority": here, "fields": ["use", "depth_m"], "verbs": ["read", "update"]},
        {"layer": "streets", "authority": here, "verbs": ALL},
        {"layer": "protection-zones", "authority": ground.two.there, "verbs": ALL},
        {"layer": "parking-zones", "verbs": ["insert"]},
        {"layer": "reports", "fields": ["category"]},
        {"layer": "wilayats", "fields": ["code"]},
    )
    AccessToken.objects.using("owner").create(
        key=AgencyKey.objects.using("owner").get(digest=digest_of("grid")),
        digest=digest_of(TOKEN),
        ends_at=datetime.now(tz=UTC) + timedelta(hours=1),
    )
    csrf = "x" * 32
    shown: dict[str, dict[str, str]] = {
        "anonymous": {},
        "agency": {"X-API-Key": KEY},
        "scoped": {"X-API-Key": "grid"},
        "client": {"Authorization": f"Bearer {TOKEN}"},
    }
    for who in ("officer", "stranger"):
        session = ground.client(who).cookies[settings.SESSION_COOKIE_NAME].value
        shown[who] = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={csrf}",
            "X-CSRFToken": csrf,
        }
    connections.close_all()
    with served(ground.database, LOG_LEVEL="ERROR") as address:
        yield {who: Program(address, shown[who]) for who in CALLERS}


@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_every_cell_is_declared_and_true(ground: Ground, programs: dict[str, Program], layer: Layer) -> None:
    record = ground.rows[layer.id][0]
    full = programs["officer"].document(f"/ogc/collections/{layer.id}/items/{record.pk}")["properties"]
    ways = {who: dict(fields(program, layer, record, full)) for who, program in programs.items()}
    found = {(layer.id, name): tuple(ways[who][name] for who in CALLERS) for name in ways["officer"]}
    found[layer.id, "*"] = tuple(verbs(program, layer, record) for program in programs.values())
    wanted = {key: rights for key, rights in declared().items() if key[0] == layer.id}
    wrong = [";".join((*key, *rights)) for key, rights in found.items() if wanted.get(key) != rights]
    assert wrong == [], "\n".join(["differs from feed_grid.csv; judge each line before pasting it:", *wrong])
    assert set(wanted) == set(found)


def test_a_token_is_its_key() -> None:
    scoped, client = CALLERS.index("scoped"), CALLERS.index("client")
    assert [key for key, rights in declared().items() if rights[scoped] != rights[client]] == []
