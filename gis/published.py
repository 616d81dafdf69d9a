"""Reading the published views: by which login, which columns, and what is said when the database cannot answer."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any, ClassVar, Literal, LiteralString

import psycopg
from django.db import Error, NotSupportedError, connections, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.layers import Audience, Layer
from gis.refusals import Refusal

logger = logging.getLogger(__name__)

Asked = tuple[LiteralString, Sequence[Any] | Mapping[str, Any]]  # a question with %s, and what stands there

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "texts"]

KINDS: dict[str, Kind] = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp with time zone": "datetime",
    "text[]": "texts",
}
CANCELLED, GEOMETRY_FAILED, TOO_COMPLEX = "57014", "XX000", "54"
NOT_READY = "55000"  # object_not_in_prerequisite_state: what is kept for far zooms says so (gis.db.generalised)
NOT_GIVEN = ("42501", "42883", "42P01")  # no right to it, or nothing of that name for keys
OUT_OF_RANGE = "22"  # class of SQLSTATEs: data exceptions


class TookTooLong(Refusal):
    code: ClassVar[str] = "took_too_long"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _(
        "This takes longer than one question may. Ask for a smaller area or fewer features."
    )


class NoAnswer(Refusal):
    code: ClassVar[str] = "no_answer"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _("The database does not answer. Try again in a minute.")


class NotReady(Refusal):
    code: ClassVar[str] = "not_ready"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _(
        "The far zooms of the map are just being brought in line with the records. Try again in a minute."
    )


class NotByKey(Refusal):
    code: ClassVar[str] = "not_by_key"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "This cannot be asked with a key that is limited by scopes. Ask without it, or with a key without scopes."
    )


class OutOfRange(Refusal):
    code: ClassVar[str] = "out_of_range"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _("A value is too large or of the wrong kind. Check the numbers and dates.")


def alias(audience: Audience) -> str:
    """Anonymous callers read by the login that may read nothing else."""
    return "public" if audience is Audience.PUBLIC else "default"


def view(layer: Layer, audience: Audience) -> sql.Identifier:
    """The layer's view for this audience, quoted."""
    return sql.Identifier(audience.schema, layer.view)


def named(names: Iterator[str] | list[str] | tuple[str, ...]) -> sql.Composed:
    """Column names in a row, quoted."""
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


@contextmanager
def reading(audience: Audience) -> Iterator[Any]:
    """A cursor of the audience's login. An officer is known by the `acting_as` around it; without one, by nobody.

    Raises a Refusal with status 503 when the database gives up, 400 when it cannot take a value. Inside a transaction
    a failed question is undone alone, so that the transaction can go on.
    """
    connection = connections[alias(audience)]
    try:
        part = transaction.atomic(connection.alias) if connection.in_atomic_block else nullcontext()
        with part, connection.cursor() as cursor:
            yield cursor
    except Error as error:
        raise _refusal(error, audience) or error from error


def whose(audience: Audience) -> str:
    """Whose records the reader is shown in full: an officer's authorities, empty for everybody else.

    Raises what `reading` raises.
    """
    if audience is not Audience.OFFICER:
        return ""
    with reading(audience) as cursor:
        cursor.execute("SELECT ARRAY(SELECT unnest(access_authorities(false)) ORDER BY 1)::text")
        (told,) = cursor.fetchone()
    return str(told)


def execute(cursor: Any, query: sql.Composable) -> None:
    """Run a composed statement: every value is in it, quoted by psycopg, so no parameter is left."""
    cursor.execute(query.as_string(cursor.cursor))


def ask(audience: Audience, asked: tuple[str, Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """The rows of one question, its values apart from its text. Raises what `reading` raises."""
    text, values = asked
    with reading(audience) as cursor, connections[alias(audience)].wrap_database_errors:
        session = cursor.connection
        one = psycopg.Cursor(session)
        one.execute(text.encode(), values)
        return one.fetchall()


def answers(audience: Audience, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    """The rows of each question, all in one journey to the database and back.

    The session keeps their plans: to plan a question about a view takes longer than to answer it with a few rows.
    Raises what `reading` raises.
    """
    try:
        return _answers(audience, asked)
    except NotSupportedError as error:  # a migration has changed the type of what a kept plan gives
        connection = connections[alias(audience)]
        if connection.in_atomic_block:
            raise NoAnswer() from error
        connection.connection.close()
        connection.close()
        return _answers(audience, asked)


def _answers(audience: Audience, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    if not asked:
        return []
    with reading(audience) as cursor, connections[alias(audience)].wrap_database_errors:
        session = cursor.connection
        cursors = [psycopg.Cursor(session) for _question in asked]
        with _keeping_plans(session), session.pipeline():
            for one, (question, params) in zip(cursors, asked, strict=True):
                one.execute(question, params, prepare=True)
        return [one.fetchall() for one in cursors]


@contextmanager
def _keeping_plans(session: psycopg.Connection) -> Iterator[None]:
    """Only here: elsewhere the session would also remember the texts of questions, with all the values in them."""
    session.prepare_threshold = 0
    try:
        yield
    finally:
        session.prepare_threshold = None


def properties(layer: Layer, audience: Audience) -> dict[str, Kind]:
    """Names and kinds of what a feature says to this audience, the identifier and the geometry apart."""
    found = dict(_columns(audience.schema, layer.view, audience))
    if audience.scope is None:
        return found
    declared = {field.name for field in layer.fields}
    return {name: kind for name, kind in found.items() if name not in declared or layer.shows(name, audience)}


@lru_cache(maxsize=1024)
def _columns(schema: str, name: str, audience: Audience) -> tuple[tuple[str, Kind], ...]:
    with reading(audience) as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
            "WHERE relname = %s AND relnamespace = to_regnamespace(%s) AND attnum > 0 AND NOT attisdropped "
            "AND attname <> ALL ('{id,geom}') ORDER BY attnum",
            [name, schema],
        )
        found = tuple((column, _kind(kind)) for column, kind in cursor.fetchall())
    if not found:
        raise LookupError(f"there is no view {schema}.{name}: run manage.py migrate")
    return found


def _kind(declared: str) -> Kind:
    """Raises TypeError for lists of anything but texts: nothing that reads a view knows what they are."""
    if declared.endswith("[]") and declared not in KINDS:
        raise TypeError(f"a field cannot be published as {declared}")
    return KINDS.get(declared, "text")


def _refusal(error: Error, audience: Audience) -> Refusal | None:
    state = getattr(error.__cause__, "sqlstate", None)
    if audience.scope is not None and state in NOT_GIVEN:
        return NotByKey()
    if state is None or state[:2] in ("08", "53") or state.startswith("57P"):
        return NoAnswer()
    if state == NOT_READY:
        return NotReady()
    if state in (CANCELLED, GEOMETRY_FAILED) or state[:2] == TOO_COMPLEX:
        logger.warning("A read of published views was given up (%s): %s", state, str(error).partition("\n")[0])
        return TookTooLong()
    if state[:2] == OUT_OF_RANGE:
        return OutOfRange()
    return None
