"""Features of a layer as one audience may see them, written as GeoJSON by the database.

The database assembles the text and Python only carries it: no object is made of a feature on its way out. A question
may name only the fields that the audience sees; for any other the answer is that of a field that does not exist.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.areas import Area
from gis.layers import Audience, Layer
from gis.refusals import Refusal

MOST_ON_A_PAGE = 10_000
# Bytes of stored geometry on a page: what exceeds it comes with the next page. One feature always comes.
MOST_BYTES = 8_000_000
# Up to here matches are counted; above, the number is left out: an exact count of millions costs more than the page.
COUNTED = 20_000
DEGREE_DIGITS, METRE_DIGITS = 9, 4
FIRST = UUID(int=0)


class UnknownField(Refusal):
    code: ClassVar[str] = "unknown_field"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _('There is no field "%(name)s" in %(layer)s. The nearest is "%(nearest)s".')


class WrongValue(Refusal):
    code: ClassVar[str] = "wrong_value"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _('"%(value)s" is no value for %(name)s: %(wanted)s.')


WANTED: dict[published.Kind, Promise] = {
    "text": _("write it without control characters"),
    "integer": _("write a whole number"),
    "number": _("write a number"),
    "boolean": _("write true or false"),
    "date": _("write a day such as 2026-01-31"),
    "datetime": _("write a time such as 2026-01-31T12:00:00Z"),
}


@dataclass(frozen=True)
class Output:
    """The coordinate system of an answer. `flipped` writes the northern axis first."""

    code: str = "EPSG:4326"
    pinned: bool = False
    flipped: bool = False
    digits: int = DEGREE_DIGITS

    def of(self, column: sql.Composable) -> sql.Composed:
        """SQL: the column, stored in EPSG:4326, in this system."""
        if self.pinned:
            found = sql.SQL("gis_from_storage({}, {})").format(column, sql.Literal(self.code))
        elif self.code == "EPSG:4326":
            found = sql.Composed([column])
        else:
            found = sql.SQL("ST_Transform({}, {})").format(column, sql.Literal(int(self.code.split(":")[1])))
        return sql.SQL("ST_FlipCoordinates({})").format(found) if self.flipped else found


@dataclass(frozen=True)
class Query:
    """What is asked. `equals` holds texts as a caller wrote them; `during` bounds a field of days or times.

    `order` names fields, True for descending; without it pages go by id and continue `after` the last one's.
    """

    areas: tuple[Area, ...] = ()
    equals: Mapping[str, str] = field(default_factory=dict)
    during: tuple[str, datetime | None, datetime | None] | None = None
    order: tuple[tuple[str, bool], ...] = ()
    limit: int = 100
    offset: int = 0
    after: UUID | None = None
    fields: tuple[str, ...] | None = None
    geometry: bool = True
    output: Output = Output()


@dataclass(frozen=True)
class Page:
    """`text` is GeoJSON features with commas between them; `last` is the id to continue after."""

    text: str
    returned: int
    last: UUID | None
    more: bool


def page(layer: Layer, audience: Audience, query: Query) -> Page:
    """Some features. Raises UnknownField, WrongValue, and what `published.reading` raises.

    First the ids of the page and of one more, which tells whether there is another page; then, by these ids, what is
    shown: columns that are looked up elsewhere are looked up for the page alone.
    """
    visible = published.properties(layer, audience)
    shown = tuple(visible) if query.fields is None else query.fields
    check_names(layer, visible, [*shown, *(name for name, _down in query.order)])
    needed = dict.fromkeys(["id", "geom", *shown, *(name for name, _down in query.order)])
    statement = sql.SQL(
        "WITH ids AS MATERIALIZED ({ids}), found AS MATERIALIZED ("
        " SELECT t.*, row_number() OVER w AS n, sum(coalesce(pg_column_size(t.geom), 0)) OVER w AS bytes"
        " FROM (SELECT {columns} FROM {view} AS t WHERE t.id = ANY (ARRAY(SELECT id FROM ids))) AS t"
        " WINDOW w AS (ORDER BY {order} ROWS UNBOUNDED PRECEDING))"
        " SELECT string_agg({text}, ',' ORDER BY t.n), count(*), (SELECT count(*) FROM ids),"
        " (array_agg(t.id ORDER BY t.n DESC))[1]"
        " FROM found AS t WHERE t.n <= {limit} AND (t.n = 1 OR t.bytes <= {most})"
    ).format(
        ids=_ids(layer, audience, visible, query),
        columns=_columns(needed),
        view=published.view(layer, audience),
        order=_order(query),
        text=_text(shown, query),
        limit=sql.Literal(query.limit),
        most=sql.Literal(MOST_BYTES),
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        text, returned, found, last = cursor.fetchone()
    return Page(text or "", returned, last, more=found > returned)


def one(layer: Layer, audience: Audience, feature_id: UUID, output: Output) -> str | None:
    """One feature as GeoJSON; None where it does not exist for this audience."""
    shown = tuple(published.properties(layer, audience))
    statement = sql.SQL("SELECT {text} FROM {view} AS t WHERE t.id = {id}").format(
        text=_text(shown, Query(output=output)), view=published.view(layer, audience), id=sql.Literal(feature_id)
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        row = cursor.fetchone()
    return str(row[0]) if row else None


def count(layer: Layer, audience: Audience, query: Query) -> int | None:
    """How many features match, whatever page is asked for; None above COUNTED."""
    visible = published.properties(layer, audience)
    statement = sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} AS t {} LIMIT {}) AS c").format(
        published.view(layer, audience), _where(_conditions(layer, visible, query)), sql.Literal(COUNTED + 1)
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        (found,) = cursor.fetchone()
    return found if found <= COUNTED else None


def extent(layer: Layer, audience: Audience) -> tuple[float, float, float, float] | None:
    """The box in degrees around all that the audience sees of the layer; None where it sees nothing placed."""
    statement = sql.SQL(
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e FROM {}) AS x"
    ).format(published.view(layer, audience))
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        west, south, east, north = cursor.fetchone()
    return None if west is None else (west, south, east, north)


def span(layer: Layer, audience: Audience) -> tuple[str, str] | None:
    """First and last day or time that the layer tells of, in ISO 8601; None where it tells of none."""
    if layer.when not in published.properties(layer, audience):
        return None
    statement = sql.SQL("SELECT min({0}), max({0}) FROM {1}").format(
        sql.Identifier(layer.when), published.view(layer, audience)
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        first, last = cursor.fetchone()
    return None if first is None else (first.isoformat(), last.isoformat())


def read_value(name: str, kind: published.Kind, text: str) -> Any:
    """What a caller wrote, as the column's type. Raises WrongValue."""
    try:
        return _READERS[kind](text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise WrongValue(name=name, value=text[:80].replace("\x00", "?"), wanted=WANTED[kind]) from error


def _read_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _read_number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    return number


_READERS: dict[published.Kind, Any] = {
    "text": _read_text,
    "integer": int,
    "number": _read_number,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def _ids(layer: Layer, audience: Audience, visible: Mapping[str, published.Kind], query: Query) -> sql.Composed:
    """SQL: the ids of the page and one more, in order."""
    conditions = list(_conditions(layer, visible, query))
    if not conditions and not query.order:
        return _next_ids(layer, audience, query)
    if query.after is not None:
        conditions.append(sql.SQL("t.id > {}").format(sql.Literal(query.after)))
    return sql.SQL("SELECT t.id FROM {view} AS t {where} ORDER BY {order} LIMIT {limit} OFFSET {offset}").format(
        view=published.view(layer, audience),
        where=_where(conditions),
        order=_order(query),
        limit=sql.Literal(query.limit + 1),
        offset=sql.Literal(query.offset),
    )


def _next_ids(layer: Layer, audience: Audience, query: Query) -> sql.Composed:
    """SQL: the layer's ids in their order, by the function that goes round the view's barrier (`gis.db.readers`)."""
    after, most = sql.Literal(query.after or FIRST), sql.Literal(query.offset + query.limit + 1)
    ids = sql.SQL("SELECT id FROM {}({}, {}) AS id").format(sql.Identifier("pub", f"{layer.view}_after"), after, most)
    if audience is Audience.OFFICER and layer.owned:
        own = sql.SQL("(SELECT t.id FROM {} AS t WHERE t.id > {} ORDER BY t.id LIMIT {})")
        ids = sql.SQL("{} UNION {}").format(own.format(sql.Identifier("own", layer.view), after, most), ids)
    return sql.SQL("SELECT id FROM ({}) AS a ORDER BY id LIMIT {} OFFSET {}").format(
        ids, sql.Literal(query.limit + 1), sql.Literal(query.offset)
    )


def _order(query: Query) -> sql.Composed:
    """SQL: the order asked for, made total by the id."""
    named = [
        sql.SQL("t.{} {}").format(sql.Identifier(name), sql.SQL("DESC NULLS LAST" if down else "ASC NULLS LAST"))
        for name, down in query.order
    ]
    return sql.SQL(", ").join([*named, sql.SQL("t.id")])


def _columns(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("t.") + sql.Identifier(name) for name in names)


def _text(shown: tuple[str, ...], query: Query) -> sql.Composed:
    """SQL: one feature as GeoJSON text. Option 0 keeps the obsolete "crs" member out."""
    geometry: sql.Composable = sql.SQL("'null'")
    if query.geometry:
        written = query.output.of(sql.SQL("t.geom"))
        geometry = sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(
            written, sql.Literal(query.output.digits)
        )
    said: sql.Composable = sql.SQL("'{}'")
    if shown:
        said = sql.SQL("(SELECT row_to_json(p)::text FROM (SELECT {}) AS p)").format(_columns(shown))
    return sql.SQL(
        """'{{"type":"Feature","id":"' || t.id || '","geometry":' || {} || ',"properties":' || {} || '}}'"""
    ).format(geometry, said)


def _conditions(layer: Layer, visible: Mapping[str, published.Kind], query: Query) -> Iterator[sql.Composable]:
    check_names(layer, visible, query.equals)
    for name, text in query.equals.items():
        value = read_value(name, visible[name], text)
        yield sql.SQL("t.{} = {}").format(sql.Identifier(name), sql.Literal(value))
    if query.areas:
        yield sql.SQL("({})").format(sql.SQL(" OR ").join(area.covers(sql.SQL("t.geom")) for area in query.areas))
    if query.during is not None:
        name, first, last = query.during
        check_names(layer, visible, [name])
        for sign, bound in ((">=", first), ("<=", last)):
            if bound is not None:
                limit = timezone.localdate(bound) if visible[name] == "date" else bound
                yield sql.SQL("t.{} {} {}").format(sql.Identifier(name), sql.SQL(sign), sql.Literal(limit))


def _where(conditions: Iterable[sql.Composable]) -> sql.Composable:
    listed = list(conditions)
    return sql.SQL("WHERE ") + sql.SQL(" AND ").join(listed) if listed else sql.SQL("")


def check_names(layer: Layer, visible: Mapping[str, published.Kind], names: Iterable[str]) -> None:
    """Raises UnknownField, for a field that is hidden as for one that does not exist."""
    for name in names:
        if name not in visible:
            raise UnknownField(name=name[:80], layer=layer.id, nearest=nearest(name, visible))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one."""
    names = list(known)
    return (get_close_matches(name, names, n=1, cutoff=0) or names or [""])[0]
