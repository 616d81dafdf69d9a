"""Functions that are dangerous in everybody's hands, and the one flag that keeps spatial indexes working.

GEOS cannot be interrupted: `statement_timeout` did not stop ST_UnaryUnion for 253 s, and a cancelled ST_MakeValid
crashed the whole cluster (reliability programme, findings 3 and 4). Geometry is repaired outside the database.
The estimators tell every reader how dense all authorities' data are (§4.3).
"""

from collections.abc import Iterator

from psycopg.sql import SQL

from .item import Item, name, text
from .roles import Names

UNSTOPPABLE = (
    "st_makevalid",
    "st_unaryunion",
    "st_voronoipolygons",
    "st_voronoilines",
    "_st_voronoi",
    "st_delaunaytriangles",
    "st_node",
    "st_offsetcurve",
    "st_concavehull",
    "st_buildarea",
    "st_polygonize",
)
BUFFERS = ("st_buffer",)
UNIONS = ("st_union", "st_memunion")  # of an array it nodes lines as st_unaryunion does
ESTIMATORS = ("_postgis_selectivity", "_postgis_join_selectivity", "_postgis_stats", "st_estimatedextent")
# Whoever holds the lock of a cell keeps every other authority's parcels of that place from being written.
LOCKS = (
    *("pg_advisory_lock", "pg_advisory_lock_shared", "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared"),
    *("pg_try_advisory_lock", "pg_try_advisory_lock_shared"),
    *("pg_try_advisory_xact_lock", "pg_try_advisory_xact_lock_shared"),
)
LARGE_OBJECTS = ("lo_creat", "lo_create", "lo_from_bytea", "lo_put", "lowrite", "lo_truncate", "lo_truncate64")

# Ours, and a decision of ours (ADR): it compares two cached boxes and raises no data-dependent error, so a planner
# may use the index before the row policy. An upgrade of PostGIS or a restored dump loses the flag.
LEAKPROOF = "public.geometry_overlaps(public.geometry, public.geometry)"
# The relations of lists, by the same decision: what is published as a list is text[], whose members are compared by
# texteq, which PostgreSQL calls leakproof itself; of the lists they tell no more than whether the relation holds. No
# reader can make a type whose comparison would tell more. Lost when a dump is restored elsewhere.
LISTS = tuple(f"pg_catalog.{name}(anyarray, anyarray)" for name in ("arraycontains", "arraycontained", "arrayoverlap"))


def items_of_functions(names: Names) -> Iterator[Item]:
    yield Item(
        code="leakproof",
        sentence="The box comparison of geometries is marked leakproof, so row-level security keeps spatial indexes",
        question=text(
            "SELECT COALESCE((SELECT proleakproof FROM pg_proc WHERE oid = to_regprocedure({x})), false)", x=LEAKPROOF
        ),
        statements=(f"ALTER FUNCTION {LEAKPROOF} LEAKPROOF",),
    )
    yield Item(
        code="leakproof-lists",
        sentence="The relations of lists are marked leakproof, so row-level security keeps their indexes",
        question=text(
            "SELECT count(*) = cardinality({x}::text[]) FROM pg_proc"
            " WHERE proleakproof AND oid = ANY (SELECT to_regprocedure(f) FROM unnest({x}::text[]) AS f)",
            x=list(LISTS),
        ),
        statements=tuple(f"ALTER FUNCTION {one} LEAKPROOF" for one in LISTS),
    )
    yield _revoked("unstoppable", "Geometry functions that cannot be stopped are closed to PUBLIC", UNSTOPPABLE)
    yield _revoked("estimators", "Functions that tell how dense everybody's data are are closed to PUBLIC", ESTIMATORS)
    yield _revoked("large-objects", "PUBLIC may not write large objects", LARGE_OBJECTS)
    ours = (names.owner, names.checker)
    yield _kept("buffers", "Only our own SQL draws buffers", BUFFERS, ours)
    yield _kept("unions", "Only our own SQL unites geometries", UNIONS, ours)
    yield _kept("locks", "Only the platform takes locks by number, no officer's login", LOCKS, (*ours, names.web))
    yield _no_anonymous_code(names)


def _which(functions: tuple[str, ...]) -> str:
    """Rows of pg_proc with these names, from PostgreSQL itself or from an extension."""
    return text(
        "FROM pg_proc p WHERE p.proname = ANY ({names}::name[]) AND (p.pronamespace = 'pg_catalog'::regnamespace OR"
        " EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid"
        " AND d.deptype = 'e'))",
        names=list(functions),
    )


def _for_each(functions: tuple[str, ...], command: str) -> str:
    return (
        "DO $do$ DECLARE f regprocedure; BEGIN"
        f" FOR f IN SELECT p.oid::regprocedure {_which(functions)} LOOP"
        f" EXECUTE format($f${command}$f$, f); END LOOP; END $do$"
    )


def _revoked(code: str, sentence: str, functions: tuple[str, ...]) -> Item:
    still_open = f"SELECT {_which(functions)} AND has_function_privilege('public', p.oid, 'EXECUTE')"
    return Item(
        code=f"revoked-{code}",
        sentence=sentence,
        question=f"SELECT NOT EXISTS ({still_open})",
        statements=(_for_each(functions, "REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC"),),
    )


def _kept(code: str, sentence: str, functions: tuple[str, ...], roles: tuple[str, ...]) -> Item:
    """Closed to PUBLIC, open to these roles: zones around wells, and cells that writers wait at, need them."""
    revoked = _revoked(code, sentence, functions)
    allowed = SQL(", ").join(map(name, roles)).as_string()
    return Item(
        revoked.code,
        revoked.sentence,
        revoked.question,
        (*revoked.statements, _for_each(functions, f"GRANT EXECUTE ON FUNCTION %s TO {allowed}")),
    )


def _no_anonymous_code(names: Names) -> Item:
    """Without USAGE on the language an officer's login can run no DO block."""
    allowed = text("{owner}, {checker}", owner=name(names.owner), checker=name(names.checker))
    return Item(
        code="no-anonymous-code",
        sentence="Only our own SQL may use PL/pgSQL",
        question="SELECT NOT has_language_privilege('public', 'plpgsql', 'USAGE')",
        statements=("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC", f"GRANT USAGE ON LANGUAGE plpgsql TO {allowed}"),
    )
