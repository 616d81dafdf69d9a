"""What one database gets: extensions, who may connect and create, and nothing left to PUBLIC."""

from collections.abc import Iterator

from .item import Item, name, text
from .roles import Names

EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "unaccent")


def items_of_database(names: Names) -> Iterator[Item]:
    for extension in EXTENSIONS:
        yield Item(
            code=f"extension-{extension}",
            sentence=f"Extension {extension} is installed",
            question=text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = {x})", x=extension),
            statements=(text("CREATE EXTENSION IF NOT EXISTS {x} SCHEMA public", x=name(extension)),),
        )
    yield _closed_to_strangers()
    yield from (_may_connect(login) for login in (names.web, names.public, names.desk))
    yield _owner_creates(names)
    yield _checker_holds_functions(names)
    yield _reference_systems(names)


def _closed_to_strangers() -> Item:
    return Item(
        code="closed-to-strangers",
        sentence="PUBLIC may neither connect, nor make temporary tables, nor create in schema public",
        question="SELECT NOT has_database_privilege('public', current_database(), 'CONNECT')"
        " AND NOT has_database_privilege('public', current_database(), 'TEMP')"
        " AND NOT has_schema_privilege('public', 'public', 'CREATE')",
        statements=(
            "DO $$ BEGIN EXECUTE format('REVOKE CONNECT, TEMP ON DATABASE %I FROM PUBLIC', current_database()); END $$",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ),
    )


def _may_connect(login: str) -> Item:
    return _database_grant(login, "CONNECT", f"{login} may connect")


def _owner_creates(names: Names) -> Item:
    grant = _database_grant(names.owner, "CREATE, CONNECT, TEMP", f"{names.owner} may make schemas and tables")
    return Item(
        code=grant.code,
        sentence=grant.sentence,
        question=f"{grant.question} AND {_has_schema(names.owner, 'CREATE')}",
        statements=(*grant.statements, text("GRANT CREATE, USAGE ON SCHEMA public TO {x}", x=name(names.owner))),
    )


def _checker_holds_functions(names: Names) -> Item:
    """A function's owner needs CREATE on its schema at the moment of the handover; nobody can log in as it."""
    return Item(
        code="checker-holds-functions",
        sentence=f"{names.checker} may own functions in schema public",
        question=f"SELECT {_has_schema(names.checker, 'CREATE')}",
        statements=(text("GRANT CREATE, USAGE ON SCHEMA public TO {x}", x=name(names.checker)),),
    )


def _reference_systems(names: Names) -> Item:
    """National systems that PostGIS lacks are added to its table by a migration."""
    return Item(
        code="owner-adds-systems",
        sentence=f"{names.owner} may add coordinate systems",
        question=text(
            "SELECT to_regclass('public.spatial_ref_sys') IS NOT NULL AND to_regrole({quoted}) IS NOT NULL"
            " AND has_table_privilege(to_regrole({quoted}), to_regclass('public.spatial_ref_sys'), 'INSERT')",
            quoted=name(names.owner).as_string(),
        ),
        statements=(text("GRANT INSERT, UPDATE, DELETE ON public.spatial_ref_sys TO {x}", x=name(names.owner)),),
    )


def _database_grant(login: str, rights: str, sentence: str) -> Item:
    quoted = name(login).as_string()
    asked = " AND ".join(
        text(
            "has_database_privilege(to_regrole({quoted}), current_database(), {right})",
            quoted=quoted,
            right=right.strip(),
        )
        for right in rights.split(",")
    )
    return Item(
        code=f"database-{login}",
        sentence=sentence,
        question=text("SELECT to_regrole({quoted}) IS NOT NULL AND ", quoted=quoted) + asked,
        statements=(
            text(
                f"DO $$ BEGIN EXECUTE format('GRANT {rights} ON DATABASE %I TO %I', current_database(), {{x}}); END $$",
                x=login,
            ),
        ),
    )


def _has_schema(login: str, right: str) -> str:
    return text(
        "COALESCE(has_schema_privilege(to_regrole({quoted}), 'public', {right}), false)",
        quoted=name(login).as_string(),
        right=right,
    )
