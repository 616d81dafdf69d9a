"""What the database's own catalogue must say (T24): no key of a table can run out, and the release is not too old."""

from collections.abc import Callable

import psycopg

Login = Callable[[str], psycopg.Connection]

# Keys, and columns that point at keys, of less than 64 bits. spatial_ref_sys is PostGIS's: its keys are codes of
# coordinate systems, not numbers drawn from a sequence.
NARROW_KEYS = """
    SELECT c.oid::regclass || '.' || a.attname
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('int2'::regtype, 'int4'::regtype)
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relname <> 'spatial_ref_sys'
      AND (a.attidentity <> '' OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
           AND k.contype IN ('p', 'f') AND a.attnum = ANY (k.conkey)))
    UNION ALL
    SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE data_type <> 'bigint'::regtype
"""
POSTGRES_FLOOR = 150014
POSTGIS_FLOOR = (3, 3)


def narrow_keys(session: psycopg.Connection) -> list[str]:
    return [name for (name,) in session.execute(NARROW_KEYS).fetchall()]


def test_no_key_can_run_out(login: Login):
    assert narrow_keys(login("superuser")) == []


def test_the_rule_sees_its_faults(committed_db: str, login: Login):
    root = login("superuser")
    root.execute("CREATE TABLE one (id serial PRIMARY KEY)")
    root.execute("CREATE TABLE two (id bigint PRIMARY KEY, one_id integer REFERENCES one)")
    assert sorted(narrow_keys(root)) == ["one.id", "public.one_id_seq", "two.one_id"]


def test_wide_keys_take_numbers_beyond_32_bits(committed_db: str, login: Login):
    owner = login("owner")
    owner.execute("SELECT setval('auth_group_id_seq', %s)", [2**31 - 1])
    owner.execute("SELECT setval('django_content_type_id_seq', %s)", [2**53])
    group = owner.execute("INSERT INTO auth_group (name) VALUES ('late') RETURNING id").fetchone()
    kind = owner.execute("INSERT INTO django_content_type (app_label, model) VALUES ('x', 'y') RETURNING id").fetchone()
    assert (group, kind) == ((2**31,), (2**53 + 1,))


def test_database_is_new_enough(login: Login):
    session = login("web")
    row = session.execute("SELECT split_part(postgis_lib_version(), '.', 1), split_part(postgis_lib_version(), '.', 2)")
    version = row.fetchone()
    assert session.info.server_version >= POSTGRES_FLOOR
    assert version is not None
    assert tuple(map(int, version)) >= POSTGIS_FLOOR
