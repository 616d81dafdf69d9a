"""What can be asked of a collection and what it answers (OGC API Features parts 3 and 5): JSON Schema of its layer.

Both are our own: pygeoapi's carry column names for titles, and no codes.
"""

from typing import Any

from django.utils.translation import gettext as _

from gis import published
from gis.features.ordering import sortable
from gis.layers import Audience, Field, Layer
from gis.writing.receivables import receivables

DRAFT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[published.Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "texts": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
}
GEOMETRIES = {
    "POINT": "geometry-point",
    "LINESTRING": "geometry-linestring",
    "POLYGON": "geometry-polygon",
    "MULTIPOINT": "geometry-multipoint",
    "MULTILINESTRING": "geometry-multilinestring",
    "MULTIPOLYGON": "geometry-multipolygon",
}


def property_schemas(layer: Layer, audience: Audience) -> dict[str, dict[str, Any]]:
    """Each published field that the audience sees, in the language of the moment."""
    declared = {field.name: field for field in layer.fields_for(audience)}
    return {
        name: _property(declared.get(name), kind) | ({"x-ogc-role": "primary-instant"} if name == layer.when else {})
        for name, kind in published.properties(layer, audience).items()
    }


def geometry_schema(layer: Layer, audience: Audience) -> dict[str, Any]:
    """The geometry, by the type that the audience gets."""
    kind = GEOMETRIES.get(layer.geometry_type(audience), "geometry-any")
    return {"title": _("Geometry"), "format": kind, "x-ogc-role": "primary-geometry"}


def schema(layer: Layer, audience: Audience, address: str) -> dict[str, Any]:
    """What a feature of the collection says, and of that what may be written: all that is not `readOnly`."""
    taken = {one.name: one for one in receivables(layer, Audience.OFFICER)}
    found = property_schemas(layer, audience)
    for name, said in found.items():
        said |= {"readOnly": True} if name not in taken else {}
    geometry = geometry_schema(layer, audience) | ({} if taken else {"readOnly": True})
    identifier = {"title": _("Identifier"), "type": "string", "format": "uuid", "x-ogc-role": "id", "readOnly": True}
    required = [name for name, one in taken.items() if one.required and name in found]
    document = _object(layer, address, {"id": identifier, "geometry": geometry, **found})
    return document | ({"required": required} if required else {}) | {"additionalProperties": False}


def sortables(layer: Layer, audience: Audience, address: str) -> dict[str, Any]:
    """What features may be sorted by. Nothing else is taken."""
    known = sortable(published.properties(layer, audience))
    found = {name: said for name, said in property_schemas(layer, audience).items() if name in known}
    return _object(layer, address, found) | {"additionalProperties": False}


def queryables(layer: Layer, audience: Audience, address: str) -> dict[str, Any]:
    """What may be a parameter of the collection's items. Nothing else is taken."""
    found = {"geometry": geometry_schema(layer, audience), **property_schemas(layer, audience)}
    return _object(layer, address, found) | {"additionalProperties": False}


def _object(layer: Layer, address: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DRAFT, "$id": address, "type": "object", "title": str(layer.title), "properties": properties}


def _property(field: Field | None, kind: published.Kind) -> dict[str, Any]:
    if field is None:
        return {"title": _("Authority")} | KINDS[kind]
    found: dict[str, Any] = {"title": str(field.title)} | KINDS[kind]
    if field.codes is not None:
        codes = {"oneOf": [{"const": code, "title": str(title)} for code, title in field.codes.choices]}
        found |= {"items": found["items"] | codes} if kind == "texts" else codes
    if field.unit:
        found["x-ogc-unit"] = field.unit
    return found
