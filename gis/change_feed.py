"""The change log as an outlet tells it: features as GeoJSON written by the database, for a reader with a filter.

A filter is a box, values of fields and a condition in CQL2. It is held against what the reader may read: of everybody
but officers that is the newest version alone, or the filter would tell what a value was before it was corrected or
withdrawn. What is in it is told as `insert` (the reader was never told of this feature) or `update`; both carry the
whole feature, so a follower may treat them alike. What has changed and is not in it is told as `delete`, whether it was
in it or not, if it was ever told.

An officer is told what `desk` shows: own records in full, with each of their versions if asked for, the others' as the
public is told of them. Whether a record of their own was in the filter is known from its versions, which they may read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import sql

from gis import changes, cql2, published
from gis.areas import Area
from gis.changes import ALL_SEEN, NOTHING_SEEN, VERSIONS, Page, Stretch, Token
from gis.db.past import VERSION, changes_schema, versions_view
from gis.features import Output, check_names, equals, read_value
from gis.features.conditions import GEOMETRY
from gis.features.query import MOST_BYTES
from gis.features.statements import feature
from gis.layers import Audience, Layer
from gis.values import Values

TOLD = sql.SQL(
    "WITH told AS MATERIALIZED ({source}),"
    " judged AS MATERIALIZED (SELECT t.*, t.op = 'put' AND {inside} AS inside FROM told AS t),"
    " kept AS MATERIALIZED (SELECT * FROM ("
    "  SELECT j.*, {before} AS before FROM (SELECT * FROM judged ORDER BY v_seq) AS j) AS b"
    "  WHERE b.inside OR {gone} ORDER BY b.v_seq LIMIT %(room)s)"
    " SELECT t.v_seq, CASE WHEN NOT t.inside THEN 'delete' WHEN t.before THEN 'update' ELSE 'insert' END, t.id, t.v_at,"
    " CASE WHEN t.inside THEN {text} END,"
    " sum(CASE WHEN t.inside THEN coalesce(pg_column_size(t.geom), 0) ELSE 0 END)"
    "  OVER (ORDER BY t.v_seq ROWS UNBOUNDED PRECEDING)"
    " FROM kept AS t ORDER BY t.v_seq"
)
WINDOW = sql.SQL(
    "c.v_seq >= %(first)s AND c.v_seq <= %(last)s AND c.v_era = %(era)s"
    " AND NOT pg_visible_in_snapshot(c.v_xid, %(seen)s::pg_snapshot)"
    " AND pg_visible_in_snapshot(c.v_xid, %(until)s::pg_snapshot)"
)
# Of an officer's own records the view has every version: here the newest of those that the page may tell.
NEWEST = sql.SQL(
    " AND NOT EXISTS (SELECT FROM {own} AS n WHERE n.id = c.id AND n.v_seq > c.v_seq AND n.v_era = %(era)s"
    " AND pg_visible_in_snapshot(n.v_xid, %(until)s::pg_snapshot))"
)
OTHERS = sql.SQL(" AND (c.op = 'delete' OR c.authority <> ALL ((SELECT access_codes())::text[]))")


class Told(NamedTuple):
    """A change; `feature` is GeoJSON text, None of a deletion. `era` is the one of the log that `seq` was drawn in."""

    seq: int
    op: Literal["insert", "update", "delete"]
    id: UUID
    at: datetime
    feature: str | None
    era: int


@dataclass(frozen=True)
class Question:
    """What a follower asks: the filter, the system of the answer, and whether an officer wants every version."""

    areas: tuple[Area, ...] = ()
    equals: Mapping[str, str] = field(default_factory=dict)
    filter: Any = None
    filter_system: Output = field(default_factory=Output)
    output: Output = field(default_factory=Output)
    full: bool = False

    @property
    def filtered(self) -> bool:
        return bool(self.areas or self.equals or self.filter is not None)


@dataclass(frozen=True)
class _Filter:
    """A condition in CQL2, to be written for one alias or another."""

    layer: str
    visible: Mapping[str, published.Kind]
    question: Question
    values: Values

    def of(self, alias: str) -> sql.Composable:
        def column(name: str) -> sql.Composable:
            return sql.Identifier(alias, "geom" if name == GEOMETRY else name)

        kinds: dict[str, cql2.Kind] = {**self.visible, GEOMETRY: "geometry"}
        scope = cql2.Scope(self.layer, kinds, column, self.values, self.question.filter_system)
        return sql.SQL("({})").format(cql2.condition(self.question.filter, scope))


def page(layer: Layer, audience: Audience, question: Question, *, since: Token | None, limit: int) -> Page[Told]:
    """Up to `limit` changes after the token (None: from the very beginning), at most some MOST_BYTES of geometry.

    Raises UnknownField, WrongValue, changes.LogRestarted and what `published.reading` raises.
    """
    visible = published.properties(layer, audience)
    check_names(layer, visible, question.equals)
    statement, values = told(layer, audience, tuple(visible), visible, question)
    used = 0

    def look(token: Token, room: int) -> Stretch[Told]:
        nonlocal used
        with published.reading(audience) as cursor:
            first, last, counted = changes.reach(cursor, layer, token)
            if not counted:
                return Stretch([], None)
            window = {"first": first, "last": last, "era": token.era, "seen": token.seen, "until": token.until}
            cursor.execute(statement.as_string(cursor.cursor), values | window | {"room": room})
            rows = cursor.fetchall()
        fitting = [row for place, row in enumerate(rows) if place == 0 or used + row[5] <= MOST_BYTES]
        used += int(fitting[-1][5]) if fitting else 0
        full = len(fitting) < len(rows)
        return Stretch(
            [Told._make((*row[:5], token.era)) for row in fitting], last if counted == VERSIONS else None, full
        )

    using = published.alias(audience)
    return changes.walk(layer, audience=audience, using=using, since=since, limit=limit, look=look)


def check(layer: Layer, audience: Audience, question: Question) -> None:
    """Raises UnknownField, WrongValue and the refusals of `gis.cql2`, before anything is asked."""
    visible = published.properties(layer, audience)
    check_names(layer, visible, question.equals)
    told(layer, audience, tuple(visible), visible, question)


def again(layer: Layer, audience: Audience, question: Question, *, era: int, seq: int) -> Told | None:
    """A change that was told before, as it is told now; None where a later one has taken its place.

    Raises what `page` raises, but for the log begun anew, of which it does not ask.
    """
    visible = published.properties(layer, audience)
    statement, values = told(layer, audience, tuple(visible), visible, question)
    window = {"first": seq, "last": seq, "era": era, "seen": NOTHING_SEEN, "until": ALL_SEEN, "room": 1}
    with published.reading(audience) as cursor:
        cursor.execute(statement.as_string(cursor.cursor), values | window)
        row = cursor.fetchone()
    return Told._make((*row[:5], era)) if row else None


def told(
    layer: Layer,
    audience: Audience,
    shown: tuple[str, ...],
    visible: Mapping[str, published.Kind],
    question: Question,
) -> tuple[sql.Composed, Values]:
    """SQL of a stretch and the values in it; besides them it takes first, last, era, seen, until and room."""
    values = Values()
    wanted = tuple(_wanted(layer, visible, question, values))
    statement = TOLD.format(
        source=_source(layer, audience, shown, full=question.full),
        inside=_all(wanted, "t"),
        before=_before(layer, audience, wanted),
        gone=sql.SQL("b.before" if question.filtered else "true"),
        text=feature(shown, question.output),
    )
    return statement, values


def _wanted(layer: Layer, visible: Mapping[str, published.Kind], question: Question, values: Values) -> Iterator[Any]:
    """The conditions, as (column, sign, name of its value), areas or a filter: written later, for some alias."""
    for number, (name, text) in enumerate(question.equals.items()):
        values[f"equal{number}"] = read_value(name, visible[name], text)
        yield (name, equals(visible[name]), f"equal{number}")
    if question.areas:
        yield question.areas
    if question.filter is not None:
        yield _Filter(layer.id, visible, question, values)


def _all(wanted: tuple[Any, ...], alias: str) -> sql.Composable:
    """SQL: the row `alias` is in the filter."""
    conditions: list[sql.Composable] = []
    for one in wanted:
        if isinstance(one, _Filter):
            conditions.append(one.of(alias))
        elif isinstance(one[0], Area):
            column = sql.Identifier(alias, "geom")
            conditions.append(sql.SQL("({})").format(sql.SQL(" OR ").join(area.covers(column) for area in one)))
        else:
            name, sign, value = one
            conditions.append(sql.SQL("{} {} {}").format(sql.Identifier(alias, name), sign, sql.Placeholder(value)))
    return sql.SQL("coalesce({}, false)").format(sql.SQL(" AND ").join(conditions)) if conditions else sql.SQL("true")


def _source(layer: Layer, audience: Audience, shown: tuple[str, ...], *, full: bool) -> sql.Composed:
    """SQL: what the views of changes tell of the window."""
    names = (*VERSION, "op", "id", "geom", *shown)
    if audience is not Audience.OFFICER or not layer.owned:
        told_by = _view(layer, audience if audience is not Audience.OFFICER else Audience.PUBLIC)
        return sql.SQL("SELECT {} FROM {} AS c WHERE {}").format(_columns(names), told_by, WINDOW)
    own, public = _view(layer, Audience.OFFICER), {*VERSION, "op", *_public(layer)}
    others = sql.SQL(", ").join(sql.Identifier("c", name) if name in public else sql.SQL("NULL") for name in names)
    # Where both tell of a version, the one that shows the record is right: it has only changed hands.
    return sql.SQL(
        "SELECT DISTINCT ON (u.v_seq) u.* FROM (SELECT {names} FROM {own} AS c WHERE {window}{newest}"
        " UNION ALL SELECT {others} FROM {pub} AS c WHERE {window}{of_others}) AS u ORDER BY u.v_seq, u.op DESC"
    ).format(
        names=_columns(names), own=own, window=WINDOW, newest=sql.SQL("") if full else NEWEST.format(own=own),
        others=others, pub=_view(layer, Audience.PUBLIC), of_others=OTHERS,
    )  # fmt: skip


def _before(layer: Layer, audience: Audience, wanted: tuple[Any, ...]) -> sql.Composable:
    """SQL: whether the reader may have had the row `j` before: never by a value that is not to be read any more."""
    officer = audience is Audience.OFFICER and layer.owned
    of_all = audience if audience is not Audience.OFFICER else Audience.PUBLIC
    told = sql.SQL("EXISTS (SELECT FROM {} AS e WHERE e.id = j.id AND e.v_seq < j.v_seq{})")
    versions = sql.Identifier(changes_schema(of_all), versions_view(layer))
    if not officer:
        return told.format(versions, sql.SQL(""))
    own = _view(layer, Audience.OFFICER)
    mine = told.format(own, sql.SQL(" AND e.op = 'put' AND {}").format(_all(wanted, "e")))
    others = sql.SQL(
        " AND NOT EXISTS (SELECT FROM {} AS o WHERE o.id = e.id AND o.v_seq = e.v_seq AND o.op = 'put')"
    ).format(own)
    return sql.SQL("({} OR {})").format(mine, told.format(versions, others))


def _view(layer: Layer, audience: Audience) -> sql.Identifier:
    return sql.Identifier(changes_schema(audience), layer.view)


def _public(layer: Layer) -> tuple[str, ...]:
    return ("id", "geom", *published.properties(layer, Audience.PUBLIC))


def _columns(names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("c", name) for name in names)
