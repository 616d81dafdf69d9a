"""What each role may do with each object of the database, as PostgreSQL itself answers.

Letters: S select, I insert, U update, D delete, T truncate, R references, G trigger; small letters when only some
columns; X execute; for sequences S, U usage, W update. Objects of extensions are provision's business.
"""

from collections import defaultdict
from pathlib import Path

import psycopg

GRID = Path(__file__).with_name("access_grid.csv")
ROLES = ("web", "public", "desk", "checker")

TABLES = """
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, n.nspname || '.' || c.relname, r.name,
    concat(
        CASE WHEN has_table_privilege(r.oid, c.oid, 'SELECT') THEN 'S'
             WHEN has_any_column_privilege(r.oid, c.oid, 'SELECT') THEN 's' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'INSERT') THEN 'I'
             WHEN has_any_column_privilege(r.oid, c.oid, 'INSERT') THEN 'i' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'UPDATE') THEN 'U'
             WHEN has_any_column_privilege(r.oid, c.oid, 'UPDATE') THEN 'u' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'DELETE') THEN 'D' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'TRUNCATE') THEN 'T' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'REFERENCES') THEN 'R' END,
        CASE WHEN has_table_privilege(r.oid, c.oid, 'TRIGGER') THEN 'G' END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, roles r WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
SEQUENCES = """
SELECT 'sequence', n.nspname || '.' || c.relname, r.name,
    concat(CASE WHEN has_sequence_privilege(r.oid, c.oid, 'SELECT') THEN 'S' END,
           CASE WHEN has_sequence_privilege(r.oid, c.oid, 'USAGE') THEN 'U' END,
           CASE WHEN has_sequence_privilege(r.oid, c.oid, 'UPDATE') THEN 'W' END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, roles r WHERE c.relkind = 'S'
"""
FUNCTIONS = """
SELECT 'function', n.nspname || '.' || c.proname || '(' || oidvectortypes(c.proargtypes) || ')', r.name,
    CASE WHEN has_function_privilege(r.oid, c.oid, 'EXECUTE') THEN 'X' ELSE '' END
FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace, roles r WHERE true
"""
SCHEMAS = """
SELECT 'schema', n.nspname::text, r.name,
    concat(CASE WHEN has_schema_privilege(r.oid, n.oid, 'USAGE') THEN 'U' END,
           CASE WHEN has_schema_privilege(r.oid, n.oid, 'CREATE') THEN 'C' END)
FROM pg_namespace n, roles r WHERE true
"""
OURS = """
AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname NOT IN ('information_schema', 'topology', 'tiger', 'tiger_data')
"""
NOT_OF_EXTENSIONS = "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"


def observed(root: psycopg.Connection, prefix: str = "baladiya") -> dict[tuple[str, str], tuple[str, ...]]:
    """(kind, object) -> rights of each of ROLES, asked of the catalog of the session's database."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    roles = "WITH roles AS (SELECT oid, replace(rolname, %s, '') AS name FROM pg_roles WHERE rolname = ANY (%s))"
    for query in (TABLES, SEQUENCES, FUNCTIONS, SCHEMAS):
        own = OURS + ("" if query is SCHEMAS else NOT_OF_EXTENSIONS)
        rows = root.execute(roles + query + own, [f"{prefix}_", [f"{prefix}_{role}" for role in ROLES]])  # type: ignore[arg-type,operator]
        for kind, name, role, rights in rows.fetchall():
            found[kind, name][role] = rights
    return {key: tuple(rights[role] for role in ROLES) for key, rights in found.items()}


def declared() -> dict[tuple[str, str], tuple[str, ...]]:
    """The grid as it was agreed: every cell written down."""
    lines = [line.split(";") for line in GRID.read_text(encoding="utf-8").splitlines()[1:]]
    return {(kind, name): tuple(rights) for kind, name, *rights in lines}


def as_lines(grid: dict[tuple[str, str], tuple[str, ...]]) -> list[str]:
    """The file's lines: what a failing test prints, to be read, judged and pasted."""
    return [";".join((*key, *rights)) for key, rights in sorted(grid.items())]
