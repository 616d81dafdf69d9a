"""GeoPackage (OGC 12-128): an SQLite file whose header says so."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from . import gdal
from .laying import JOURNAL
from .request import Request
from .table import Table
from .unreadable import Unreadable

APPLICATION_ID = slice(68, 72)
# "GPKG" since 1.2; "GP10" and "GP11" before.
APPLICATIONS = {b"GPKG", b"GP10", b"GP11"}


NEEDS_TABLE = True
VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+[\"'`\[]?(\w+)", re.IGNORECASE | re.DOTALL)
MODULES = {"rtree", "fts3", "fts4", "fts5"}


def read(path: Path, request: Request) -> Table:
    names = tables(path, request)
    if request.table and request.table not in names:
        raise Unreadable("no_such_table", table=request.table, tables=names)
    if not request.table and len(names) > 1:
        raise Unreadable("many_tables", tables=names)
    return gdal.read("GeoPackage", path, table=request.table or names[0])


def tables(path: Path, request: Request) -> list[str]:
    """Raises Unreadable where the file is no GeoPackage, or one that would do more than hold data."""
    with path.open("rb") as file:
        header = file.read(100)
    if header[APPLICATION_ID] not in APPLICATIONS:
        raise Unreadable("not_geopackage")
    journal = path.with_name(path.name + JOURNAL)
    if journal.exists() and journal.stat().st_size:
        raise Unreadable("still_open", name=request.path.name)
    _refuse_what_runs(path)
    names = gdal.tables("GeoPackage", path)
    if not names:
        raise Unreadable("no_geometry")
    return names


def counts(path: Path, request: Request, names: list[str]) -> dict[str, int]:
    """How many rows each table has."""
    return gdal.counts(path, names)


def _refuse_what_runs(path: Path) -> None:
    """Virtual tables are programs: but for the two of search (R-tree, full text) none belongs into a GeoPackage.

    Views are queries over tables and may be there; with trusted_schema off they call no function that does anything,
    and triggers never fire, for nothing is written.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            virtual = database.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%VIRTUAL%'").fetchall()
    except (sqlite3.Error, UnicodeError) as error:
        raise Unreadable("corrupt", why=str(error)[:200]) from error
    for name, text in virtual:
        made = VIRTUAL.match(str(text))
        if made and made[1].casefold() not in MODULES:
            raise Unreadable("hostile_database", name=str(name)[:80])
