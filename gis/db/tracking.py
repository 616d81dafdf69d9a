"""Which tables have a history, what keeps it up to date after a migration, and who may read it.

A model says `history = "record"` (kept for good) or `"personal"` (all its columns can be erased); `personal_fields`
names the columns of a record that can be erased apart from the rest. The work is done by `gis/sql/history_*.sql`.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Model

SCHEMAS = ("history", "personal_history", "past")
TRIGGERS = ("history_insert", "history_update", "history_delete", "history_truncate")
FOR_JOBS = (
    "history_drift(regclass)",
    "history_erase(regclass, uuid, text)",
    "history_leaves(integer, xid8, xid8, bigint, bigint, integer)",
    "history_seal(integer)",
    "history_sign(bigint, text)",
    "history_personal_faults()",
    "history_known()",
    "history_changed(text, integer, bigint, pg_snapshot, pg_snapshot, integer)",
)
FOR_READERS = ("history_moment()", "history_valid_at()")
# Tables of no authority, so that their history is hidden from nobody by a policy, of which an officer's own login reads
# the present only: it needs no names of files and of who brought them.
PRESENT_ONLY = ("spatial_raster",)
FOR_FOLLOWERS = (
    "history_place(text)",
    "history_reach(text, integer, bigint, pg_snapshot, pg_snapshot, integer)",
)
FOR_THE_WRITER = (
    "history_statement(regclass, text)",
    "history_next_block(history.block, integer)",
    *FOR_READERS,
)


def tracked_models() -> Iterator[type[Model]]:
    """The models whose every change is kept."""
    for model in apps.get_models():
        if getattr(model, "history", None) and not model._meta.proxy:
            yield model


def personal_columns(model: type[Model]) -> list[str]:
    """The columns whose past can be erased; whose record it is, and which authority's, is never among them."""
    fields: list[Any] = [
        field for field in model._meta.concrete_fields if not field.primary_key and field.name != "authority"
    ]
    if getattr(model, "history", None) == "personal":
        return [field.column for field in fields]
    named = getattr(model, "personal_fields", ())
    return [field.column for field in fields if field.name in named]


def track(using: str) -> dict[str, list[str]]:
    """Bring the history of every model in line with its table; what is already so stays.

    Returns, by table, the columns that `adopt` must still take in (["*"]: all rows).
    """
    unseen = {}
    with connections[using].cursor() as cursor:
        _guard_erasures(cursor)
        for model in tracked_models():
            table = model._meta.db_table
            cursor.execute("SELECT history_track(%s::regclass, %s::name[])", [f'"{table}"', personal_columns(model)])
            (columns,) = cursor.fetchone()
            if columns:
                unseen[table] = columns
    return unseen


def hide_statistics(using: str) -> None:
    """No statistics of personal texts: the planner's estimate, which EXPLAIN tells every reader, counts all rows.

    Comparisons of texts are leakproof, so row-level security does not keep their statistics from the planner.
    """
    with connections[using].cursor() as cursor:
        for model in tracked_models():
            cursor.execute(
                "SELECT format('ALTER TABLE %%s ALTER COLUMN %%I SET STATISTICS 0', attrelid::regclass, attname) "
                "FROM pg_attribute WHERE attrelid IN (to_regclass(%s), to_regclass(%s)) AND attname = ANY (%s) "
                "AND atttypid IN ('text'::regtype, 'varchar'::regtype) AND attstattarget <> 0",
                [
                    f'public."{model._meta.db_table}"',
                    f'personal_history."{model._meta.db_table}"',
                    personal_columns(model),
                ],
            )
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)


def adopt(using: str, unseen: dict[str, list[str]]) -> None:
    """Take in what no trigger saw: the rows of a new table, the content of a new column. After `grant`."""
    with connections[using].cursor() as cursor:
        for table, columns in unseen.items():
            cursor.execute("SELECT history_adopt(%s::regclass, %s::name[])", [f'"{table}"', columns])


def grant(using: str, *, web: str, public: str, desk: str, checker: str) -> None:
    """Nobody but the checker's functions writes; a history is read by those who may read its table."""
    with connections[using].cursor() as cursor:
        run = cursor.execute
        run(f"GRANT USAGE ON SCHEMA history, personal_history, past TO {web}, {desk}, {checker}")
        run(f"GRANT SELECT ON ALL TABLES IN SCHEMA history, personal_history, past TO {web}, {checker}")
        run(f"GRANT INSERT ON ALL TABLES IN SCHEMA history, personal_history TO {checker}")
        run(f"GRANT DELETE ON ALL TABLES IN SCHEMA personal_history TO {checker}")
        run(f"GRANT UPDATE (signature) ON history.block TO {checker}")
        run(f"GRANT USAGE, SELECT ON SEQUENCE history.seq TO {checker}")
        run(f"GRANT EXECUTE ON FUNCTION {', '.join(FOR_JOBS)} TO {web}")
        run(f"GRANT EXECUTE ON FUNCTION {', '.join(FOR_READERS)} TO {web}, {public}, {desk}")
        run(f"GRANT EXECUTE ON FUNCTION {', '.join(FOR_FOLLOWERS)} TO {web}, {public}")
        run(f"GRANT EXECUTE ON FUNCTION {', '.join(FOR_THE_WRITER)} TO {checker}")
        run(
            "SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'v') "
            "AND has_table_privilege(%s, to_regclass(format('public.%%I', c.relname)), 'SELECT')",
            [list(SCHEMAS), desk],
        )
        hidden = {f"{schema}.{table}" for schema in SCHEMAS for table in PRESENT_ONLY}
        for (table,) in cursor.fetchall():
            run(f"REVOKE ALL ON {table} FROM {desk}" if table in hidden else f"GRANT SELECT ON {table} TO {desk}")


def _guard_erasures(cursor: Any) -> None:
    """Its policy names a function that a later migration than its table brings."""
    cursor.execute("SELECT FROM pg_policy WHERE polrelid = 'history.erasure'::regclass AND polname = 'history_reads'")
    if cursor.fetchone() is None:
        cursor.execute(
            "CREATE POLICY history_reads ON history.erasure FOR SELECT "
            "USING (authority_id = ANY ((SELECT access_authorities(false))::uuid[]))"
        )
