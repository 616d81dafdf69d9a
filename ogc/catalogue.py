"""What pygeoapi takes for its configuration: a mapping made from the layer registry, nothing written down twice.

Titles are in the language of the moment and extents come from the data, so resources are made when they are asked for.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Self

from django.core.cache import cache
from django.utils.translation import gettext as _

from gis import changes
from gis.features import DEGREE_DIGITS
from gis.features import reading as features
from gis.layers import Audience, Layer, registry
from gis.published import TookTooLong

from . import caller, formats, media, systems, times
from .relations import to_record, to_tiles

SORTABLES = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
CHANGES = "urn:x-baladiya:rel:changes"  # relation of a collection to its changes (`ogc.changes`): no standard has one
EXTENT_SECONDS = 300
WORLD = (-180.0, -90.0, 180.0, 90.0)

Box = tuple[float, float, float, float]
Extent = tuple[Box | None, tuple[str, str | None] | None]


def layers() -> list[Layer]:
    """The layers that are collections: all but those that only draw the base map."""
    return [layer for layer in registry if not layer.base_map]


def shown() -> list[Layer]:
    """Those of them that there are for the current caller."""
    return [layer for layer in layers() if layer.is_open(caller.audience())]


def layer_of(collection: str) -> Layer | None:
    """The layer of a collection; None where there is no such collection."""
    layer = registry.get(collection)
    return None if layer is None or layer.base_map else layer


class Resources(Mapping[str, dict[str, Any]]):
    """The collections by id. One object serves all requests; nothing of it is kept between two look-ups."""

    def __getitem__(self, collection: str) -> dict[str, Any]:
        layer = layer_of(collection)
        if layer is None or not layer.is_open(caller.audience()):
            raise KeyError(collection)
        return _resource(layer)

    def __iter__(self) -> Iterator[str]:
        return iter([layer.id for layer in shown()])

    def __len__(self) -> int:
        return len(shown())

    def __deepcopy__(self, memo: object) -> Self:
        return self


class Extents(Mapping[str, Any]):
    """The extents of a layer, measured when a copy is made.

    pygeoapi looks for "temporal" here to refuse a `datetime` outside it, which is no error: only the copy, from which
    it describes the collection, has it.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        box, span = measure(self.layer)
        extents: dict[str, Any] = {"spatial": {"bbox": list(box or WORLD), "crs": systems.CRS84}}
        if span:
            end = span[1] and times.written(span[1], last=True)
            extents["temporal"] = {"begin": times.written(span[0]), "end": end}
        return extents


def measure(layer: Layer) -> Extent:
    """Box and span of time of what the caller sees, remembered for a few minutes; an officer's for each alone.

    Where there is too much to measure in time, the box is that of the layers under it: jurisdictions lie at the bottom.
    """
    now = caller.current()
    whose = now.audience.schema
    if now.audience is Audience.OFFICER:
        whose = f"{whose}:{now.request.user.pk}"
    elif now.audience.scope is not None:
        whose = f"{whose}:{now.audience.scope.key}"
    # What an authority has just switched off must not be told for minutes by a remembered box.
    key = f"ogc-extent:{layer.id}:{whose}:{changes.opening(layer, now.audience)}"
    found: Extent | None = cache.get(key)
    if found is None:
        try:
            found = (_outwards(features.extent(layer, now.audience)), features.span(layer, now.audience))
        except TookTooLong:
            found = (_around(layer), None)
        cache.set(key, found, EXTENT_SECONDS)
    return found


def _outwards(box: Box | None) -> Box | None:
    """The box in the digits that features are written with, so that none of them lies outside by the last one."""
    if box is None:
        return None
    west, south, east, north = (number * 10**DEGREE_DIGITS for number in box)
    whole = (math.floor(west), math.floor(south), math.ceil(east), math.ceil(north))
    return tuple(number / 10**DEGREE_DIGITS for number in whole)


def _around(layer: Layer) -> tuple[float, float, float, float] | None:
    boxes = [box for under in shown() if under.order < layer.order for box, _span in [measure(under)] if box]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def description(layer: Layer) -> str:
    """What the layer says of itself, or one sentence that says what it is."""
    return str(layer.description) or _("%(title)s, as the municipality publishes them.") % {"title": layer.title}


def _resource(layer: Layer) -> dict[str, Any]:
    return {
        "type": "collection",
        "title": str(layer.title),
        "description": description(layer),
        "keywords": [layer.id],
        "links": [*to_tiles(f"{caller.current().base}/collections/{layer.id}"), *_links(layer)],
        "extents": Extents(layer),
        "providers": [
            {
                "type": "feature",
                "name": "ogc.provider.LayerProvider",
                "data": layer.id,
                "id_field": "id",
                "crs": systems.uris(),
                "storage_crs": systems.CRS84,
                # Names that are no field's are refused at the door; the rest goes to our provider.
                "include_extra_query_parameters": True,
            }
        ],
    }


def _links(layer: Layer) -> list[dict[str, Any]]:
    """Those that pygeoapi does not make itself."""
    here = f"{caller.current().base}/collections/{layer.id}"
    told = (
        (CHANGES, media.JSON, _("What has changed, for whoever keeps a copy"), "changes"),
        (SORTABLES, media.SCHEMA, _("What a collection can be sorted by"), "sortables"),
    )
    files = [("enclosure", one.media, str(one.title), f"items?f={one.name}") for one in formats.FORMATS.values()]
    # Of a file whose length is not told pygeoapi asks the server, which is this one; below 0 it does not say it either.
    return [
        {"rel": rel, "type": kind, "title": title, "href": f"{here}/{name}", "length": -1}
        for rel, kind, title, name in (*told, *files)
    ] + [to_record(caller.current().base, layer.id) | {"length": -1}]
