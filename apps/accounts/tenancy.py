"""Row-level security on every table that belongs to an authority: one policy shape for web, API, jobs and QGIS.

UPDATE may see what the reader sees but must leave an own row, so that a refused edit is an error in QGIS and not a
silent "UPDATE 0". FORCE binds the owner too.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Model

from apps.territory.models import Authority, AuthorityAlias

READABLE = "authority_id = ANY ((SELECT access_authorities(false))::uuid[])"
WRITABLE = "authority_id = ANY ((SELECT access_authorities(true))::uuid[])"

POLICIES = {
    "tenant_reads": f"FOR SELECT USING ({READABLE})",
    "tenant_adds": f"FOR INSERT WITH CHECK ({WRITABLE})",
    "tenant_changes": f"FOR UPDATE USING ({READABLE}) WITH CHECK ({WRITABLE})",
    "tenant_deletes": f"FOR DELETE USING ({WRITABLE})",
}

# Who works where is written by the authority's managers alone. It is read before anybody acts, to know who may act;
# the functions that the policies call read it as the checker, so it is not forced upon the owner, whose they are
# where there is no checker.
MANAGED = "authority_id = ANY ((SELECT access_managed())::uuid[])"

STAFF_POLICIES = {
    "staff_reads": "FOR SELECT USING (true)",
    "staff_adds": f"FOR INSERT WITH CHECK ({MANAGED})",
    "staff_changes": f"FOR UPDATE USING ({MANAGED}) WITH CHECK ({MANAGED})",
    "staff_deletes": f"FOR DELETE USING ({MANAGED})",
}

# The authorities themselves: founded by superusers, or by a job that acts for the very authority. A manager changes
# the columns that say how it presents itself (`access_keep_columns`). None is ever deleted: it ends.
FOUNDED = "id = ANY ((SELECT access_managed())::uuid[])"

BODY_POLICIES = {
    "body_reads": "FOR SELECT USING (true)",
    "body_adds": f"FOR INSERT WITH CHECK ({FOUNDED} OR (SELECT access_everywhere()))",
    "body_changes": f"FOR UPDATE USING ({FOUNDED}) WITH CHECK ({FOUNDED})",
    "body_deletes": "FOR DELETE USING (false)",
}
NAME_POLICIES = {
    "name_reads": "FOR SELECT USING (true)",
    "name_adds": "FOR INSERT WITH CHECK ((SELECT access_everywhere()))",
    "name_changes": "FOR UPDATE USING ((SELECT access_everywhere()))",
    "name_deletes": "FOR DELETE USING ((SELECT access_everywhere()))",
}
OF_BODIES: dict[type[Model], dict[str, str]] = {Authority: BODY_POLICIES, AuthorityAlias: NAME_POLICIES}


def tenanted_models() -> Iterator[type[Model]]:
    """The models whose rows belong to an authority and are guarded by the policies: those that say `tenanted`."""
    for model in apps.get_models():
        if getattr(model, "tenanted", False) and not model._meta.proxy:
            yield model


def staff_models() -> Iterator[type[Model]]:
    """The models that say who works where, which only managers write: those that say `of_managers`."""
    for model in apps.get_models():
        if getattr(model, "of_managers", False):
            yield model


def apply_policies(using: str) -> None:
    """Put the policies on every table that has them; what is already so stays."""
    with connections[using].cursor() as cursor:
        for model in tenanted_models():
            _guard(cursor, model._meta.db_table)
        for model in staff_models():
            _protect(cursor, model._meta.db_table, STAFF_POLICIES)
        for body, policies in OF_BODIES.items():
            _protect(cursor, body._meta.db_table, policies)
        _keep_columns(cursor, Authority._meta.db_table, Authority.of_the_manager)


def unguarded_tables(using: str) -> list[str]:
    """Tables without their row-level security: a reason not to serve."""
    tenanted = [model._meta.db_table for model in tenanted_models()]
    unforced = [model._meta.db_table for model in (*staff_models(), *OF_BODIES)]
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            SELECT name FROM unnest(%s::text[]) AS name LEFT JOIN pg_class c ON c.oid = to_regclass(name)
            WHERE NOT coalesce(c.relrowsecurity AND (c.relforcerowsecurity OR name = ANY (%s))
                AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) >= %s, false)
            """,
            [tenanted + unforced, unforced, len(POLICIES)],
        )
        return [name for (name,) in cursor.fetchall()]


def _guard(cursor: Any, table: str) -> None:
    _protect(cursor, table, POLICIES)
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    # The name makes it the first of the BEFORE triggers; the WHEN keeps bulk loads, which name it, free of the call.
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER a_fill_authority BEFORE INSERT ON "{table}" FOR EACH ROW '
        "WHEN (NEW.authority_id IS NULL) EXECUTE FUNCTION access_fill_authority()"
    )


def _keep_columns(cursor: Any, table: str, columns: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{column}'" for column in columns)
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER a_keep_columns BEFORE UPDATE ON "{table}" FOR EACH ROW '
        f"EXECUTE FUNCTION access_keep_columns({listed})"
    )


def _protect(cursor: Any, table: str, policies: dict[str, str]) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute("SELECT polname FROM pg_policy WHERE polrelid = %s::regclass", [f'"{table}"'])
    present = {name for (name,) in cursor.fetchall()}
    for name, body in policies.items():
        if name not in present:
            cursor.execute(f'CREATE POLICY {name} ON "{table}" {body}')
