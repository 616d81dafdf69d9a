"""The servers that are compared: each with two workers, without compression, on the same database.

Stock pygeoapi as its documentation starts it (gunicorn) and tipg (uvicorn) run in an environment of their own
(`requirements/peers.txt`); the limit under the same server as ours. All three read the plain table by a login that
knows no row-level security and no limit of time; ours reads by its own, the anonymous one.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import yaml

from apps.config.environment import LOCAL
from tests.servers import free_port, running, served

from . import login

WORKERS = "2"
QUIET = {"GRANIAN_LOG_LEVEL": "error"}
LIBPQ = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
SAID = LOCAL / "log" / "bench-peers.log"
BIN = LOCAL / "peers" / "bin"


@dataclass(frozen=True)
class Server:
    """Where a server answers what. `items` takes a query, `one` an id, `tile` z, x and y; empty: it has none."""

    name: str
    items: str
    one: str
    tile: str = ""


@contextmanager
def all_running(database: str) -> Iterator[dict[str, Server]]:
    """Ours, the limit with and without a count, and the peers, by name. What the peers say goes to SAID."""
    with ExitStack() as stack:
        known = stack.enter_context(login.made(database))
        said = stack.enter_context(SAID.open("w"))
        ours = stack.enter_context(ours_running(database))
        limit = stack.enter_context(_raw(known, said))
        found = [ours, limit, Server("raw-nocount", f"{limit.items}&count=none", limit.one, limit.tile)]
        found += [stack.enter_context(start(known, said)) for start in (_pygeoapi, _tipg)]
        yield {server.name: server for server in found}


@contextmanager
def ours_running(database: str) -> Iterator[Server]:
    """Our server as `bin/run` starts it, with as many workers as the others."""
    with served(database, SERVER_WORKERS=WORKERS, **QUIET) as base:
        items = f"{base}/ogc/collections/parcels/items"
        yield Server("ours", f"{items}?f=json{{}}", f"{items}/{{}}?f=json", f"{base}/tiles/parcels/{{}}/{{}}/{{}}.mvt")


@contextmanager
def _raw(known: dict[str, str], said: IO[str]) -> Iterator[Server]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface=asgi", f"--workers={WORKERS}", f"--port={port}"]
    # By itself: as a part of this package it would import Django.
    environment = {variable: known[name] for name, variable in LIBPQ.items()}
    environment |= {"PYTHONPATH": str(Path(__file__).parent), **QUIET}
    with running([*command, "--no-ws", "raw_app:app"], environment, f"{base}/items?limit=1", said):
        yield Server("raw", f"{base}/items?{{}}", f"{base}/items/{{}}", f"{base}/tiles/{{}}/{{}}/{{}}")


@contextmanager
def _pygeoapi(known: dict[str, str], said: IO[str]) -> Iterator[Server]:
    """Its tiles are left out: stock, one of zoom 14 takes it about a minute."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "pygeoapi.yml")
        settings.write_text(yaml.safe_dump(_settings(base, known)))
        document = Path(folder, "openapi.yml")
        document.write_text("openapi: 3.0.2\ninfo: {title: bench, version: '1'}\npaths: {}\n")
        environment = {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(document)}
        command = [f"{BIN}/gunicorn", "-w", WORKERS, "-k", "gthread", "--threads", "4", "--timeout", "300"]
        command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", "pygeoapi.flask_app:APP"]
        items = f"{base}/collections/parcels/items"
        with running(command, environment, f"{base}/conformance?f=json", said):
            yield Server("pygeoapi", f"{items}?f=json{{}}", f"{items}/{{}}?f=json")


def _settings(base: str, known: dict[str, str]) -> dict[str, object]:
    word = {"title": "bench", "description": "bench", "keywords": ["bench"], "name": "bench", "url": base}
    limits = {"default_items": 10, "max_items": 10_000, "on_exceed": "throttle"}
    provider = {"type": "feature", "name": "PostgreSQL", "id_field": "id", "table": "parcels", "geom_field": "geom"}
    data = {name: known[name] for name in ("host", "port", "dbname", "user", "password")}
    provider |= {"data": {**data, "port": int(data["port"]), "search_path": ["bench", "public"]}}  # type: ignore[dict-item]
    server = {"bind": {"host": "127.0.0.1", "port": int(base.rpartition(":")[2])}, "url": base, "limits": limits}
    server |= {"encoding": "utf-8", "mimetype": "application/json; charset=UTF-8", "languages": ["en-US"]}
    server |= {"gzip": False, "map": {"url": base, "attribution": "none"}}
    extent = {"spatial": {"bbox": [58, 23, 59, 24], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}
    parcels = {"type": "collection", **word, "links": [], "extents": extent, "limits": limits, "providers": [provider]}
    metadata = {
        "identification": word | {"terms_of_service": "none"},
        "license": word,
        "provider": word,
        "contact": word,
    }
    return {
        "server": server,
        "logging": {"level": "ERROR"},
        "metadata": metadata,
        "resources": {"parcels": parcels},
    }


@contextmanager
def _tipg(known: dict[str, str], said: IO[str]) -> Iterator[Server]:
    """No cap on the features of a tile, so that it draws what the others draw."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        "DATABASE_URL": "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**known),
        "TIPG_DB_SCHEMAS": '["bench"]',
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_MAX_FEATURES_PER_TILE": "10000000",
        "TIPG_CATALOG_TTL": "0",
        "DB_MIN_CONN_SIZE": "1",
        "DB_MAX_CONN_SIZE": "10",
    }
    command = [f"{BIN}/uvicorn", "--workers", WORKERS, "--port", str(port), "--log-level", "warning", "--no-access-log"]
    with running([*command, "tipg.main:app"], environment, f"{base}/healthz", said):
        at = f"{base}/collections/bench.parcels"
        tile = f"{at}/tiles/WebMercatorQuad/{{}}/{{}}/{{}}"
        yield Server("tipg", f"{at}/items?f=geojson{{}}", f"{at}/items/{{}}?f=geojson", tile)
