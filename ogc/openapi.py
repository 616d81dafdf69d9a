"""The API document (OpenAPI 3.0), made of the registry: whole, so that a reader needs no other server.

Lists of features have a path for each collection, because each has its own parameters; the rest is templated. Whoever
asks sees the fields that they may ask for.
"""

from typing import Any

from django.utils.translation import gettext as _

from gis.features import MOST_ON_A_PAGE
from gis.layers import Layer

from . import caller, catalogue, systems
from .parameters import DEFAULT_LIMIT, FORMATS, LANGUAGES
from .schemas import property_schemas

MEDIA = {"json": "application/json", "html": "text/html", "geojson": "application/geo+json"}
SCHEMA_MEDIA = "application/schema+json"


def document() -> dict[str, Any]:
    """The document for the current caller, in the language of the moment."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Open map data of the municipality"),
            "description": _("Every published layer, for programs and for people (OGC API Features)."),
            "version": "1.0",
        },
        "servers": [{"url": caller.current().base}],
        "paths": _paths(),
        "components": {"parameters": _parameters(), "schemas": SCHEMAS, "responses": _responses()},
    }


def _paths() -> dict[str, Any]:
    one = [_ref("parameters", "collectionId")]
    paths = {
        "/": _get("landing", _("Landing page"), [], "json", "html"),
        "/conformance": _get("conformance", _("Conformance"), [], "json", "html"),
        "/openapi": _get("openapi", _("This document"), [], "json", "html"),
        "/collections": _get("collections", _("Collections"), [], "json", "html"),
        "/collections/{collectionId}": _get("collection", _("One collection"), one, "json", "html"),
        "/collections/{collectionId}/schema": _get("schema", _("Fields of a collection"), one, "schema", "html"),
        "/collections/{collectionId}/queryables": _get(
            "queryables", _("What a collection can be asked by"), one, "schema", "html"
        ),
    }
    for layer in catalogue.layers():
        items = f"/collections/{layer.id}/items"
        paths[items] = _get(f"items-{layer.id}", str(layer.title), _items_parameters(layer), "geojson", "html")
        paths[f"{items}/{{featureId}}"] = _get(
            f"item-{layer.id}", str(layer.title), [_ref("parameters", "featureId"), _ref("parameters", "crs")],
            "geojson", "html",
        )  # fmt: skip
    return paths


def _get(operation: str, summary: str, parameters: list[dict[str, Any]], *kinds: str) -> dict[str, Any]:
    """A path that is only read; `kinds` are what it answers."""
    what = {"geojson": "FeatureCollection" if operation.startswith("items-") else "Feature"}
    content = {
        SCHEMA_MEDIA if kind == "schema" else MEDIA[kind]: {
            "schema": {"type": "string"} if kind == "html" else _ref("schemas", what.get(kind, "Document"))
        }
        for kind in kinds
    }
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [_ref("parameters", "f"), _ref("parameters", "lang"), *parameters],
            "responses": {
                "200": {"description": summary, "content": content},
                "400": _ref("responses", "Refused"),
                "404": _ref("responses", "Refused"),
                "503": _ref("responses", "Refused"),
            },
        }
    }


def _items_parameters(layer: Layer) -> list[dict[str, Any]]:
    shared = ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after", "sortby", "properties")
    named = [_ref("parameters", name) for name in (*shared, "skipGeometry", "resulttype")]
    for name, found in property_schemas(layer, caller.current().audience).items():
        said = {key: value for key, value in found.items() if key in ("type", "format")}
        if "oneOf" in found:
            said["enum"] = [code["const"] for code in found["oneOf"]]
        named.append(_query(name, found["title"], said))
    return named


def _parameters() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    system = {"type": "string", "format": "uri", "enum": systems.uris(), "default": systems.CRS84}
    whole = {"type": "integer", "minimum": 0, "default": 0}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE, "default": DEFAULT_LIMIT}
    box = {"type": "array", "items": number, "minItems": 4, "maxItems": 6}
    hits = {"type": "string", "enum": ["results", "hits"], "default": "results"}
    collections = {"type": "string", "enum": [layer.id for layer in catalogue.layers()]}
    named: dict[str, tuple[str, dict[str, Any]]] = {
        "f": (_("The form of the answer"), {"type": "string", "enum": list(FORMATS)}),
        "lang": (_("The language of titles and sentences"), {"type": "string", "enum": list(LANGUAGES)}),
        "bbox": (_("A box that features share a point with: lower corner, upper corner"), box),
        "bbox-crs": (_("The coordinate system of bbox"), system),
        "crs": (_("The coordinate system of the answer"), system),
        "datetime": (_("A day, a time or an interval, such as 2026-01-01/.."), text),
        "limit": (_("The greatest number of features in an answer"), limit),
        "offset": (_("How many features to leave out at the beginning"), whole),
        "after": (_('Where the next page begins; the links "next" write it'), text | {"format": "uuid"}),
        "sortby": (_("Names of fields to sort by, the falling ones with - before them"), _listed(text)),
        "properties": (_("Names of the fields to answer with"), _listed(text)),
        "skipGeometry": (_("Answer without geometries"), {"type": "boolean", "default": False}),
        "resulttype": (_("The features, or only their number"), hits),
    }
    return {name: _query(name, said, schema) for name, (said, schema) in named.items()} | {
        "collectionId": _path("collectionId", _("A collection"), collections),
        "featureId": _path("featureId", _("The identifier of a feature"), text | {"format": "uuid"}),
    }


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "in": "query", "required": False, "description": description,
        "schema": schema, "style": "form", "explode": False,
    }  # fmt: skip


def _path(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _responses() -> dict[str, Any]:
    content = {MEDIA["json"]: {"schema": _ref("schemas", "Refusal")}}
    return {"Refused": {"description": _("One sentence that says what to do instead"), "content": content}}


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
SCHEMAS: dict[str, Any] = {
    "Document": {"type": "object"},
    "Link": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
    },
    "Feature": {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object"},
            "links": LINKS,
        },
    },
    "FeatureCollection": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
            "links": LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    },
    "Refusal": {
        "type": "object",
        "required": ["code", "description"],
        "properties": {
            "code": {"type": "string"},
            "description": {"type": "string"},
            "descriptions": {
                "type": "object",
                "properties": {"ar": {"type": "string"}, "en": {"type": "string"}},
            },
        },
    },
}
