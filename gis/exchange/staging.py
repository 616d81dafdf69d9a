"""Where a file waits for judgement: unlogged tables of this run, shaped like the layer's own.

The owner makes and drops them, the web's login fills and reads them. They are nobody's but this run's: a run that was
killed leaves them behind, and the next import of any layer sweeps up what no living run holds.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import pyarrow as pa
from django.db import connections, transaction
from psycopg import sql
from pyarrow import csv

from gis.db.acting import acting_as

from .order import JOB
from .target import Target

SCHEMA = "staging"
WEB, OWNER = "default", "owner"
# Set-based statements over a whole file take longer than a web request may.
PATIENCE = "30min"
# How soon a statement ends whose process was killed: its locks would keep the next import out.
LOOK_UP = "5s"
# Statistics of the staged rows, of which 300 times as many are looked at.
FEW = 10
MUCH_CHANGED = """
    SELECT c.reltuples < 0 OR pg_stat_get_mod_since_analyze(c.oid)
        > current_setting('autovacuum_analyze_threshold')::int
        + current_setting('autovacuum_analyze_scale_factor')::float8 * c.reltuples
    FROM pg_class c WHERE c.oid = quote_ident(%s)::regclass
"""


class Staging:
    """The tables of one run: `rows` (as they would be stored), `faults` (rows that will not be), and `gone`.

    Columns of ours in `rows`: import_row, its place in the file; import_was, the record it is recognised as;
    import_same, it says nothing new; import_moved, its geometry is not the stored one; import_notes, what was
    repaired; import_original, the geometry as it came, where it was changed; import_past, the id under which the old
    state of a changed record stays. `gone` are the stored records that this
    run ends or changes: nobody's rivals any more.
    """

    def __init__(
        self, target: Target, run: UUID, file_name: str, snapshot: date | None = None, actor: str = JOB
    ) -> None:
        self.target = target
        self.snapshot = snapshot
        self.file_name = file_name
        self.actor = actor
        self.name = f"run_{run.hex}"
        self.rows = sql.Identifier(SCHEMA, self.name)
        self.faults = sql.Identifier(SCHEMA, f"{self.name}_faults")
        self.gone = sql.Identifier(SCHEMA, f"{self.name}_gone")
        self.stored = sql.Identifier(target.table)
        self.lock = _lock_of(run)
        self._stored_counted = False

    def __enter__(self) -> Self:
        _sweep()
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [self.lock])
            for statement in self._made():
                cursor.execute(statement.as_string(cursor.cursor))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with connections[OWNER].cursor() as cursor:
            for table in (self.rows, self.faults, self.gone):
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table).as_string(cursor.cursor))
            cursor.execute("SELECT pg_advisory_unlock(%s)", [self.lock])

    @contextmanager
    def acting(self, *, whole: bool = False) -> Iterator["Asking"]:
        """A transaction of the web's login on behalf of the authority, with time for large statements.

        `whole`: they join whole files. A planner that takes the policy's rows for few would go through one of the two
        for each row of the other (measured: 13 minutes instead of a second for 13,000 parcels).
        """
        asked = acting_as(authorities=[self.target.holder.id], actor=self.actor, reason=self.file_name, using=WEB)
        with asked, connections[WEB].cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
            cursor.execute(f"SET LOCAL client_connection_check_interval = '{LOOK_UP}'")
            if whole:
                cursor.execute("SET LOCAL enable_nestloop = off")
            yield Asking(self, cursor)

    def copy(self, table: sql.Identifier, columns: Sequence[str], values: pa.Table) -> None:
        """COPY a batch of text columns. Null is written bare, text in quotes, as COPY reads CSV."""
        buffer = BytesIO()
        csv.write_csv(values, buffer, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(table, named(columns))
        connection = connections[WEB]
        connection.ensure_connection()
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(buffer.getbuffer())

    def all_same(self) -> None:
        """No row says anything new: told of all at once, by a default, so that none of them is rewritten."""
        with connections[OWNER].cursor() as cursor:
            told = "ALTER TABLE {} DROP COLUMN import_same, ADD COLUMN import_same boolean NOT NULL DEFAULT true"
            cursor.execute(sql.SQL(told).format(self.rows).as_string(cursor.cursor))

    def index(self, *columns: str) -> None:
        """Index the rows by their number and by each of these columns: what comes next asks for single ones."""
        with connections[OWNER].cursor() as cursor:
            number = sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (import_row)").format(self.rows)
            cursor.execute(number.as_string(cursor.cursor))
            for column in columns:
                index = sql.SQL("CREATE INDEX ON {} ({})").format(self.rows, sql.Identifier(column))
                cursor.execute(index.as_string(cursor.cursor))

    def analyze(self) -> None:
        """Count what changes while we judge: the layer once, and of the rows what they are joined by.

        Of the rows some thousands tell enough: they are joined by what each has alone.
        """
        columns = [str(field.column) for field in self.target.model._meta.concrete_fields]
        columns.remove(str(self.target.geometry.column))
        joined = sql.SQL("{} ({})").format(self.rows, named(["import_row", "import_was", "import_same", *columns]))
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute(f"SET LOCAL default_statistics_target = {FEW}")
            for table in (joined, self.faults, self.gone):
                cursor.execute(sql.SQL("ANALYZE {}").format(table).as_string(cursor.cursor))
        self._analyze_stored()

    def _analyze_stored(self) -> None:
        """Once, as thoroughly as everybody's plans need it; where autovacuum would not do it yet, it is not done."""
        if not self._stored_counted:
            with connections[OWNER].cursor() as cursor:
                cursor.execute(MUCH_CHANGED, [self.target.table])
                if cursor.fetchone()[0]:
                    cursor.execute(sql.SQL("ANALYZE {}").format(self.stored).as_string(cursor.cursor))
        self._stored_counted = True

    def _made(self) -> Iterator[sql.Composed]:
        yield sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA))
        yield sql.SQL(
            "CREATE UNLOGGED TABLE {} (import_row bigint NOT NULL, import_was uuid, "
            "import_same boolean NOT NULL DEFAULT false, import_moved boolean NOT NULL DEFAULT true, "
            "import_notes text, import_original bytea, import_past uuid, "
            "LIKE {} INCLUDING DEFAULTS)"
        ).format(self.rows, self.stored)
        for column in self._not_null():
            yield sql.SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(self.rows, sql.Identifier(column))
        for column, value in self._fixed().items():
            yield sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(
                self.rows, sql.Identifier(column), sql.Literal(value)
            )
        yield sql.SQL(
            "CREATE UNLOGGED TABLE {} (import_row bigint PRIMARY KEY, code text NOT NULL, "
            "details jsonb NOT NULL DEFAULT '{{}}', key text, was uuid)"
        ).format(self.faults)
        yield sql.SQL("CREATE UNLOGGED TABLE {} (id uuid PRIMARY KEY, ends boolean NOT NULL)").format(self.gone)
        web = sql.Identifier(str(connections[WEB].settings_dict["USER"]))
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(SCHEMA), web)
        yield sql.SQL("GRANT ALL ON {}, {}, {} TO {}").format(self.rows, self.faults, self.gone, web)

    def _not_null(self) -> Iterator[str]:
        for field in self.target.model._meta.concrete_fields:
            if not field.null:
                yield str(field.column)

    def _fixed(self) -> dict[str, str]:
        """What every row of the file has: as defaults, so that COPY need not bring it."""
        fixed = {self.target.column(name): value for name, value in self.target.rule.fixed.items()}
        if self.snapshot:
            fixed["valid_from"] = self.snapshot.isoformat()
        return fixed | ({"authority_id": str(self.target.holder.id)} if self.target.owned else {})


