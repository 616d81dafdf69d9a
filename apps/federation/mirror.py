"""The local table of a mirrored collection, and the row of `mirror.source` that says where its follower stands.

Whoever writes to both does it in one transaction (`Mirror.page`): that is all that makes a follower outlive a kill.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar

from django.db import DataError, InternalError, connections, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.refusals import Refusal
from gis.remedies import Remedied

from .fields import Kind, Unfit, clean, column_name, kind_of, wider, written

LONGEST_ID = 1000
MOST_FIELDS = 1000
LOCK = "hashtextextended('mirror ' || %s, 0)"


class Busy(Refusal):
    code: ClassVar[str] = "busy"
    sentence: ClassVar[str | Promise] = _("Somebody else follows into mirror.%(table)s at the moment. One is enough.")


class OtherSource(Refusal):
    code: ClassVar[str] = "other_source"
    sentence: ClassVar[Remedied] = Remedied(
        _("mirror.%(table)s mirrors something else already: %(address)s."), _("Name another table with --into.")
    )


class NoIdentifier(Refusal):
    code: ClassVar[str] = "no_identifier"
    sentence: ClassVar[str | Promise] = _(
        "A feature of %(address)s has no identifier, or one longer than %(most)s letters: it could not be found again."
    )


class NoGeometry(Refusal):
    code: ClassVar[str] = "no_geometry"
    sentence: ClassVar[str | Promise] = _(
        "The feature %(id)s of %(address)s has a geometry that cannot be read: %(why)s"
    )


class TooManyFields(Refusal):
    code: ClassVar[str] = "too_many_fields"
    sentence: ClassVar[str | Promise] = _("The features of %(address)s have more than %(most)s different properties.")


@dataclass(frozen=True)
class Place:
    """Where the follower stands (see the SQL file): in the log `token`, or walking at the page `next` in `round`."""

    address: str
    question: dict[str, str]
    log: str = ""
    token: str = ""
    walking: bool = False
    next: str = ""
    round: int = 0
    fields: dict[str, tuple[str, Kind]] = field(default_factory=dict)


class Mirror:
    """One table of schema `mirror`: id (text), geom (EPSG:4326), _round, and a column for each property."""

    def __init__(self, table: str, using: str) -> None:
        self.table, self.using = table, using
        self._name = sql.Identifier("mirror", table)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else follows into this table meanwhile. Raises Busy."""
        if not self._one(f"SELECT pg_try_advisory_lock({LOCK})", self.table)[0]:
            raise Busy(table=self.table)
        try:
            yield
        finally:
            if connections[self.using].is_usable():
                self._one(f"SELECT pg_advisory_unlock({LOCK})", self.table)

    @contextmanager
    def page(self) -> Iterator[None]:
        """What is written inside is written whole, or not at all."""
        with transaction.atomic(using=self.using):
            yield

    def place(self, address: str, question: Mapping[str, str]) -> Place | None:
        """Where the follower stands; None for a new mirror. Raises OtherSource.

        Pages of a server without a log are numbered, as a rule: after an hour the next one may begin elsewhere.
        """
        found = self._one(
            "SELECT address, question, log, token, walking, "
            "CASE WHEN log = '' AND at < now() - interval '1 hour' THEN '' ELSE next END, round, fields "
            "FROM mirror.source WHERE name = %s",
            self.table,
        )
        if not found:
            return None
        asked, fields = (json.loads(one) if isinstance(one, str) else one for one in (found[1], found[7]))
        if (found[0], asked) != (address, dict(question)):
            raise OtherSource(table=self.table, address=found[0])
        kept = {name: (column, kind) for name, (column, kind) in fields.items()}
        log, token, walking, next_page, number = found[2:7]
        return Place(found[0], asked, log, token, walking, next_page, number, kept)

    def move(self, place: Place) -> None:
        """Note where the follower stands now."""
        told = asdict(place) | {"question": json.dumps(place.question), "fields": json.dumps(place.fields)}
        names = list(told)
        columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(names))
        self._run(
            f"INSERT INTO mirror.source (name, {columns}) VALUES (%s, {values}) "  # noqa: S608 -- names of our own
            f"ON CONFLICT (name) DO UPDATE SET ({columns}, at) = ROW ({values}, now())",
            [self.table, *told.values(), *told.values()],
        )

    def make(self) -> None:
        self._run(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {} "
                "(id text PRIMARY KEY, geom geometry(Geometry, 4326), _round bigint NOT NULL)"
            ).format(self._name)
        )
        index = sql.Identifier(f"{self.table}_geom")
        self._run(sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} USING gist (geom)").format(index, self._name))

    def prepare(self, place: Place, fields: Mapping[str, Kind]) -> Place:
        """With a column for each of these properties that has none."""
        for name in sorted(fields.keys() - place.fields.keys()):
            place = self._add(place, name, fields[name])
        return place

    def put(self, place: Place, features: Mapping[str, dict[str, Any]]) -> tuple[Place, int]:
        """Write these features, by id, over what is there; also tells how many were not seen in this round yet."""
        rows = []
        for feature_id, feature in features.items():
            said = feature.get("properties")
            said = said if isinstance(said, dict) else {}
            place, row = self._row(place, said)
            rows.append((feature_id, feature.get("geometry"), row))
        known = self._one(
            sql.SQL("SELECT count(*) FROM {} WHERE id = ANY (%s) AND _round = %s").format(self._name),
            list(features), place.round,
        )[0]  # fmt: skip
        self._write(place, rows)
        return place, len(features) - int(known)

    def take_out(self, ids: list[str]) -> int:
        return self._run(sql.SQL("DELETE FROM {} WHERE id = ANY (%s)").format(self._name), [ids])

    def take_out_unseen(self, place: Place) -> int:
        """What the round that has ended has not seen."""
        return self._run(sql.SQL("DELETE FROM {} WHERE _round <> %s").format(self._name), [place.round])

    def count(self) -> int:
        return int(self._one(sql.SQL("SELECT count(*) FROM {}").format(self._name))[0])

    def _row(self, place: Place, said: Mapping[str, Any]) -> tuple[Place, dict[str, Any]]:
        """The values by column; a new property becomes a column, one that does not fit widens its own."""
        row: dict[str, Any] = {}
        for name, value in said.items():
            if value is None:
                continue
            if name not in place.fields:
                place = self._add(place, name, kind_of(value))
            column, kind = place.fields[name]
            while True:
                try:
                    row[column] = written(kind, value)
                    break
                except Unfit:
                    kind = wider(kind, value)
                    place = self._widen(place, name, kind)
        return place, row

    def _add(self, place: Place, name: str, kind: Kind) -> Place:
        if len(place.fields) >= MOST_FIELDS:
            raise TooManyFields(address=place.address, most=MOST_FIELDS)
        column = column_name(name, {column for column, _kind in place.fields.values()})
        statement = sql.SQL("ALTER TABLE {} ADD COLUMN {} {}")
        self._run(statement.format(self._name, sql.Identifier(column), sql.SQL(kind)))
        return replace(place, fields=place.fields | {name: (column, kind)})

    def _widen(self, place: Place, name: str, kind: Kind) -> Place:
        column = place.fields[name][0]
        statement = sql.SQL("ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {column}::{kind}")
        self._run(statement.format(table=self._name, column=sql.Identifier(column), kind=sql.SQL(kind)))
        return replace(place, fields=place.fields | {name: (column, kind)})

    def _write(self, place: Place, rows: list[tuple[str, Any, dict[str, Any]]]) -> None:
        columns = dict(place.fields.values())
        names = [sql.Identifier(name) for name in ("id", "geom", "_round", *columns)]
        kinds = [sql.SQL("%s::") + sql.SQL(kind) for kind in columns.values()]
        statement = sql.SQL(
            "INSERT INTO {} ({}) VALUES (%s, ST_Force2D(ST_SetSRID(ST_GeomFromGeoJSON(%s::text), 4326)), %s{})"
            " ON CONFLICT (id) DO UPDATE SET ({}) = ROW ({})"
        ).format(
            self._name, sql.SQL(", ").join(names), sql.SQL("").join(sql.SQL(", ") + kind for kind in kinds),
            sql.SQL(", ").join(names), sql.SQL(", ").join(sql.SQL("excluded.") + name for name in names),
        )  # fmt: skip
        with connections[self.using].cursor() as cursor:
            text = statement.as_string(cursor.cursor)
            values = [
                [key, _geometry(geometry), place.round, *(row.get(column) for column in columns)]
                for key, geometry, row in rows
            ]
            try:
                with transaction.atomic(using=self.using):
                    cursor.executemany(text, values)
            except (DataError, InternalError) as error:
                raise self._which(place, text, values, error) from error

    def _which(self, place: Place, text: str, values: list[list[Any]], error: Exception) -> Refusal:
        """The feature that the database could not take: tried one by one, it is told by its id."""
        for one in values:
            try:
                with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
                    cursor.execute(text, one)
            except (DataError, InternalError) as found:
                return NoGeometry(id=one[0], address=place.address, why=str(found).partition("\n")[0])
        return NoGeometry(id="?", address=place.address, why=str(error).partition("\n")[0])

    def _run(self, statement: str | sql.Composable, values: list[Any] | None = None) -> int:
        with connections[self.using].cursor() as cursor:
            text = statement if isinstance(statement, str) else statement.as_string(cursor.cursor)
            cursor.execute(text, values)
            return int(cursor.rowcount)

    def _one(self, statement: str | sql.Composable, *values: Any) -> tuple[Any, ...]:
        with connections[self.using].cursor() as cursor:
            text = statement if isinstance(statement, str) else statement.as_string(cursor.cursor)
            cursor.execute(text, values)
            return tuple(cursor.fetchone() or ())


def by_id(features: list[dict[str, Any]], address: str) -> dict[str, dict[str, Any]]:
    """The features by the text of their ids; of two with the same the later. Raises NoIdentifier."""
    return {identifier(feature.get("id"), address): feature for feature in features}


def identifier(given: Any, address: str) -> str:
    """An identifier as text: numbers as they are written. Raises NoIdentifier."""
    whole = isinstance(given, int | Decimal) and not isinstance(given, bool)
    if (
        not (whole or isinstance(given, str))
        or not 0 < len(str(given)) <= LONGEST_ID
        or clean(str(given)) != str(given)
    ):
        raise NoIdentifier(address=address, most=LONGEST_ID)
    return str(given)


def _geometry(given: Any) -> str | None:
    return None if given is None else json.dumps(given, default=float)
