"""What follows from the declarations after every migration: policies, published views, grants and owners.

`manage.py migrate` calls `before` and `after` as the owner of the database. Each step is idempotent. Without the
roles of `provision` the grants are left out and `/readyz` says so.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from apps.accounts.models import PlatformLogin
from apps.accounts.tenancy import apply_policies
from gis.db import (
    beginnings,
    changed,
    counts,
    dated,
    generalised,
    numbers,
    past,
    publish,
    qualities,
    readers,
    states,
    systems,
    tracking,
    versions,
)
from gis.db.keyed import OF_KEYS
from gis.layers import registry

# Definer functions and views that must see every tenant's rows belong to the checker role.
CHECKER_SCHEMAS = ("pub", "agency", "keyed", "tiles_now", *past.OF_CHECKER)
DEFINER_SCHEMAS = ("public", "pub", "agency", "own", "keyed", "search", "tiles", "tiles_now", *past.OF_CHECKER)


def role(kind: str) -> str:
    """The name of one of our roles: owner, web, public, desk or checker."""
    return f"{settings.DB_ROLE_PREFIX}_{kind}"


def before(using: str) -> None:
    """Views stand on the tables' columns: they step aside while a migration may alter them."""
    past.drop_past(using)
    generalised.drop(using)
    publish.drop_all(using)


def after(using: str) -> None:
    """Bring policies, views and grants in line with the declarations."""
    _trust_platform_logins(using)
    _tell_the_day(using)
    apply_policies(using)
    publish.publish_all(using)
    dated.install(using)
    readers.install(using)
    generalised.install(using)
    versions.install(using)
    counts.install(using)
    qualities.install(using)
    numbers.install(using)
    systems.install(using)
    with transaction.atomic(using=using):
        unseen = tracking.track(using)
        tracking.hide_statistics(using)
        past.publish_past(using)
        states.install(using)
        changed.install(using)
        beginnings.install(using)
        if _roles_exist(using):
            _grant(using)
            tracking.grant(using, **{kind: role(kind) for kind in ("web", "public", "desk", "checker")})
            past.grant(using, web=role("web"), public=role("public"), desk=role("desk"))
            _hand_to_checker(using)
            _leave_reading(using)
        tracking.adopt(using, unseen)


def _roles_exist(using: str) -> bool:
    """Whether `provision` has been here: every role is there, and we may hand functions over to the checker."""
    known = [role(kind) for kind in ("owner", "web", "public", "desk", "checker")]
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) = %s AND bool_or(rolname = %s AND pg_has_role(oid, 'MEMBER')) FROM pg_roles "
            "WHERE rolname = ANY (%s)",
            [len(known), role("checker"), known],
        )
        (found,) = cursor.fetchone()
    return bool(found)


def _tell_the_day(using: str) -> None:
    """`gis_today()`: the day in the platform's time zone, as the records' own defaults have it.

    A session's `current_date` is that of its own zone, which is another day for hours around midnight.
    """
    with connections[using].cursor() as cursor:
        body = sql.SQL("SELECT (statement_timestamp() AT TIME ZONE {})::date").format(settings.TIME_ZONE)
        cursor.execute(
            sql.SQL("CREATE OR REPLACE FUNCTION gis_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS {}")
            .format(body.as_string())
            .as_string()
        )


def _trust_platform_logins(using: str) -> None:
    logins = {str(connections[alias].settings_dict["USER"]) for alias in ("default", "owner") if alias in connections}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT session_user")
        logins.add(cursor.fetchone()[0])
    logins.discard("")
    PlatformLogin.objects.using(using).exclude(rolname__in=logins).delete()
    PlatformLogin.objects.using(using).bulk_create(
        (PlatformLogin(rolname=name) for name in logins), ignore_conflicts=True
    )


