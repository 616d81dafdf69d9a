"""The catalogue as documents (OGC API Records part 1): landing page, its one collection, a record of each layer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gis.layers import Layer

from . import caller, catalogue, formats, media, parameters
from .items import address_with
from .record_questions import KIND, SCHEME, SORTABLES, Entry, Question
from .record_words import CLASSES, LANGUAGES, RECORD_CORE, TOPIC_SCHEME, TOPICS
from .relations import RELATIONS, link, to_tiles
from .schemas import DRAFT

LAYERS = "layers"
CATALOGUE = "catalogue"
QUALITY = "urn:x-baladiya:rel:quality"  # relation of a record to its report: no standard has one
SPDX = "https://spdx.org/licenses/"
MOMENTS = ("created", "updated")

Document = dict[str, Any]


def landing() -> Document:
    here = caller.current().base
    return {
        "title": _("Catalogue of the map data"),
        "description": _("What is published, how new and how good it is, under which licence and from whom."),
        "links": [
            *_both(f"{here}/"),
            link("service-desc", media.OPENAPI, f"{here}/openapi?f=json", _("What can be asked, for programmers")),
            link("service-doc", media.HTML, f"{here}/openapi?f=html", _("What can be asked, for programmers")),
            link("conformance", media.JSON, f"{here}/conformance?f=json", _("Standards that are met")),
            link("data", media.JSON, f"{here}/collections?f=json", _("Collections")),
        ],
    }


def conformance() -> Document:
    return {"conformsTo": list(CLASSES)}


def collections() -> Document:
    here = f"{caller.current().base}/collections"
    return {"links": _both(here), "collections": [collection()]}


def collection() -> Document:
    """The one collection: records of all layers that the caller may see."""
    here = f"{caller.current().base}/collections/{LAYERS}"
    sortables = link(catalogue.SORTABLES, media.SCHEMA, f"{here}/sortables", _("What a collection can be sorted by"))
    return {
        "id": LAYERS,
        "type": "Collection",
        "itemType": "record",
        "title": _("Layers"),
        "description": _("A record of each published layer."),
        "conformsTo": [one for one in CLASSES if "ogcapi-records" in one],
        "language": LANGUAGES[str(get_language())],
        "languages": list(LANGUAGES.values()),
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "contacts": [_contact()],
        "links": [
            *_both(here),
            link("items", media.GEOJSON, f"{here}/items?f=json", _("Records")),
            link("items", media.HTML, f"{here}/items?f=html", _("Records")),
            sortables,
        ],
    }


def sortables() -> Document:
    """What records may be sorted by, as JSON Schema."""
    here = f"{caller.current().base}/collections/{LAYERS}/sortables"
    titles = {"id": _("Identifier"), "type": _("Kind"), "title": _("Title")}
    titles |= {"created": _("Kept since"), "updated": _("Last change")}
    properties = {
        name: {"title": titles[name], "type": "string"} | ({"format": "date-time"} if name in MOMENTS else {})
        for name in SORTABLES
    }
    about = {"$schema": DRAFT, "$id": here, "type": "object", "title": _("Layers"), "properties": properties}
    return about | {"additionalProperties": False}


def page(entries: list[Entry], question: Question, given: Mapping[str, str]) -> Document:
    """The records of one page, out of all that match."""
    here = f"{caller.current().base}/collections/{LAYERS}/items"
    first, limit = question.first, question.limit
    listed = entries[first : first + limit]
    links = [
        link("self", media.GEOJSON, address_with(here, {**given, "f": "json"})),
        link("alternate", media.HTML, address_with(here, {**given, "f": "html"})),
        link("collection", media.JSON, here.removesuffix("/items")),
    ]
    if len(entries) > first + limit:
        after = address_with(here, {**given, "offset": str(first + limit)})
        links.append(link("next", media.GEOJSON, after, _("Next page")))
    if first:
        before = address_with(here, {**given, "offset": str(max(0, first - limit))})
        links.append(link("prev", media.GEOJSON, before, _("Previous page")))
    return {
        "type": "FeatureCollection",
        "numberMatched": len(entries),
        "numberReturned": len(listed),
        "features": [record(entry) for entry in listed],
        "links": links,
    }


def record(entry: Entry) -> Document:
    """A layer as a record, in the language of the moment and with its title in both."""
    layer = entry.layer
    return {
        "id": layer.id,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "time": {"interval": [entry.span[0], entry.span[1] or ".."]} if entry.span else None,
        "geometry": _outline(entry.box),
        "properties": _properties(entry),
        "links": [*_own_links(layer), *_data_links(layer), *_licence_links()],
    }


def _properties(entry: Entry) -> Document:
    layer = entry.layer
    moments = {name: _written(moment) for name in MOMENTS if (moment := getattr(entry, name))}
    files = [{"name": "GeoJSON", "mediaType": media.GEOJSON}]
    files += [{"name": str(one.title), "mediaType": one.media} for one in formats.FORMATS.values()]
    return {
        "type": KIND,
        "title": str(layer.title),
        "description": catalogue.description(layer),
        "titles": _in_both(layer, "title"),
        "descriptions": _in_both(layer, "description"),
        "language": LANGUAGES[str(get_language())],
        "languages": list(LANGUAGES.values()),
        "keywords": [layer.id, *(str(TOPICS[topic]) for topic in layer.topics)],
        **({"themes": [_theme(layer)]} if layer.topics else {}),
        **moments,
        "formats": [*files, {"name": "Mapbox Vector Tiles", "mediaType": media.TILE}],
        "contacts": [_contact()],
        "externalIds": [{"scheme": SCHEME, "value": layer.id}],
        **_licence(),
    }


def _in_both(layer: Layer, what: str) -> dict[str, str]:
    told = {}
    for language in parameters.LANGUAGES:
        with override(language):
            told[language] = str(layer.title) if what == "title" else catalogue.description(layer)
    return told


def _theme(layer: Layer) -> Document:
    concepts = [{"id": topic, "title": str(TOPICS[topic])} for topic in layer.topics]
    return {"concepts": concepts, "scheme": TOPIC_SCHEME}


def _contact() -> Document:
    names = {"ar": settings.DATA_PUBLISHER_AR, "en": settings.DATA_PUBLISHER_EN}
    name = names.get(str(get_language())) or names["ar"] or names["en"] or _("The municipality")
    mails = [{"value": settings.DATA_CONTACT}] if settings.DATA_CONTACT else []
    site = {"rel": "about", "type": media.HTML, "href": settings.SITE_ADDRESS}
    return {"organization": name, "roles": ["publisher", "pointOfContact"], "links": [site]} | (
        {"emails": mails} if mails else {}
    )


def _licence() -> Document:
    """By the identifier of SPDX's list; one of the operator's own is "other", and linked to."""
    if not settings.DATA_LICENCE:
        return {"rights": _("No licence has been declared yet: ask the publisher before you pass the data on.")}
    return {"license": "other" if "://" in settings.DATA_LICENCE else settings.DATA_LICENCE}


def _licence_links() -> list[Document]:
    if not settings.DATA_LICENCE:
        return []
    address = settings.DATA_LICENCE if "://" in settings.DATA_LICENCE else f"{SPDX}{settings.DATA_LICENCE}.html"
    return [link("license", media.HTML, address, _("Licence"))]


def _own_links(layer: Layer) -> list[Document]:
    here = f"{caller.current().base}/collections/{LAYERS}"
    mine = f"{here}/items/{layer.id}"
    language = str(get_language())
    return [
        link("self", media.GEOJSON, f"{mine}?f=json&lang={language}") | {"hreflang": language},
        *(
            link("alternate", kind, f"{mine}?f={form}&lang={one}", str(LANGUAGES[one]["name"])) | {"hreflang": one}
            for one in parameters.LANGUAGES
            for form, kind in (("json", media.GEOJSON), ("html", media.HTML))
            if (form, one) != ("json", language)
        ),
        link("collection", media.JSON, here),
        link(QUALITY, media.JSON, f"{mine}/quality?f=json", _("Quality report")),
    ]


def _data_links(layer: Layer) -> list[Document]:
    feed = caller.current().base.removesuffix(f"/{CATALOGUE}")
    here = f"{feed}/collections/{layer.id}"
    files = [
        link("enclosure", one.media, f"{here}/items?f={one.name}", str(one.title)) for one in formats.FORMATS.values()
    ]
    return [
        link("describes", media.JSON, f"{here}?f=json", _("One collection")),
        link("item", media.GEOJSON, f"{here}/items?f=json", _("Features of a collection")),
        link("describedby", media.SCHEMA, f"{here}/schema?f=json", _("Fields of a collection")),
        link(f"{RELATIONS}queryables", media.SCHEMA, f"{here}/queryables?f=json", _("What can be asked")),
        link(catalogue.CHANGES, media.JSON, f"{here}/changes", _("What has changed, for whoever keeps a copy")),
        *to_tiles(here),
        *files,
    ]


def _outline(box: tuple[float, float, float, float] | None) -> Document | None:
    if box is None:
        return None
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _both(here: str) -> list[Document]:
    return [link("self", media.JSON, f"{here}?f=json"), link("alternate", media.HTML, f"{here}?f=html")]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
