"""A box of parcels through row-level security, against the same box of the table with none.

As the web's login. For whoever is signed in, as the website does: an officer of one of twenty authorities, one of all
of them, a superuser of the platform. And for a job, whose authorities are named to the database instead of looked up.
The bare one is a superuser's of the database, whom no policy binds. Boxes lie at random over the ground of one of them.
"""

import argparse
import math
import random
import time

import psycopg
from django.db import connections

from apps.accounts.models import Membership, User
from tests import databases
from tests.bench.feed import SOUTH, SPAN, WEST
from tests.bench.line import Line, Pair

AUTHORITIES = 20
ACROSS = 12  # parcels along each side of a box
BOXES = 40
OURS = "SELECT id, plot_no, land_use, geom FROM own.parcels WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
BARE = OURS.replace("own.parcels", "parcels_parcel")


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    databases.point_django_at(name)
    with databases.superuser(name) as root:
        owners = _fill(root, options.rows)
        callers = {
            "an officer of one of twenty authorities": ("baladiya.user", _person(owners[:1])),
            "an officer of all twenty": ("baladiya.user", _person(owners)),
            "a superuser": ("baladiya.user", _person([], is_superuser=True)),
            "a job of one of twenty authorities": ("baladiya.authority", owners[0]),
            "a job of all twenty": ("baladiya.authority", ",".join(owners)),
        }
        connections.close_all()
        lines = [_compared(root, name, options, who, *setting) for who, setting in callers.items()]
    with databases.superuser() as root:
        databases.drop(root, name)
    return lines


def _fill(root: psycopg.Connection, rows: int) -> list[str]:
    """Strips of the same grid of parcels, one for each authority; gives their ids from the south on."""
    side = math.ceil(math.sqrt(rows))
    root.execute("SET statement_timeout = 0; SET session_replication_role = replica")
    owners = [
        str(found)
        for (found,) in root.execute(
            "INSERT INTO territory_authority (code, kind, name_ar, working_crs, publishes_parcels, geom)"
            " SELECT 'bench-' || n, 'municipality', 'قياس', 'EPSG:32640', true,"
            " ST_Multi(ST_MakeEnvelope(56, 23, 60, 26, 4326)) FROM generate_series(1, %s) n RETURNING id",
            [AUTHORITIES],
        ).fetchall()
    ]
    root.execute(
        "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, geom)"
        " SELECT (%s::uuid[])[1 + row * %s / %s], i::text, '', 'residential', ST_Multi(ST_MakeEnvelope(x, y,"
        " x + 0.0002, y + 0.0002, 4326)) FROM generate_series(0, %s) i, LATERAL (SELECT i / %s AS row) at,"
        " LATERAL (SELECT %s + i %% %s * %s AS x, %s + row * %s AS y) place",
        [owners, AUTHORITIES, side, rows - 1, side, WEST, side, SPAN, SOUTH, SPAN],
    )
    root.execute("SET session_replication_role = origin; ANALYZE parcels_parcel")
    return owners


def _person(owners: list[str], **rights: bool) -> str:
    """The id of somebody who works for these authorities."""
    person = User.objects.using("owner").create(username=f"bench-{len(owners)}", **rights)
    for owner in owners:
        Membership.objects.using("owner").create(user=person, authority_id=owner, role="gis_officer")
    return str(person.pk)


def _compared(
    root: psycopg.Connection, name: str, options: argparse.Namespace, who: str, setting: str, value: str
) -> Line:
    side = math.ceil(math.sqrt(options.rows))
    chance = random.Random(7)
    pairs, found = [], 0
    with databases.login("web", name) as web:
        web.execute("SELECT set_config(%s, %s, false)", [setting, value])
        for _turn in range(4 * options.pairs):
            boxes = [_box(chance, side) for _box_no in range(BOXES)]
            ours, rows = _seconds(web, OURS, boxes)
            bare, all_rows = _seconds(root, BARE, boxes)
            if rows != all_rows:
                raise RuntimeError(f"{who}: {rows} rows, without policies {all_rows}")
            pairs.append(Pair(ours / BOXES, bare / BOXES))
            found += rows
    return Line(f"box as {who}", "no policies", tuple(pairs), f"{found / len(pairs) / BOXES:.0f} rows")


def _box(chance: random.Random, side: int) -> tuple[float, float, float, float]:
    """On the ground of the first authority."""
    west = WEST + chance.randrange(max(side - ACROSS, 1)) * SPAN
    south = SOUTH + chance.randrange(max(side // AUTHORITIES - ACROSS, 1)) * SPAN
    return (west, south, west + (ACROSS - 0.5) * SPAN, south + (min(ACROSS, side // AUTHORITIES) - 0.5) * SPAN)


def _seconds(
    session: psycopg.Connection, asked: str, boxes: list[tuple[float, float, float, float]]
) -> tuple[float, int]:
    rows = 0
    began = time.perf_counter()
    for box in boxes:
        rows += len(session.execute(asked, box).fetchall())  # type: ignore[arg-type]
    return time.perf_counter() - began, rows
