"""Functions that tell which state of the records a layer shows, made from the layer declarations.

`<view>_version` (schemas pub, agency, own): a mark that differs whenever the layer's view may show this reader what it
did not. It is made of the declaration, how many changes of each table behind the view are committed
(`follower_versions`), the day, and for officers whose records they read in full.
"""

from django.db import connections
from psycopg import sql

from gis.db.finders import FUNCTION
from gis.db.generalised import tables_of
from gis.db.publish import stamp_of
from gis.layers import Audience, Layer, registry

FOLLOWER = "versions"
BODY = sql.SQL(
    "DECLARE told text := {stamp} || ' ' || public.gis_today() {whose}; one text; number text;"
    " BEGIN FOREACH one IN ARRAY {tables}::text[] LOOP number := public.follower_versions({follower}, one);"
    " IF number IS NULL THEN RETURN NULL; END IF; told := told || ' ' || number; END LOOP; RETURN md5(told); END"
)
WHOSE = sql.SQL("|| ARRAY(SELECT unnest(public.access_authorities(false)) ORDER BY 1)::text")
SCHEMAS = ("pub", "agency", "own")


def reader(layer: Layer, audience: Audience) -> sql.Identifier:
    """The function that answers this audience."""
    return sql.Identifier(SCHEMAS[audience], f"{layer.view}_version")


def install(using: str) -> None:
    """Bring the functions in line with the views."""
    with connections[using].cursor() as cursor:
        for layer in registry:
            for audience in Audience:
                statement = FUNCTION.format(
                    name=reader(layer, audience),
                    arguments=sql.SQL(""),
                    answer=sql.SQL("text"),
                    language=sql.SQL("plpgsql"),
                    settings=sql.SQL(""),
                    body=BODY.format(
                        stamp=sql.Literal(stamp_of(cursor, layer) or ""),
                        whose=WHOSE if audience is Audience.OFFICER else sql.SQL(""),
                        tables=sql.Literal(tables_of([_view(layer, audience)], using)),
                        follower=sql.Literal(FOLLOWER),
                    ),
                )
                cursor.execute(statement.as_string(cursor.cursor))


def sources(using: str) -> list[str]:
    """All tables that layers show something of."""
    return tables_of([_view(layer, audience) for layer in registry for audience in Audience], using)


def _view(layer: Layer, audience: Audience) -> str:
    return f'{audience.schema}."{layer.view}"'
