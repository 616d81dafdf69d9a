"""GeoPackage (OGC 12-128): an SQLite file whose header says so."""

from pathlib import Path

from . import gdal
from .table import Request, Table
from .unreadable import Unreadable

APPLICATION_ID = slice(68, 72)
# "GPKG" since 1.2; "GP10" and "GP11" before.
APPLICATIONS = {b"GPKG", b"GP10", b"GP11"}


def read(path: Path, request: Request) -> Table:
    with path.open("rb") as file:
        header = file.read(100)
    if header[APPLICATION_ID] not in APPLICATIONS:
        raise Unreadable("not_geopackage")
    tables = gdal.tables(path)
    if not tables:
        raise Unreadable("no_geometry")
    if request.table and request.table not in tables:
        raise Unreadable("no_such_table", table=request.table, tables=", ".join(tables))
    if not request.table and len(tables) > 1:
        raise Unreadable("many_tables", tables=", ".join(tables))
    return gdal.read("GeoPackage", path, table=request.table or tables[0])
