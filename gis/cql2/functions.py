"""The functions that a filter may call, beside those of CQL2 itself.

| function | takes | gives |
|---|---|---|
| lower, upper, trim | a text | a text |
| length | a text | its letters, a whole number |
| abs, floor, ceil, round | a number | a number |
| year, month, day | a day | a whole number |
| area_m2, length_m | a geometry | square metres, metres along the ellipsoid (WGS 84) |
| starts_with | two texts | true if the first begins with the second |
"""

from dataclasses import dataclass

from psycopg import sql

from gis.cql2.kinds import Kind


@dataclass(frozen=True)
class Function:
    takes: tuple[Kind, ...]
    gives: Kind
    text: sql.SQL


# What an argument is cast to, so that PostgreSQL finds the one function that is meant.
CASTS: dict[Kind, sql.SQL] = {
    "text": sql.SQL("text"),
    "integer": sql.SQL("numeric"),
    "number": sql.SQL("numeric"),
    "date": sql.SQL("date"),
    "geometry": sql.SQL("geography"),
}

KNOWN: dict[str, Function] = {
    "lower": Function(("text",), "text", sql.SQL("lower({})")),
    "upper": Function(("text",), "text", sql.SQL("upper({})")),
    "trim": Function(("text",), "text", sql.SQL("btrim({})")),
    "length": Function(("text",), "integer", sql.SQL("char_length({})")),
    "abs": Function(("number",), "number", sql.SQL("abs({})")),
    "floor": Function(("number",), "number", sql.SQL("floor({})")),
    "ceil": Function(("number",), "number", sql.SQL("ceil({})")),
    "round": Function(("number",), "number", sql.SQL("round({})")),
    "year": Function(("date",), "integer", sql.SQL("date_part('year', {})::integer")),
    "month": Function(("date",), "integer", sql.SQL("date_part('month', {})::integer")),
    "day": Function(("date",), "integer", sql.SQL("date_part('day', {})::integer")),
    "area_m2": Function(("geometry",), "number", sql.SQL("ST_Area({})")),
    "length_m": Function(("geometry",), "number", sql.SQL("ST_Length({})")),
    "starts_with": Function(("text", "text"), "boolean", sql.SQL("starts_with({}, {})")),
}
