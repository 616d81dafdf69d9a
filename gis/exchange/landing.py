"""The final step: what is staged becomes the layer's, in one transaction, as the web's login for the authority.

So row-level security, triggers and history hold as for everybody else. Others go on writing meanwhile; where the layer
has a rule about neighbours (`Importing.late`) its lock is taken at the very end, for the last comparison.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from django.db.models import BinaryField
from django.db.models.expressions import Combinable
from psycopg import sql

from gis.crs import Operation
from gis.db.literal import composed
from gis.origins import Origin, transformation_of

from .checks import Checks
from .mapping import Plan
from .models import ImportFeature, Quarantine
from .order import Progress
from .portions import portions
from .quarantine import quarantined, weight_of
from .refusals import NotTheirs
from .spool import Spool
from .staging import WEB, Asking, Staging, named
from .target import Target
from .words import Name

# Rows of one INSERT: its triggers hold them all, in temporary files that the server limits.
AT_ONCE = 100_000
# Features that a report lists; more are found in the layer and its history.
FEATURES_KEPT = 20_000
# Of what is left once the rows are written: where the originals are kept, and where the rules of the end are asked.
ORIGINALS, JUDGED = 0.4, 0.5
# For the last lock: as long as somebody may be at a small change. A web request waits less.
LOCK_PATIENCE = "1min"

CHANGE = "UPDATE {stored} t SET ({columns}) = ROW({new}) FROM {rows} r WHERE t.id = r.import_was AND NOT r.import_same"
TO_CHANGE = "SELECT count(*) FROM {rows} WHERE import_was IS NOT NULL AND NOT import_same"


class Landing:
    """Writes one staged file."""

    def __init__(self, staging: Staging, plan: Plan, checks: Checks, operation: Operation) -> None:
        self.staging = staging
        self.target: Target = staging.target
        self.plan = plan
        self.checks = checks
        self.operation = operation

    def write(self, ask: Asking, snapshot: date | None, progress: Progress) -> None:
        """End, change, add and keep the originals; the caller's transaction holds it together."""
        self._let_others_write(ask)
        if snapshot:
            self._end(ask, snapshot)
        self.last = ask.one("SELECT coalesce(max(import_row), 0) FROM {rows}")
        if self.checks.some_new:
            self._bring(ask, progress)

    def _bring(self, ask: Asking, progress: Progress) -> None:
        # Row-level security passes over what may not be changed, and others may have deleted something meanwhile.
        if self._change(ask) < ask.one(TO_CHANGE):
            raise NotTheirs(authority=Name.of(self.target.holder))
        last = self.last
        for rows in self._add(ask, last):
            progress("writing", rows / last, rows)
        progress("finishing", 0.0, 0)
        for rows in self._keep_originals(ask, last):
            progress("finishing", ORIGINALS * rows / last, int(ORIGINALS * rows))

    def judge(self, ask: Asking, progress: Progress) -> None:
        """Ask the rules that the database keeps for the end; what is written after this would escape them."""
        progress("finishing", JUDGED, int(JUDGED * self.last))
        ask.run("SET CONSTRAINTS ALL IMMEDIATE")
        progress("finishing", 1.0, self.last)

    def _let_others_write(self, ask: Asking) -> None:
        """Foreign keys are looked up as the rows come, not under the lock at the end."""
        ask.run("SET LOCAL lock_timeout = {patience}", patience=sql.Literal(LOCK_PATIENCE))
        if self.target.rule.late:
            ask.run("SELECT {late}()", late=sql.Identifier(self.target.rule.late))
        keys = ask.all(
            "SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND condeferrable "
            "AND conrelid = ANY ({tables}::regclass[])",
            tables=sql.Literal([self.target.table, Origin._meta.db_table, Quarantine._meta.db_table]),
        )
        ask.run("SET CONSTRAINTS {keys} IMMEDIATE", keys=named([key for (key,) in keys]))

    def _end(self, ask: Asking, day: date) -> None:
        ask.run(
            "UPDATE {stored} t SET valid_to = {day} FROM {gone} g WHERE g.id = t.id AND g.ends", day=sql.Literal(day)
        )

    def _change(self, ask: Asking) -> int:
        """In one statement, because parcels that exchange places overlap in between; tells how many were changed.

        The record goes on in its new state; the old one stays beside it until the day, under an id of its own.
        """
        columns = [*self.checks.brought, self.checks.geometry]
        if not self.target.dated:
            return ask.run(CHANGE, columns=named(columns), new=named(columns, "r"))
        columns += ["valid_from"] if "valid_from" not in columns else []
        past = [column for column in self._stored_columns() if column not in ("id", "valid_to")]
        changed: int = ask.one(
            "WITH old AS (SELECT r.import_past, r.valid_from AS ends, {old} FROM {stored} t "
            "JOIN {rows} r ON t.id = r.import_was WHERE r.import_past IS NOT NULL), "
            "changed AS ({change} RETURNING t.id), kept AS (INSERT INTO {stored} (id, valid_to, {past}) "
            "SELECT import_past, ends, {past} FROM old) SELECT count(*) FROM changed",
            change=ask.compose(CHANGE, columns=named(columns), new=named(columns, "r")),
            old=named(past, "t"),
            past=named(past),
        )
        return changed

    def _stored_columns(self) -> list[str]:
        return [str(field.column) for field in self.target.model._meta.concrete_fields if not field.generated]

    def _add(self, ask: Asking, last: int) -> Iterator[int]:
        columns, values = self._columns()
        for start, end in _pieces(last):
            ask.run(
                "INSERT INTO {stored} ({columns}) SELECT {values} FROM {rows} r "
                "WHERE r.import_was IS NULL AND r.import_row > {start} AND r.import_row <= {end} ORDER BY r.import_row",
                columns=named(columns),
                values=sql.SQL(", ").join(values),
                start=sql.Literal(start),
                end=sql.Literal(end),
            )
            yield end

    def _columns(self) -> tuple[list[str], list[sql.Composable]]:
        """Columns of a new record and where their values come from."""
        columns: list[str] = []
        values: list[sql.Composable] = []
        for field in self.target.model._meta.concrete_fields:
            if field.generated:
                continue
            columns.append(str(field.column))
            filled = self.target.rule.filled.get(field.name)
            values.append(self._expression(filled) if filled is not None else sql.Identifier("r", str(field.column)))
        return columns, values

    def _expression(self, filled: Combinable) -> sql.Composable:
        query = self.target.model._base_manager.using(WEB).annotate(filled=filled).values_list("filled").query
        compiler = query.get_compiler(WEB)
        compiler.setup_query()
        text, parameters = compiler.compile(query.annotations["filled"])
        return composed(connections[WEB], text, parameters)

    def _keep_originals(self, ask: Asking, last: int) -> Iterator[int]:
        """Where nothing was transformed or repaired the stored geometry is the original."""
        columns = sql.SQL('(authority_id, "table", record_id, transformation_id, original, file, "row")')
        ask.run(
            "INSERT INTO spatial_origin {columns} SELECT o.authority_id, o.table, r.import_past, o.transformation_id, "
            "o.original, o.file, o.row FROM {rows} r, LATERAL (SELECT * FROM spatial_origin o "
            "WHERE o.record_id = r.import_was ORDER BY o.recorded_at DESC LIMIT 1) o WHERE r.import_past IS NOT NULL",
            columns=columns,
        )
        operation = transformation_of(self.operation, using=WEB)
        for start, end in _pieces(last):
            ask.run(
                "INSERT INTO spatial_origin {columns} SELECT {authority}, {table}, r.id, {operation}, "
                "coalesce(r.import_original, ST_AsEWKB({geometry})), {file}, r.import_row FROM {rows} r "
                "WHERE r.import_moved AND NOT r.import_same AND r.import_row > {start} AND r.import_row <= {end}",
                columns=columns,
                authority=sql.Literal(self.target.holder.id),
                table=sql.Literal(self.target.table),
                operation=sql.Literal(operation.id),
                geometry=sql.Identifier("r", self.checks.geometry),
                file=sql.Literal(self.staging.file_name[:255]),
                start=sql.Literal(start),
                end=sql.Literal(end),
            )
            yield end

    def keep_features(self, ask: Asking, run: UUID) -> None:
        """Which records the run wrote, for its report; of very many those that people look for first."""
        table = sql.Identifier(ImportFeature._meta.db_table)
        ask.run(
            "INSERT INTO {table} (run_id, authority_id, record_id, row, outcome, notes) "
            "SELECT {run}, {holder}, id, import_row, CASE WHEN import_was IS NULL THEN 'new' ELSE 'changed' END, "
            "coalesce(import_notes, '') FROM {rows} WHERE NOT import_same OR import_notes IS NOT NULL "
            "ORDER BY import_notes IS NULL, import_was IS NULL, import_row LIMIT {most}",
            table=table,
            run=sql.Literal(run),
            holder=sql.Literal(self.target.holder.id),
            most=sql.Literal(FEATURES_KEPT),
        )
        ask.run(
            "INSERT INTO {table} (run_id, authority_id, record_id, outcome) "
            "SELECT {run}, {holder}, id, 'ended' FROM {gone} WHERE ends ORDER BY id LIMIT {most}",
            table=table,
            run=sql.Literal(run),
            holder=sql.Literal(self.target.holder.id),
            most=sql.Literal(FEATURES_KEPT),
        )

    def quarantine(self, ask: Asking, run: UUID, spool: Spool) -> None:
        """In pieces, so that a file of nothing but faults takes no more memory than another, however large they are."""
        last = ask.one("SELECT coalesce(max(import_row), 0) FROM {faults}")
        for start, end in _pieces(last):
            faults = ask.all(
                "SELECT import_row, code, details, coalesce(key, '') FROM {faults} "
                "WHERE import_row > {start} AND import_row <= {end}",
                start=sql.Literal(start),
                end=sql.Literal(end),
            )
            found = quarantined(self.target, run, faults, spool, self.operation.source)
            for rows in portions(found, weight_of):
                _insert(ask, rows)