def _grant(using: str) -> None:
    """Rights of each role: every grant of the platform is in this function and in the SQL files of definers."""
    web, public, desk, checker = role("web"), role("public"), role("desk"), role("checker")
    with connections[using].cursor() as cursor:
        run = cursor.execute
        run(f"GRANT USAGE ON SCHEMA public TO {web}, {public}, {desk}, {checker}")
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {web}")
        run(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {web}")
        run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {checker}")
        run(f"REVOKE INSERT, UPDATE, DELETE ON accounts_platformlogin FROM {web}")
        run(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations, spatial_ref_sys FROM {web}")
        run(f"REVOKE DELETE ON territory_authority FROM {web}")
        run(f"REVOKE UPDATE, DELETE ON spatial_origin, spatial_transformation FROM {web}")
        run(f"REVOKE UPDATE ON spatial_quarantinestep FROM {web}")
        run(f"REVOKE ALL ON parcels_overlap_due FROM {web}")
        run(f"GRANT INSERT, UPDATE (whole, changed), DELETE ON parcels_overlap_due TO {checker}")
        run(f"GRANT USAGE ON SCHEMA search TO {web}, {checker}")
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA search TO {checker}")
        run(f"REVOKE INSERT, UPDATE, DELETE ON search.document FROM {checker}")
        run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA search TO {web}")
        run(f"GRANT EXECUTE ON FUNCTION search_count_all(), history_era() TO {web}")
        run(f"GRANT USAGE ON SCHEMA tiles, tiles_now TO {web}, {checker}")
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tiles TO {checker}")
        run(f"REVOKE INSERT, DELETE ON tiles.kind FROM {checker}")
        run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tiles TO {web}")
        run(f"GRANT EXECUTE ON FUNCTION tiles_ready(text) TO {web}, {public}")
        run(f"GRANT EXECUTE ON FUNCTION tiles_of_today(text) TO {web}")
        run(f"GRANT USAGE ON SCHEMA pub TO {web}, {public}, {desk}")
        run(f"GRANT USAGE ON SCHEMA agency TO {web}")
        run(f"GRANT USAGE ON SCHEMA own, desk TO {web}, {desk}")
        run(f"GRANT SELECT ON ALL TABLES IN SCHEMA pub TO {web}, {public}, {desk}")
        run(f"GRANT SELECT ON ALL TABLES IN SCHEMA agency TO {web}")
        run(f"GRANT SELECT ON ALL TABLES IN SCHEMA own, desk TO {web}, {desk}")
        run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pub TO {web}, {public}, {desk}")
        run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA agency TO {web}")
        run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA own TO {web}, {desk}")
        run(f"GRANT EXECUTE ON FUNCTION access_authorities(boolean), access_codes() TO {web}, {desk}, {checker}")
        run(f"GRANT EXECUTE ON FUNCTION access_managed(), access_everywhere() TO {web}, {checker}")
        run(f"GRANT UPDATE (public_place) ON reports_report TO {checker}")
        run(f"GRANT EXECUTE ON FUNCTION reports_whose(text, uuid) TO {web}")
        for rivals in {layer.importing.rivals for layer in registry} - {""}:
            asked = "bigint[], geometry[], date[], double precision, uuid[]"
            run(f"GRANT EXECUTE ON FUNCTION {rivals}({asked}) TO {web}")
        for late in {layer.importing.late for layer in registry} - {""}:
            run(f"GRANT EXECUTE ON FUNCTION {late}() TO {web}")
        _grant_officers(cursor, desk)
        _grant_login_maker(cursor, role("roles"))
        _grant_keys(cursor, role("keyed"))


def _grant_officers(cursor: Any, desk: str) -> None:
    """Officers read the tables behind `own` views, and edit the declared columns of layers written directly."""
    for model in apps.get_models():
        if getattr(model, "tenanted", False):
            cursor.execute(f'GRANT SELECT ON "{model._meta.db_table}" TO {desk}')
    cursor.execute(f"GRANT SELECT ON territory_authority, territory_governorate, territory_wilayat TO {desk}")
    cursor.execute(f"GRANT SELECT ON reports_category, spatial_raster TO {desk}")
    for layer in registry:
        if layer.writes != "direct":
            continue
        editable = ["geom", *(field.name for field in layer.fields if field.editable)]
        listed = ", ".join(f'"{name}"' for name in editable)
        columns = [layer.model_field(field) for field in layer.fields if field.editable]
        base = ", ".join(['"geom"', *(f'"{column.column}"' for column in columns if column is not None)])
        cursor.execute(f'GRANT INSERT ({listed}), UPDATE ({listed}), DELETE ON own."{layer.view}" TO {desk}')
        # No DELETE on the table: it would let a login lock everybody's rows. `gis_delete_own` deletes as the checker.
        cursor.execute(f'GRANT INSERT ({base}), UPDATE ({base}) ON "{layer.table}" TO {desk}')
        cursor.execute(f'REVOKE DELETE ON "{layer.table}" FROM {desk}')
        cursor.execute(f'GRANT DELETE ON "{layer.table}" TO {role("checker")}')


def _grant_login_maker(cursor: Any, roles: str) -> None:
    """What the functions that make officers' logins must know of a person; they came to provision after the others."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [roles])
    if cursor.fetchone() == (True,):
        cursor.execute(f"GRANT SELECT (id, user_id, authority_id, rolname, active) ON accounts_desklogin TO {roles}")
        cursor.execute(f"GRANT SELECT (id, is_active) ON accounts_user TO {roles}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION access_managed() TO {roles}")


def _grant_keys(cursor: Any, keyed: str) -> None:
    """What a key with scopes reads besides what everybody does; the web reads it as that role alone, or by it."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [keyed])
    if cursor.fetchone() != (True,):
        return
    for schema in OF_KEYS:
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {keyed}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {keyed}")
    cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA keyed TO {keyed}")
    asked = "(text, text, text)"
    cursor.execute(
        f"GRANT EXECUTE ON FUNCTION access_key_codes{asked}, access_key_opens{asked} TO {keyed}, {role('checker')}"
    )
    cursor.execute(f"GRANT EXECUTE ON FUNCTION access_key() TO {role('checker')}")


def _hand_to_checker(using: str) -> None:
    checker = role("checker")
    with connections[using].cursor() as cursor:
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA {', '.join(DEFINER_SCHEMAS)} TO {checker}")
        cursor.execute(
            "SELECT format('ALTER VIEW %%I.%%I OWNER TO %%I', schemaname, viewname, %s::text) FROM pg_views "
            "WHERE schemaname = ANY (%s) AND viewowner <> %s",
            [checker, list(CHECKER_SCHEMAS), checker],
        )
        statements = [statement for (statement,) in cursor.fetchall()]
        cursor.execute(
            "SELECT format('ALTER FUNCTION %%s OWNER TO %%I', p.oid::regprocedure, %s::text) FROM pg_proc p "
            "JOIN pg_roles o ON o.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE p.prosecdef AND n.nspname = ANY (%s) AND o.rolname = current_user",
            [checker, list(DEFINER_SCHEMAS)],
        )
        statements += [statement for (statement,) in cursor.fetchall()]
        for statement in statements:
            cursor.execute(statement)


def _leave_reading(using: str) -> None:
    """An owner may do everything with its views unless it is taken away; the checker's are for reading."""
    checker, schemas = role("checker"), ", ".join(CHECKER_SCHEMAS)
    with connections[using].cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schemas} FROM {checker}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schemas} TO {checker}")
