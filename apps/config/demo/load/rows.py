"""Shapes for the database, and many rows at once."""

from collections.abc import Iterable
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Model
from shapely import Geometry, MultiPolygon, Polygon

from ..frame import Frame

BATCH = 1000


def stored(frame: Frame, shape: Geometry) -> Any:
    """The shape in EPSG:4326."""
    return GEOSGeometry(memoryview(shapely.to_wkb(frame.stored(shape))), srid=4326)


def areas(frame: Frame, shape: Polygon | MultiPolygon) -> Any:
    """The shape in EPSG:4326 as a multipolygon, which is what the tables keep."""
    return stored(frame, shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape]))


def add[M: Model](model: type[M], rows: Iterable[M]) -> list[M]:
    """Insert the rows. Their ids are asked for first: bulk_create does not bring back those the database gives."""
    made = list(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gis_uuid7() FROM generate_series(1, %s)", [len(made)])
        for row, (key,) in zip(made, cursor.fetchall(), strict=True):
            row.pk = key
    added: list[M] = model._base_manager.bulk_create(made, batch_size=BATCH)
    return added
