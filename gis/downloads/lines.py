"""Downloads that are text: JSON-FG, whose features the database writes, and CSV.

In CSV a value is written as in JSON; nothing between two commas is a missing value, "" an empty text. Where a
spreadsheet would calculate a text, it is marked (`gis.exchange.spreadsheets`).
"""

import csv
import io
from collections.abc import Iterator, Sequence

from psycopg import sql

from gis import published
from gis.exchange.spreadsheets import safe
from gis.features import Output

from .rows import Download, column, walk

# What a feature's day and time are in JSON-FG: a time is told in UTC.
TIMES: dict[published.Kind, tuple[str, str]] = {
    "date": ("date", "to_char({}, 'YYYY-MM-DD')"),
    "datetime": ("timestamp", """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""),
}
NULL = sql.SQL("'null'")


def json_fg(asked: Download) -> Iterator[tuple[int, bytes]]:
    """Features with commas between them, and how many these are: some at a time."""
    between = ""
    for rows in walk(asked, [_feature(asked)]):
        yield len(rows), (between + ",".join(text for (text,) in rows)).encode()
        between = ","


def comma_separated(asked: Download) -> Iterator[bytes]:
    """A heading, then a line for each feature (RFC 4180, UTF-8).

    Points in degrees have the columns lon and lat; any other geometry is WKT, in the system and order asked for.
    """
    lonlat = asked.geometry_type == "POINT" and asked.query.output == Output()
    places = (["lon", "lat"] if lonlat else ["geometry"]) if asked.query.geometry else []
    shown = [*map(_as_json, ("id", *asked.fields)), *_places(asked, lonlat=lonlat)]
    texts = [place for place, kind in enumerate(asked.fields.values(), start=1) if kind == "text"]
    yield _lines([["id", *asked.fields, *places]])
    for rows in walk(asked, shown):
        yield _lines([_marked(row, texts) for row in rows])


def _marked(row: Sequence[str | None], texts: list[int]) -> list[str | None]:
    told = list(row)
    for place in texts:
        text = told[place]
        if text is not None:
            told[place] = safe(text)
    return told


def _lines(rows: Sequence[Sequence[str | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NOTNULL).writerows(rows)
    return text.getvalue().encode()


def _as_json(name: str) -> sql.Composed:
    return sql.SQL("to_json({}) #>> '{{}}'").format(column(name))


def _places(asked: Download, *, lonlat: bool) -> list[sql.Composable]:
    if not asked.query.geometry:
        return []
    output, digits = asked.query.output, sql.Literal(asked.query.output.digits)
    if lonlat:
        rounded = "trim_scale(round({}(t.geom)::numeric, {}))::text"
        return [sql.SQL(rounded).format(sql.SQL(axis), digits) for axis in ("ST_X", "ST_Y")]
    return [sql.SQL("ST_AsText({}, {})").format(output.of(sql.SQL("t.geom")), digits)]


def _feature(asked: Download) -> sql.Composed:
    """SQL: the row `t` as a JSON-FG feature: `place` in the system asked for, or `geometry` where that is CRS84."""
    output = asked.query.output
    drawn: sql.Composable = NULL
    if asked.query.geometry:
        drawn = sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(
            output.of(sql.SQL("t.geom")), sql.Literal(output.digits)
        )
    place, geometry = (NULL, drawn) if output == Output() else (drawn, NULL)
    said: sql.Composable = sql.SQL("'{}'")
    if asked.fields:
        named = sql.SQL(", ").join(column(name) for name in asked.fields)
        said = sql.SQL("(SELECT row_to_json(p)::text FROM (SELECT {}) AS p)").format(named)
    return sql.SQL(
        """'{{"type":"Feature","id":"' || t.id || '","time":' || {} || ',"place":' || {} || ',"geometry":' || {}"""
        """ || ',"properties":' || {} || '}}'"""
    ).format(_time(asked), place, geometry, said)


def _time(asked: Download) -> sql.Composable:
    when = asked.layer.when
    kind = published.properties(asked.layer, asked.audience).get(when)
    if kind not in TIMES:
        return NULL
    name, written = TIMES[kind]
    told = sql.SQL(written).format(column(when))
    return sql.SQL("""coalesce('{{"{}":"' || {} || '"}}', 'null')""").format(sql.SQL(name), told)