class Asking:
    """Statements about one run: {rows}, {faults}, {gone} and {stored} are its tables."""

    def __init__(self, staging: Staging, cursor: Any) -> None:
        self.staging = staging
        self.cursor = cursor

    def run(self, text: str, /, **parts: sql.Composable) -> int:
        """Run a statement; returns the number of rows it touched."""
        self.cursor.execute(self.compose(text, **parts).as_string(self.cursor.cursor))
        return int(self.cursor.rowcount)

    def all(self, text: str, /, **parts: sql.Composable) -> list[tuple[Any, ...]]:
        self.run(text, **parts)
        found: list[tuple[Any, ...]] = self.cursor.fetchall()
        return found

    def one(self, text: str, /, **parts: sql.Composable) -> Any:
        return self.all(text, **parts)[0][0]

    def compose(self, text: str, /, **parts: sql.Composable) -> sql.Composed:
        tables = {name: getattr(self.staging, name) for name in ("rows", "faults", "gone", "stored")}
        return sql.SQL(text).format(**tables | parts)

    def reject(
        self,
        code: str | sql.Composable,
        condition: str,
        details: str = "'{{}}'::jsonb",
        using: str = "",
        **parts: sql.Composable,
    ) -> int:
        """Move the rows `r` that meet the condition from {rows} to {faults}; returns how many.

        `using` joins something more, which condition, details and a code that is an expression may speak of.
        """
        target = self.staging.target
        key = sql.Identifier("r", target.column(target.key)) if target.key else sql.SQL("NULL")
        joined = f"USING {using}" if using else ""
        found = f"r.import_row, r.import_was, {details} AS details, {{its_key}}::text AS key, {{its_code}} AS code"
        bad = ("WITH bad AS (DELETE FROM {rows} r", joined, "WHERE", condition, "RETURNING", found, ")")
        kept = ", kept AS (DELETE FROM {gone} g USING bad b WHERE g.id = b.import_was)"
        text = " ".join((*bad, kept, "INSERT INTO {faults} SELECT import_row, code, details, key, import_was FROM bad"))
        return self.run(text, its_code=sql.Literal(code) if isinstance(code, str) else code, its_key=key, **parts)


def named(columns: Sequence[str], table: str = "") -> sql.Composed:
    """Column names in a row, quoted, of a table where one is named."""
    names = (sql.Identifier(table, column) if table else sql.Identifier(column) for column in columns)
    return sql.SQL(", ").join(names)


def numbers(rows: Iterable[int]) -> sql.Composed:
    """Row numbers as an array: of a list a literal is made element by element, which takes longer than the question."""
    return sql.SQL("{}::bigint[]").format(sql.Literal("{" + ",".join(map(str, rows)) + "}"))


def _lock_of(run: UUID) -> int:
    return int.from_bytes(run.bytes[-8:], signed=True)


def _sweep() -> None:
    """Drop the tables of runs that are no more: their lock is free."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [SCHEMA])
        for (name,) in cursor.fetchall():
            lock = _lock_of(UUID(name.split("_")[1]))
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
            if cursor.fetchone()[0]:
                table = sql.Identifier(SCHEMA, name)
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table).as_string(cursor.cursor))
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
