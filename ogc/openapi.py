"""The API document (OpenAPI 3.0), made of the registry: whole, so that a reader needs no other server.

Addresses are templated over the collections, so it stays small however many there are. The fields of a collection,
which its items can be asked by too, are in its schema and queryables.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis.features import MOST_ON_A_PAGE

from . import (
    access_paths,
    caller,
    catalogue,
    changes,
    export_paths,
    formats,
    media,
    process_paths,
    question_paths,
    systems,
    tile_paths,
    writing_paths,
)
from .described import Part, path, query, read, ref, refs
from .document_schemas import SCHEMAS
from .formats import LARGEST
from .parameters import DEFAULT_LIMIT, FARTHEST, FILTER_LANGUAGES, FORMATS, LANGUAGES

PAGES = (media.JSON, media.HTML)
ITEMS = (
    "bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "q", "limit", "offset", "after", "sortby",
    "properties", "skipGeometry", "crs", "as-of", "resulttype",
)  # fmt: skip


def document() -> dict[str, Any]:
    """The document for the current caller, in the language of the moment."""
    base = caller.current().base
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Open map data of the municipality"),
            "description": _("Every published layer, for programs and for people (OGC API Features)."),
            "version": "1.0",
        },
        "servers": [{"url": base}],
        "paths": _paths(),
        "components": {
            "parameters": parameters(),
            "schemas": SCHEMAS | _collections(),
            "responses": responses(),
            "securitySchemes": access_paths.schemes(base.removesuffix(reverse("ogc-landing").rstrip("/"))),
        },
        "security": access_paths.security(),
    }


def _paths() -> Part:
    one, what = refs("parameters", ["collectionId"]), "/collections/{collectionId}"
    fields = (media.SCHEMA, media.HTML)
    found = {
        "/": read("landing", _("Landing page"), [], PAGES),
        "/conformance": read("conformance", _("Conformance"), [], PAGES),
        "/openapi": read("openapi", _("This document"), [], (media.OPENAPI, media.HTML)),
        "/collections": read("collections", _("Collections"), [], PAGES),
        what: read("collection", _("One collection"), one, PAGES),
        f"{what}/schema": read("schema", _("Fields of a collection"), one, fields),
        f"{what}/queryables": read("queryables", _("What a collection can be asked by"), one, fields),
        f"{what}/sortables": read("sortables", _("What a collection can be sorted by"), one, fields),
        f"{what}/changes": changes.described(),
        f"{what}/items": _items(one),
        f"{what}/items/{{featureId}}": _item(one),
    }
    addresses = {address: {"get": operation} for address, operation in found.items()}
    for address, methods in writing_paths.methods().items():
        addresses[address] |= methods
    items = addresses[f"{what}/items"]
    items["post"] = question_paths.beside(items["post"], items["get"], ITEMS)
    addresses |= export_paths.methods() | process_paths.paths()
    return addresses | {address: {"get": operation} for address, operation in tile_paths.operations().items()}


def _items(one: list[Part]) -> Part:
    files = {one.media: "" for one in formats.FORMATS.values()}
    kinds = {media.GEOJSON: "FeatureCollection", media.HTML: "", **files, formats.JSON_FG.media: "FeatureCollection"}
    described = read("items", _("Features of a collection"), [*one, *refs("parameters", ITEMS)], kinds)
    fields = _("The fields of the collection's queryables can be given as parameters too: field=value.")
    whole = _(
        "Without limit, JSON-FG, CSV, FlatGeobuf, GeoPackage and GeoParquet hold all that is asked for; of the last"
        " three, what has more than %(most)s features is made in the background."
    )
    described["parameters"][0] = ref("parameters", "f-items")
    made = _("The file is made in the background; Location tells where to look")
    described["responses"] |= {"202": {"description": made}}
    return described | {"description": f"{fields} {whole % {'most': f'{LARGEST:,}'}}"}


def _item(one: list[Part]) -> Part:
    kinds = {media.GEOJSON: "Feature", media.HTML: ""}
    named = refs("parameters", ["featureId", "crs", "as-of"])
    return read("item", _("One feature"), [*one, *named], kinds)


def _collections() -> Part:
    return {"CollectionId": {"type": "string", "enum": [layer.id for layer in catalogue.layers()]}}


def parameters() -> Part:
    """Every parameter by its name, to refer to."""
    text, number = {"type": "string"}, {"type": "number"}
    system = {"type": "string", "format": "uri", "enum": systems.uris(), "default": systems.CRS84}
    whole = {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE, "default": DEFAULT_LIMIT}
    box = {"type": "array", "items": number, "minItems": 4, "maxItems": 6}
    box["oneOf"] = [{"minItems": size, "maxItems": size} for size in (4, 6)]
    hits = {"type": "string", "enum": ["results", "hits"], "default": "results"}
    written = {"type": "string", "enum": writing_paths.collections()}
    languages = {"type": "string", "enum": list(FILTER_LANGUAGES), "default": FILTER_LANGUAGES[0]}
    names = {"type": "array", "minItems": 1, "items": text | {"minLength": 1, "format": "field"}}
    most = {"most": f"{MOST_ON_A_PAGE:,}"}
    named: dict[str, tuple[str, Part]] = {
        "f": (_("The form of the answer"), {"type": "string", "enum": list(FORMATS)}),
        "lang": (_("The language of titles and sentences"), {"type": "string", "enum": list(LANGUAGES)}),
        "bbox": (_("A box that features share a point with: lower corner, upper corner"), box),
        "bbox-crs": (_("The coordinate system of bbox"), system),
        "crs": (_("The coordinate system of the answer"), system),
        "datetime": (_("A day, a time or an interval, such as 2026-01-01/.."), text | {"format": "interval"}),
        "limit": (_("The greatest number of features in an answer; above %(most)s as %(most)s") % most, limit),
        "offset": (_("How many features to leave out at the beginning"), whole),
        "after": (_('Where the next page begins; the links "next" write it'), text | {"format": "cursor"}),
        "sortby": (_("Names of fields to sort by, the falling ones with - before them"), names),
        "properties": (_("Names of the fields to answer with"), names),
        "skipGeometry": (_("Answer without geometries"), {"type": "boolean", "default": False}),
        "filter": (_("A condition in CQL2 over the fields and the geometry"), text | {"format": "cql2"}),
        "filter-lang": (_("How the filter is written"), languages),
        "filter-crs": (_("The coordinate system of the filter"), system),
        "as-of": (_("A past time: the answer is what was recorded then"), text | {"format": "date-time"}),
        "q": (_("Words that features say, in either script; a comma parts alternatives"), text),
        "resulttype": (_("The features, or only their number"), hits),
    }
    forms = {"type": "string", "enum": [*FORMATS, *formats.FORMATS]}
    return {name: query(name, said, schema) for name, (said, schema) in named.items()} | {
        "f-items": query("f", named["f"][0], forms),
        "collectionId": path("collectionId", _("A collection"), ref("schemas", "CollectionId")),
        "writtenId": path("collectionId", _("A collection that is written"), written),
        "exportId": path("exportId", _("The number that the file was given"), text | {"format": "uuid"}),
        "featureId": path("featureId", _("The identifier of a feature"), text | {"format": "uuid"}),
    }


def responses() -> Part:
    """The answer to what cannot be answered."""
    content = {media.PROBLEM: {"schema": ref("schemas", "Problem")}, media.HTML: {"schema": {"type": "string"}}}
    return {"Refused": {"description": _("One sentence that says what to do instead"), "content": content}}
