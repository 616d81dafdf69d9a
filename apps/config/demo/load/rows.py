"""Shapes for the database, and many rows at once."""

import json
from collections.abc import Iterable
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault
from psycopg import sql
from shapely import Geometry, MultiPolygon, Polygon

from ..frame import Frame

BATCH = 2000
# One value for the whole batch: the ORM's own bulk insert compiles a statement of a hundred thousand parameters.
INSERT = sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, {rows})")


def stored(frame: Frame, shape: Geometry) -> Any:
    """The shape in EPSG:4326, as EWKB in hexadecimal digits."""
    shape = shapely.set_srid(frame.stored(shape), 4326)
    return str(shapely.to_wkb(shape, hex=True, include_srid=True, flavor="extended"))


def areas(frame: Frame, shape: Polygon | MultiPolygon) -> Any:
    """The shape in EPSG:4326 as a multipolygon, which is what the tables keep."""
    return stored(frame, shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape]))


def shape_of(written: str) -> Any:
    """A stored shape as the services take it."""
    return GEOSGeometry(written)


def add[M: Model](model: type[M], rows: Iterable[M]) -> list[M]:
    """Insert the rows as they are given: defaults of the database are its own, shapes are `stored` already."""
    made = list(rows)
    if not made:
        return made
    with connection.cursor() as cursor:
        cursor.execute("SELECT gis_uuid7() FROM generate_series(1, %s)", [len(made)])
        for row, (key,) in zip(made, cursor.fetchall(), strict=True):
            row.pk = key
        fields = [field for field in model._meta.concrete_fields if _is_given(field, made)]
        insert = INSERT.format(
            table=sql.Identifier(model._meta.db_table),
            columns=sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
            rows=sql.Placeholder(),
        ).as_string()
        for at in range(0, len(made), BATCH):
            batch = [{field.column: row.__dict__[field.attname] for field in fields} for row in made[at : at + BATCH]]
            cursor.execute(insert, [json.dumps(batch, default=_said)])
    return made


def _is_given(field: "Field[Any, Any]", rows: list[Any]) -> bool:
    """Does the row bring the column? Either all rows do or the database fills it in all of them."""
    given = {
        field.attname in row.__dict__ and not isinstance(row.__dict__[field.attname], DatabaseDefault) for row in rows
    }
    if len(given) > 1:
        raise ValueError(f"{field}: given in some rows only")
    return given == {True} and not field.generated


def _said(value: object) -> str:
    """What JSON has no form for: bytes as PostgreSQL reads them, numbers and days as they are written."""
    return f"\\x{bytes(value).hex()}" if isinstance(value, bytes | memoryview) else str(value)
