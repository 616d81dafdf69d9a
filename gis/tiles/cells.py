"""How many features have their middle in each of a tile's cells: from what is kept of them, or counted."""

from psycopg import sql

from gis.db.generalised import Kind
from gis.layers import Zoom
from gis.mercator import HALF, latitude, level_of

from . import budget, choice, drawing
from .asking import Asked
from .matrices import Block

Rows = tuple[list[str], sql.Composed]  # names of the properties, and the rows that say them


def cells(asked: Asked, zoom: Zoom, most: int, kind: Kind | None) -> Rows:
    """How many features have their middle in each cell. Each cell belongs to one tile, so none is counted twice."""
    block = asked.square.cells(budget.CELL_LEVELS, level_of(zoom.grid_m))
    cell = drawing.cell(2 * HALF / 2**block.level, middle=asked.layer.of_points)
    rows = sql.SQL(
        "SELECT c.number AS count, {drawn} AS geom, NULL::geometry AS label, count(*) OVER () AS v_found"
        " FROM ({counted}) AS c ORDER BY c.number DESC, col, row LIMIT {most}"
    ).format(
        drawn=drawing.in_tile(drawing.placed(cell, asked.square), asked.square),
        counted=_summed(kind, asked, block) if kind else _counted(asked, zoom, block),
        most=sql.Literal(most),
    )
    return ["count"], rows


def _summed(kind: Kind, asked: Asked, block: Block) -> sql.Composed:
    """Sums of the finest cells that are kept."""
    shift, (_level, left, top, columns, rows) = kind.level - block.level, block
    bounds = (left << shift, top << shift, ((left + columns) << shift) - 1, ((top + rows) << shift) - 1)
    return sql.SQL("SELECT col, row, number FROM {}({}, {})").format(
        kind.reader(asked.audience), sql.Literal(shift), drawing.numbers(bounds)
    )


def _counted(asked: Asked, zoom: Zoom, block: Block) -> sql.Composed:
    """The records themselves, counted by cells. A cell that a tile's edge divides has some of them beyond the edge."""
    level, left, top, columns, rows = block
    # Latitudes of the borders between rows, from the south: to look a place up in them costs less than its projection.
    borders = [latitude(HALF - row * 2 * HALF / 2**level) for row in range(top + rows, top - 1, -1)]
    return sql.SQL(
        "SELECT * FROM (SELECT floor((lon + 180) / 360 * {cells})::integer AS col,"
        " {last} - width_bucket(lat, {borders}) AS row, count(*) AS number"
        " FROM (SELECT (ST_XMin(b) + ST_XMax(b)) / 2 AS lon, (ST_YMin(b) + ST_YMax(b)) / 2 AS lat"
        " FROM (SELECT geom::box2d::box3d AS b FROM {view} WHERE geom && {box} {only} OFFSET 0) AS r) AS m"
        " GROUP BY 1, 2 OFFSET 0) AS c"
        " WHERE col >= {left} AND col < {left} + {columns} AND row >= {top} AND row < {top} + {rows}"
    ).format(
        cells=sql.Literal(2**level),
        last=sql.Literal(top + rows),
        borders=sql.SQL("'{{{}}}'::double precision[]").format(sql.SQL(",".join(map(repr, borders)))),
        view=asked.view,
        box=asked.reach,
        only=choice.only(asked, zoom),
        left=sql.Literal(left),
        top=sql.Literal(top),
        columns=sql.Literal(columns),
        rows=sql.Literal(rows),
    )
