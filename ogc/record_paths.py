"""The API document of the catalogue (OpenAPI 3.0), beside that of the feed and in its words."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from . import access_paths, caller, catalogue, media, openapi
from .described import Part, path, query, read, refs
from .document_schemas import LINKS, SCHEMAS
from .record_documents import CATALOGUE, LAYERS
from .record_questions import DEFAULT_LIMIT, SIGNS, SORTABLES

PAGES = (media.JSON, media.HTML)
SHARED = ("f", "lang", "bbox", "datetime", "offset")
LIST = ("q", "bbox", "datetime", "limit", "offset", "ids", "type", "externalIds", "sortby")
RECORD: Part = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties", "links", "conformsTo"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string"},
        "conformsTo": {"type": "array", "items": {"type": "string"}},
        "time": {"type": "object", "nullable": True},
        "geometry": {"type": "object", "nullable": True},
        "properties": {
            "type": "object",
            "required": ["type", "title"],
            "properties": {"type": {"type": "string"}, "title": {"type": "string"}},
        },
        "links": LINKS,
    },
}
NUMBER = {"type": "integer", "minimum": 0}
RECORDS: Part = {
    "type": "object",
    "required": ["type", "features", "numberMatched", "numberReturned"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
        "links": LINKS,
        "numberMatched": NUMBER,
        "numberReturned": NUMBER,
    },
}


def document() -> dict[str, Any]:
    """For the current caller, in the language of the moment."""
    base = caller.current().base
    site = base.removesuffix(f"/{CATALOGUE}").removesuffix(reverse("ogc-landing").rstrip("/"))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Catalogue of the map data"),
            "description": _("A record of each published layer (OGC API Records)."),
            "version": "1.0",
        },
        "servers": [{"url": base}],
        "paths": {address: {"get": operation} for address, operation in _operations().items()},
        "components": {
            "parameters": _parameters(),
            "schemas": {name: SCHEMAS[name] for name in ("Document", "Link", "Problem")}
            | {"Record": RECORD, "RecordCollection": RECORDS},
            "responses": openapi.responses(),
            "securitySchemes": access_paths.schemes(site),
        },
        "security": access_paths.security(),
    }


def _operations() -> dict[str, Part]:
    what, one = f"/collections/{LAYERS}", refs("parameters", ["recordId"])
    records = {media.GEOJSON: "RecordCollection", media.HTML: ""}
    return {
        "/": read("landing", _("Landing page"), [], PAGES),
        "/conformance": read("conformance", _("Conformance"), [], PAGES),
        "/openapi": read("openapi", _("This document"), [], (media.OPENAPI, media.HTML)),
        "/collections": read("collections", _("Collections"), [], PAGES),
        what: read("collection", _("One collection"), [], PAGES),
        f"{what}/sortables": read("sortables", _("What a collection can be sorted by"), [], (media.SCHEMA, media.HTML)),
        f"{what}/items": read("records", _("Records"), refs("parameters", LIST), records),
        f"{what}/items/{{recordId}}": read("record", _("One record"), one, {media.GEOJSON: "Record", media.HTML: ""}),
        f"{what}/items/{{recordId}}/quality": read("quality", _("Quality report"), one, PAGES),
    }


def _parameters() -> Part:
    shared, text = openapi.parameters(), {"type": "string"}
    names = {"type": "array", "minItems": 1, "items": text | {"format": "record"}}
    order = {"type": "array", "minItems": 1, "items": text | {"enum": [s + name for name in SORTABLES for s in SIGNS]}}
    known = {"type": "string", "enum": [layer.id for layer in catalogue.shown()]}
    limit = shared["limit"]["schema"] | {"default": DEFAULT_LIMIT}
    return {name: shared[name] for name in SHARED} | {
        "q": query(
            "q", _("Words that records say, in either language, in this order; a comma parts alternatives"), text
        ),
        "limit": query("limit", shared["limit"]["description"], limit),
        "ids": query("ids", _("Identifiers of records"), names),
        "type": query("type", _("Kinds of records; all are of the kind dataset"), names),
        "externalIds": query("externalIds", _("Identifiers of layers in the feed, such as collection:parcels"), names),
        "sortby": query("sortby", _("What to sort by, with - before it falling"), order),
        "recordId": path("recordId", _("The identifier of a record"), known),
    }
