"""The OGC's data set for CQL2, in tables of the test's database, and how a filter is asked of one."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pyogrio
from psycopg import sql

from gis.cql2 import Kind, Language, Scope, condition, read
from gis.features import Output
from gis.values import Values

FOLDER = "07_geometry_torture/cql2-ogc"
LAYERS = {
    "countries": "ne_110m_admin_0_countries",
    "places": "ne_110m_populated_places_simple",
    "rivers": "ne_110m_rivers_lake_centerlines",
}
TYPES: dict[Kind, str] = {
    "text": 'text COLLATE "C"',  # the counts are of the order of code points
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "geometry": "geometry",
}
GIVEN: dict[str, Kind] = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}


def queryables(shared_data: Path, table: str) -> dict[str, Kind]:
    """As the data set declares them."""
    with zipfile.ZipFile(shared_data / FOLDER / "ogc_cql2_test_data.zip") as packed:
        told = json.loads(packed.read(f"cql2/standard/data/{LAYERS[table]}.json"))["properties"]
    kinds: dict[str, Kind] = {}
    for name, schema in told.items():
        if "$ref" in schema:
            kinds[name] = "geometry"
        elif "format" in schema:
            kinds[name] = "date" if schema["format"] == "date" else "datetime"
        else:
            kinds[name] = GIVEN[schema["type"]]
    return kinds


def load(connection: psycopg.Connection, shared_data: Path, table: str) -> dict[str, Kind]:
    """Make the table, in a schema of its own; gives its queryables."""
    kinds = queryables(shared_data, table)
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(TYPES[kind])) for name, kind in kinds.items()]
    connection.execute("CREATE SCHEMA IF NOT EXISTS ogc_data")
    connection.execute(
        sql.SQL("CREATE TABLE ogc_data.{} ({})").format(sql.Identifier(table), sql.SQL(", ").join(columns))
    )
    with zipfile.ZipFile(shared_data / FOLDER / "ogc_cql2_test_data.zip") as packed, TemporaryDirectory() as folder:
        packed.extract("cql2/standard/data/ne110m4cql2.gpkg", folder)
        path = Path(folder) / "cql2/standard/data/ne110m4cql2.gpkg"
        features = pyogrio.read_dataframe(path, layer=LAYERS[table], use_arrow=False)
    names = {name: next(have for have in (name, "geometry") if have in features.columns) for name in kinds}
    marks = sql.SQL(", ").join(
        sql.SQL("ST_GeomFromWKB(%s, 4326)") if kind == "geometry" else sql.SQL("%s") for kind in kinds.values()
    )
    insert = sql.SQL("INSERT INTO ogc_data.{} VALUES ({})").format(sql.Identifier(table), marks)
    rows = features[[names[name] for name in kinds]].itertuples(index=False, name=None)
    with connection.cursor() as cursor:
        cursor.executemany(
            insert, [[_value(value, kind) for value, kind in zip(row, kinds.values(), strict=True)] for row in rows]
        )
    return kinds


def _value(value: Any, kind: Kind) -> Any:
    if kind == "geometry":
        return value.wkb
    if value is None or value != value:  # NaN and NaT
        return None
    if kind in ("date", "datetime"):
        moment = value.to_pydatetime()
        return moment.date() if kind == "date" else moment.isoformat() + "Z"
    return bool(value) if kind == "boolean" else value


def scope(kinds: dict[str, Kind], **given: Output) -> Scope:
    return Scope("places", kinds, lambda name: sql.SQL("t.") + sql.Identifier(name), Values(), **given)


def statement(
    table: str, text: str, kinds: dict[str, Kind], language: Language = "cql2-text", **given: Any
) -> tuple[sql.Composed, Values]:
    """The count of what the filter finds, and its values."""
    asked = scope(kinds, **given)
    where = condition(read(text, language), asked)
    counted = sql.SQL("SELECT count(*) FROM ogc_data.{} AS t WHERE {}").format(sql.Identifier(table), where)
    return counted, asked.values


def found(connection: psycopg.Connection, table: str, text: str, kinds: dict[str, Kind], **given: Any) -> int:
    question, values = statement(table, text, kinds, **given)
    return connection.execute(question, values).fetchone()[0]


@contextmanager
def loaded(connection: psycopg.Connection, shared_data: Path) -> Iterator[dict[str, dict[str, Kind]]]:
    """All tables of the data set, for as long as the transaction lasts."""
    with connection.transaction(force_rollback=True):
        yield {table: load(connection, shared_data, table) for table in LAYERS}
