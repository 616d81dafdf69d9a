"""A valid row of any model, made from its declaration: tests over all tables need no factory for each."""

import datetime
import uuid
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import models

_numbers = count(1)

# What a check constraint asks for and the field's type does not tell.
SPECIAL: dict[str, Any] = {
    "weekdays": "12347",
    "closes": datetime.time(15),
    "ends": datetime.time(15),
    "working_crs": "EPSG:32640",
    "accounts.Party.civil_no": "",
    "reports.Reporter.name": "x",
    "addressing.AddressUnit.area_ar": "x",
    "spatial.Delivery.layer": "parcels",
    "spatial.ImportRun.layer": "parcels",
    "spatial.SavedMapping.layer": "parcels",
}

SHAPES = {
    "POINT": "POINT({x} {y})",
    "MULTIPOINT": "MULTIPOINT({x} {y})",
    "LINESTRING": "LINESTRING({x} {y}, {x1} {y1})",
    "MULTILINESTRING": "MULTILINESTRING(({x} {y}, {x1} {y1}))",
    "POLYGON": "POLYGON(({x} {y}, {x1} {y}, {x1} {y1}, {x} {y1}, {x} {y}))",
    "MULTIPOLYGON": "MULTIPOLYGON((({x} {y}, {x1} {y}, {x1} {y1}, {x} {y1}, {x} {y})))",
    "GEOMETRY": "POINT({x} {y})",
}


def begin_again() -> None:
    """In a new database: rows lie where they lie whatever was made before in this process."""
    global _numbers
    _numbers = count(1)


def make(model: type[models.Model], *, using: str = "owner", authority: Any = None, **given: Any) -> Any:
    """Store a row of `model` for `authority`; what is not given follows from the field's type. Parents are made too.

    The caller opens `acting_as` for the authorities concerned.
    """
    values = dict(given)
    for field in model._meta.concrete_fields:
        if field.name in values or isinstance(field, models.AutoField):
            continue
        if field.name == "authority":
            values["authority"] = authority
        elif field.name == "authority_id":  # the spatial core names no app: its key is a plain one
            values["authority_id"] = authority.id
        elif isinstance(field, models.ForeignKey):
            if not field.null:
                values[field.name] = make(field.related_model, using=using, authority=authority)
        elif (special := _special(model, field)) is not None:
            values[field.name] = special
        elif not _optional(field):
            values[field.name] = value_for(field)
    values = {name: value for name, value in values.items() if _takes(model, name)}
    return model._base_manager.using(using).create(**values)


def value_for(field: Any) -> Any:
    """A value the field accepts, new at each call."""
    number = next(_numbers)
    if isinstance(field, GeometryField):
        return square(number, field.geom_type)
    if field.choices:
        return field.choices[0][0]
    by_type: list[tuple[type, Any]] = [
        (models.SlugField, f"s{number}"),
        (models.EmailField, f"e{number}@example.org"),
        (models.BinaryField, b"x"),
        (models.CharField, f"{number}"[-(field.max_length or 9) :]),
        (models.TextField, f"t{number}"),
        (models.FileField, f"{number}.jpg"),
        (models.UUIDField, uuid.uuid4()),
        (models.BooleanField, True),
        (models.DateTimeField, datetime.datetime.now(tz=datetime.UTC)),
        (models.DateField, datetime.date(2025, 1, 1)),
        (models.TimeField, datetime.time(8)),
        (models.DecimalField, Decimal(1)),
        (models.FloatField, 1.0),
        (models.IntegerField, 1),
        (models.JSONField, {}),
    ]
    for kind, value in by_type:
        if isinstance(field, kind):
            return value
    raise TypeError(f"no value for {field!r}: teach tests/rows.py this type")


def square(number: int, kind: str = "MULTIPOLYGON") -> GEOSGeometry:
    """A small shape of its own place: squares of ten metres, a hundred metres apart, off any coast."""
    x, y = 60 + (number % 1000) / 1000, 10 + (number // 1000) / 1000
    text = SHAPES[kind].format(x=x, y=y, x1=x + 0.0001, y1=y + 0.0001)
    return GEOSGeometry(f"SRID=4326;{text}")


def _special(model: type[models.Model], field: Any) -> Any:
    return SPECIAL.get(f"{model._meta.label}.{field.name}", SPECIAL.get(field.name))


def _optional(field: Any) -> bool:
    has_default = field.has_default() or field.db_default is not models.NOT_PROVIDED
    return bool(has_default or field.null or field.generated or getattr(field, "auto_now_add", False))


def _takes(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)
