"""Tiles that everybody sees, cut in the server's root: those that hold all that there is in their place.

What is merged, kept simplified or too much for a tile, and what is empty, is left to Django (`ogc.tiles`).
"""

import re
import time
from collections.abc import Awaitable
from typing import NamedTuple

from psycopg import AsyncConnection, sql

from gis import tiles
from gis.db import versions as state
from gis.layers import Audience, Layer, registry
from gis.tiles import MATRIX_SETS, WEB_MERCATOR, Asked, Square

from . import answers, catalogue, steady

# The map's own addresses, and those of OGC API Tiles; the former say the column before the row.
OF_THE_MAP = re.compile(r"/tiles/([^/]+)/(\d{1,2})/(\d{1,9})/(\d{1,9})\.mvt", re.ASCII)
OF_THE_STANDARD = re.compile(r"/ogc/collections/([^/]+)/tiles/(\w+)/(\d{1,2})/(\d{1,9})/(\d{1,9})", re.ASCII)

NOTHING = sql.SQL("SELECT")  # a row without columns

_steady = steady.Steady()


class Wanted(NamedTuple):
    """A tile of one layer. `listed`: marked as a tile of several is, which may hold one."""

    asked: Asked
    listed: bool

    def etag(self, version: str | None) -> str:
        """The tile's validator, by what `gis.versions` tells; empty where only its bytes tell."""
        mark = tiles.mark(self.asked, version)
        found = tiles.marks([mark]) if self.listed else mark
        return f'W/"{found}"' if found else ""


def wanted(path: str, query: bytes) -> Wanted | None:
    """The tile at this address; None where it is not one that can be cut here."""
    if query:
        return None
    if found := OF_THE_MAP.fullmatch(path):
        layer, matrices = registry.get(found[1]), MATRIX_SETS.get(WEB_MERCATOR.id)
        level, column, row = map(int, found.groups()[1:])
    elif found := OF_THE_STANDARD.fullmatch(path):
        layer, matrices = catalogue.layer_of(found[1]), MATRIX_SETS.get(found[2])
        level, row, column = map(int, found.groups()[2:])
    else:
        return None
    if layer is None or matrices is None or not matrices.holds(level, column, row):
        return None
    return Wanted(Asked(layer, Audience.PUBLIC, Square(matrices, level, column, row)), found.re is OF_THE_STANDARD)


async def cut(session: AsyncConnection, tile: Wanted, tags: bytes | None) -> tuple[str, bytes] | None:
    """The validator and the tile, empty where the caller has it already; None where Django shall cut it.

    Raises what psycopg raises.
    """
    layer = tile.asked.layer
    if tags is not None:
        (version,) = await _told(session, layer, NOTHING)
        etag = tile.etag(version)
        if etag and etag.encode() in (one.strip() for one in tags.split(b",")):
            return etag, b""
    whole = tiles.whole(tile.asked)
    if whole is None:
        return None
    content, found, version = await _told(session, layer, whole)
    if not content or not tiles.fits(content, found):
        return None
    return tile.etag(version) or answers.digest(content), content


async def _told(session: AsyncConnection, layer: Layer, query: sql.Composable) -> steady.Row:
    """The row of the query and the state of the layer in which it was read: not asked for while it is known."""

    def ask(short: bool) -> Awaitable[steady.Row | None]:
        reader = state.reader(layer, Audience.PUBLIC)
        return _row(session, steady.short(query) if short else steady.whole(query, reader))

    row = await _steady.answer(layer, int(time.time()), ask)
    if row is None:
        raise LookupError("a tile is one row")
    return row


async def _row(session: AsyncConnection, statement: sql.Composed) -> steady.Row | None:
    """Its plan is not kept: the place of each tile stands in the text."""
    cursor = session.cursor(binary=True)
    return await (await cursor.execute(statement.as_string().encode(), prepare=False)).fetchone()