def _pieces(last: int) -> Iterator[tuple[int, int]]:
    """The rows up to the last in pieces: after which number, up to which."""
    for start in range(0, last, AT_ONCE):
        yield start, min(start + AT_ONCE, last)


def _insert(ask: Asking, rows: list[dict[str, Any]]) -> None:
    """Rows into the quarantine: not by COPY, which row-level security does not allow.

    The values go beside the statement and geometries as bytes: written into it they would take several times as much.
    """
    columns = [field for field in Quarantine._meta.concrete_fields if field.column in rows[0]]
    names = [str(field.column) for field in columns]
    binary = [isinstance(field, BinaryField) for field in columns]
    casts = [
        sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(str(field.db_type(connections[WEB]))))
        for name, field in zip(names, columns, strict=True)
    ]
    text = ask.compose(
        "INSERT INTO {table} ({columns}) SELECT {casts} FROM unnest({arrays}) AS q ({columns})",
        table=sql.Identifier(Quarantine._meta.db_table),
        columns=named(names),
        casts=sql.SQL(", ").join(casts),
        arrays=sql.SQL(", ").join(sql.SQL("%b::bytea[]" if one else "%s::text[]") for one in binary),
    )
    connection = connections[WEB]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(text, [[row[name] for row in rows] for name in names])
