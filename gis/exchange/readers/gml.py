"""GML 2 to 3.2, as cadastres deliver it (INSPIRE): by GDAL, from the file alone.

No schema is fetched or looked for and no link followed; the columns are those that the file's features have.
"""

from pathlib import Path

from . import gdal
from .request import Request
from .table import Table
from .unreadable import Unreadable

NEEDS_TABLE = True


def read(path: Path, request: Request) -> Table:
    names = tables(path, request)
    if request.table and request.table not in names:
        raise Unreadable("no_such_table", table=request.table, tables=names)
    if not request.table and len(names) > 1:
        raise Unreadable("many_tables", tables=names)
    return gdal.read("GML", path, table=request.table or names[0])


def tables(path: Path, request: Request) -> list[str]:
    """The kinds of features that have a geometry."""
    names = gdal.tables("GML", path)
    if not names:
        raise Unreadable("no_geometry")
    return names
