"""Broken geometry by every way in (T4): no error of ours, nothing written, no process of the database dies of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import psycopg
import pytest
import shapely

from gis.layers import registry
from tests import databases
from tests.apps.accounts.city import desk_session
from tests.figures import Record
from tests.hostile import shapes

from .ground import Ground
from .test_malformed_writes import versions
from .writing import address, feature_for, send

LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
LAYER = registry["protection-zones"]
INSERT = "INSERT INTO own.protection_zones (name_ar, kind, geom) VALUES ('x', 'red', %s::geometry) RETURNING "
SOUND = (
    "ST_IsValid(geom) AND ST_SRID(geom) = 4326 AND NOT ST_IsEmpty(geom) AND ST_GeometryType(geom) = 'ST_MultiPolygon'"
)
# What a statement may end with: a rule of the table, a value that is none, too much of something. Never a lost session.
REFUSED = (psycopg.IntegrityError, psycopg.DataError, psycopg.InternalError, psycopg.ProgrammingError,
           psycopg.errors.ProgramLimitExceeded)  # fmt: skip


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@contextmanager
def nobody_dies(ground: Ground) -> Iterator[None]:
    """A backend that crashes takes the checkpointer with it."""
    asked = "SELECT pid, backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    with databases.superuser(ground.database) as root:
        before = root.execute(asked).fetchone()
    yield
    with databases.superuser(ground.database) as root:
        assert root.execute(asked).fetchone() == before


def stored(ground: Ground, values: Iterator[Any]) -> dict[str, int]:
    """Each in a transaction of its own, undone: how many were refused; what is accepted must be sound."""
    found = {"refused": 0, "sound": 0, "unsound": 0}
    with desk_session(ground.database, ground.two.officer, ground.two.here) as session:
        for value in values:
            try:
                with session.transaction(force_rollback=True):
                    (sound,) = session.execute(INSERT + SOUND, [value]).fetchone()  # type: ignore[misc]
            except REFUSED:
                found["refused"] += 1
            else:
                found["sound" if sound else "unsound"] += 1
    return found


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=LONG)])
def test_broken_wkb_and_ewkt_in_sql(ground: Ground, many: int, figure: Record):
    """As QGIS writes them, by an officer's own login."""
    for kind in ("wkb", "ewkt"):
        chance = Random(4)
        made: Any = (shapes.wkb(chance).hex() if kind == "wkb" else shapes.ewkt(chance) for _one in range(many))
        with nobody_dies(ground):
            found = stored(ground, (value.replace("\x00", "") for value in made))
        assert found["unsound"] == 0
        assert found["refused"] > many / 2
        if many > 1_000:
            figure(
                f"broken {kind} in SQL",
                f"{many:,}: refused {found['refused']:,}, sound all the same {found['sound']:,}",
            )
    with databases.superuser(ground.database) as root:
        assert root.execute("SELECT count(*) FROM wells_protectionzone WHERE name_ar = 'x'").fetchone() == (0,)


@pytest.mark.parametrize("many", [600, pytest.param(10_000, marks=LONG)])
def test_broken_geojson_over_the_feed(ground: Ground, quiet: None, many: int, figure: Record):
    """Refused with a sentence and nothing written; or it was sound after all, and written once."""
    client, chance, sound = ground.client("officer"), Random(4), 0
    with nobody_dies(ground):
        for _one in range(many):
            body, before = shapes.geojson(chance, feature_for(LAYER)), versions()
            answer = send(client, "POST", address(LAYER), body)
            if answer.status_code == 201:
                assert shapely.from_geojson(json.dumps(json.loads(body)["geometry"])).is_valid
                sound += 1
                continue
            assert answer.status_code in (400, 422), (body, answer.status_code, answer.content[:300])
            assert answer.json()["details"]["ar"], body
            assert versions() == before, body
    assert sound < many / 2
    if many > 600:
        figure("broken GeoJSON over the feed", f"{many:,}: refused {many - sound:,}, sound all the same {sound:,}")


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=LONG)])
def test_broken_wkt_in_a_filter(ground: Ground, quiet: None, many: int, figure: Record):
    client, chance, answered = ground.client("anonymous"), Random(4), 0
    with nobody_dies(ground):
        for _one in range(many):
            asked = {"filter": f"S_INTERSECTS(geometry, {shapes.ewkt(chance)})", "resulttype": "hits"}
            answer = client.get("/ogc/collections/parcels/items", asked)
            assert answer.status_code in (200, 400), (asked, answer.content[:300])
            if answer.status_code == 400:
                assert answer.json()["parameter"] == "filter", asked
            answered += answer.status_code == 200
    assert answered < many / 2
    if many > 1_000:
        figure("broken WKT in filters", f"{many:,}: refused {many - answered:,}, sound all the same {answered:,}")
