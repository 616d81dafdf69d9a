"""A running site with as many plots as wanted, for costly requests and the people who use it meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.test import Client
from psycopg.sql import SQL, Identifier, Literal
from pytest_django import DjangoDbBlocker

from apps.config.provisioning import Names
from apps.reports.models import Category
from tests import databases
from tests.scene import Scene, set_up
from tests.servers import served

DROWSY_S = 12
names_of = Names("baladiya")


@dataclass
class Busy:
    """`normal` are the addresses that people ask for; `cookie` is an officer's session."""

    database: str
    address: str
    authority: str
    category: str
    cookie: str
    normal: list[str]


@contextmanager
def busy_town(template: str, blocker: DjangoDbBlocker, *, parcels: int) -> Iterator[Busy]:
    """The scene's quarter with a plain of small plots west of it, and a real server."""
    with set_up(template, blocker, label="busy") as scene:
        _plots(scene, parcels)
        client = Client()
        client.force_login(scene.officer)
        with served(scene.database, LOG_LEVEL="ERROR") as address:
            yield Busy(
                scene.database,
                address,
                str(scene.authority.pk),
                Category.objects.using("owner").values_list("code", flat=True).first() or "",
                f"sessionid={client.cookies['sessionid'].value}",
                _normal(scene),
            )


@contextmanager
def again(town: Busy) -> Iterator[str]:
    """One more server on the same database: its sessions begin with the limits as they are now."""
    with served(town.database, LOG_LEVEL="ERROR") as address:
        yield address


def _normal(scene: Scene) -> list[str]:
    near = "58.1,23.5,58.102,23.502"
    return [
        "/ar/",
        "/tiles/parcels/16/43344/28323.mvt",
        f"/ar/card/parcels/{scene.parcel.pk}/",
        "/ar/search?q=103",
        f"/ogc/collections/parcels/items?bbox={near}&limit=10",
        "/tiles/streets/14/10836/7080.mvt",
        "/en/report/",
    ]


def _plots(scene: Scene, number: int) -> None:
    """Squares of some ten metres in rows of a thousand; the overlap rule knows they are apart, and is not asked."""
    with databases.superuser(scene.database) as root:
        root.execute("SET session_replication_role = replica")
        root.execute(
            SQL(
                "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, geom) SELECT {},"
                " 'P' || n, (n % 97)::text, 'residential', 100 + n % 900, ST_Multi(ST_MakeEnvelope("
                " 57.9 + n % 1000 * 0.00015, 23.4 + n / 1000 * 0.00015,"
                " 57.9001 + n % 1000 * 0.00015, 23.4001 + n / 1000 * 0.00015, 4326))"
                " FROM generate_series(0, {} - 1) AS n"
            ).format(Literal(scene.authority.pk), Literal(number))
        )
        root.execute("RESET session_replication_role")
        root.execute("ANALYZE parcels_parcel")


@contextmanager
def drowsy(root: psycopg.Connection) -> Iterator[None]:
    """The public view of a layer takes longer than any question may."""
    (plain,) = root.execute("SELECT pg_get_viewdef('pub.aflaj'::regclass)").fetchone()  # type: ignore[misc]
    view = SQL("CREATE OR REPLACE VIEW pub.aflaj WITH (security_barrier) AS {}")
    slow = SQL("SELECT s.* FROM ({}) AS s, (SELECT pg_sleep({})) AS z")
    root.execute(view.format(slow.format(SQL(plain.rstrip("; \n")), Literal(DROWSY_S))))
    try:
        yield
    finally:
        root.execute(view.format(SQL(plain)))


@contextmanager
def without_limits(root: psycopg.Connection) -> Iterator[None]:
    """The seeded fault: the logins' own time limits are gone, in this database alone."""
    limit = SQL("ALTER ROLE {} IN DATABASE {} {} statement_timeout")
    names = [(Identifier(login), Identifier(root.info.dbname)) for login in (names_of.public, names_of.web)]
    for login, database in names:
        root.execute(SQL("{} TO 0").format(limit.format(login, database, SQL("SET"))))
    try:
        yield
    finally:
        for login, database in names:
            root.execute(limit.format(login, database, SQL("RESET")))


@contextmanager
def without_caps(root: psycopg.Connection) -> Iterator[None]:
    """The seeded fault: the gate of geometry takes everything."""
    (gate,) = root.execute("SELECT pg_get_functiondef('gis_sound'::regproc)").fetchone()  # type: ignore[misc]
    head, _as, _body = gate.partition("AS $function$")
    root.execute(SQL(f"{head} AS 'SELECT true'"))
    try:
        yield
    finally:
        root.execute(SQL(gate))
