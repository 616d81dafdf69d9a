"""Overview tiles, zoom 6 to 12, over the densest place of a country, against the same tiles cut from the records.

From request to last byte, by a new connection and for a tile that nobody has asked for; for everybody and for an
officer of the biggest town. Towns are squares of plots, each with an authority; the biggest holds a fifth of all.

The site gives a question up after some seconds. The peer is measured without that limit, or there would be nothing to
compare with where it counts most; the line says how many of its tiles the site would not have answered.
"""

import argparse
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch
from uuid import UUID

import psycopg
from django.db import connections
from django.test import Client

from apps.accounts.models import Membership, User
from gis import generalising, published, versions
from gis.db import generalised
from gis.layers import Audience
from gis.tiles.budget import MOST_BYTES
from tests import databases
from tests.bench.line import Line, Pair

TOWNS = 60  # the first the biggest, the second half as big, ...
SPAN = 0.0004  # degrees from one plot to the next: every second plot of ground is built upon
WEST, SOUTH = 53.0, 18.0
LEVELS = range(6, 13)
MOST_SECONDS = 0.3
SPENT = 10.0  # seconds of the peer per zoom, after which no further tile is cut by it


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    databases.point_django_at(name)
    with databases.superuser(name) as root:
        towns = _fill(root, options.rows)
        began = time.perf_counter()
        generalising.follow(anew=True)
        filled = time.perf_counter() - began
        versions.follow(anew=True)
        root.execute("VACUUM ANALYZE")
        lines = [*_measured(root, 2 * options.pairs, towns[0], filled)]
    connections.close_all()
    with databases.superuser() as root:
        databases.drop(root, name)
    return lines


def _fill(root: psycopg.Connection, rows: int) -> list[UUID]:
    root.execute("SET statement_timeout = 0; SET session_replication_role = replica")
    parts = [1 / (town + 1) for town in range(TOWNS)]
    owners = []
    for town, part in enumerate(parts):
        many = max(int(rows * part / sum(parts)), 1)
        (owner,) = root.execute(
            "INSERT INTO territory_authority (code, kind, name_ar, working_crs, publishes_parcels, geom) VALUES (%s,"
            " 'municipality', 'قياس', 'EPSG:32640', true, ST_Multi(ST_MakeEnvelope(52, 16, 60, 27, 4326)))"
            " RETURNING id",
            [f"bench-{town}"],
        ).fetchone()  # type: ignore[misc]
        root.execute(
            "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, geom)"
            " SELECT %(owner)s, i::text, (i / 1000)::text, 'residential', 600, ST_Multi(ST_MakeEnvelope(x, y,"
            " x + 0.0002 + i %% 7 * 0.00002, y + 0.0003, 4326)) FROM generate_series(0, %(last)s) i,"
            " LATERAL (SELECT %(west)s + i %% %(side)s * %(span)s AS x, %(south)s + i / %(side)s * %(span)s AS y) at",
            {
                "owner": owner,
                "last": many - 1,
                "side": math.ceil(math.sqrt(many)),
                "span": SPAN,
                "west": WEST + town % 8 * 0.8,
                "south": SOUTH + town // 8 * 0.9,
            },
        )
        owners.append(owner)
    root.execute("SET session_replication_role = origin; ANALYZE parcels_parcel")
    return owners


def _measured(root: psycopg.Connection, times: int, owner: UUID, filled: float) -> Iterator[Line]:
    officer = User.objects.using("owner").create(username="bench")
    Membership.objects.using("owner").create(user=officer, authority_id=owner, role="gis_officer")
    for who, person, audience in (("everybody", None, Audience.PUBLIC), ("an officer", officer, Audience.OFFICER)):
        given_up = _given_up(audience)
        client = Client(headers={"host": "127.0.0.1"})
        if person:
            client.force_login(person)
        client.get("/tiles/parcels/0/0/0.mvt")  # the program's own caches: addresses, settings
        for z in LEVELS:
            note = f"; all made in {filled:.0f} s" if z == LEVELS[0] and not person else ""
            yield _line(client, f"tile of zoom {z}, {who}", _densest(root, z, times), given_up, note)


def _line(client: Client, name: str, paths: list[str], given_up: float, note: str) -> Line:
    """Pairs of these tiles, until the peer has taken SPENT: one at least, and of the rest ours alone."""
    ours, pairs, sizes = [], [], []
    for path in paths:
        taken, bytes_read = _cold(client, path)
        ours.append(taken)
        sizes.append(bytes_read)
        if sum(pair.limit for pair in pairs) < SPENT:
            with _from_the_records():
                pairs.append(Pair(taken, _cold(client, path)[0]))
    worst, size = max(ours), max(sizes)
    held = "held" if worst <= MOST_SECONDS and size <= MOST_BYTES else "NOT HELD"
    told = f"worst of {len(ours)} {worst * 1000:.0f} ms, {size / 1000:,.0f} KB; 300 ms and 500 KB {held}"
    if refused := sum(pair.limit > given_up for pair in pairs):
        told += f"; of the peer's {len(pairs)} the site refuses {refused}, after {given_up:.0f} s"
    return Line(name, "cut from the records", tuple(pairs), told + note)


def _densest(root: psycopg.Connection, z: int, most: int) -> list[str]:
    """The fullest tiles of a level."""
    shift = generalised.kinds()["parcels", 6].level - z
    found = root.execute(
        "SELECT col >> %(shift)s, row >> %(shift)s FROM tiles.parcels_6_count GROUP BY 1, 2 ORDER BY sum(n) DESC, 1, 2"
        " LIMIT %(most)s",
        {"shift": shift, "most": most},
    )
    return [f"/tiles/parcels/{z}/{x}/{y}.mvt" for x, y in found.fetchall()]


def _given_up(audience: Audience) -> float:
    """Seconds that a question of this reader may take."""
    with published.reading(audience) as cursor:
        cursor.execute("SELECT extract(epoch FROM current_setting('statement_timeout')::interval)")
        return float(cursor.fetchone()[0])


def _cold(client: Client, path: str) -> tuple[float, int]:
    connections.close_all()
    began = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
    return taken, len(answer.content)


@contextmanager
def _from_the_records() -> Iterator[None]:
    """Tiles are cut from the records, and connections that are opened within have no limit of time."""
    options = [connections[alias].settings_dict["OPTIONS"] for alias in ("public", "default")]
    with ExitStack() as stack:
        stack.enter_context(patch.object(generalising, "ready", lambda kind, audience: False))
        for one in options:
            stack.enter_context(patch.dict(one, {"options": "-c statement_timeout=0"}))
        yield
