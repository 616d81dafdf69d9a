"""The pages for people, in the place of pygeoapi's own, which fetch scripts from other servers and know no Arabic."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis import published
from gis.layers import Layer

from . import caller, catalogue, openapi
from .documents import Feature, Features, parse, tidy

TEMPLATES = {
    "landing_page.html": "ogc/landing.html",
    "conformance.html": "ogc/conformance.html",
    "openapi/swagger.html": "ogc/openapi.html",
    "collections/index.html": "ogc/collections.html",
    "collections/collection.html": "ogc/collection.html",
    "collections/schema.html": "ogc/fields.html",
    "collections/queryables.html": "ogc/fields.html",
    "collections/items/index.html": "ogc/items.html",
    "collections/items/item.html": "ogc/item.html",
    "exception.html": "ogc/refusal.html",
}

# Rows on a page: a template takes seconds for what a document carries in tenths, and nobody reads more at once.
MOST_ROWS = 500

HEADINGS = {
    "conformance.html": gettext_lazy("Standards that are met"),
    "openapi/swagger.html": gettext_lazy("What can be asked, for programmers"),
    "collections/index.html": gettext_lazy("Collections"),
    "exception.html": gettext_lazy("This cannot be answered"),
}


def render(_config: Any, _templates: Any, template: str, data: dict[str, Any], _locale: Any = None) -> str:
    """A page of pygeoapi's, from our template of the same purpose."""
    tidy(data)
    now = caller.current()
    title = data.get("title") or HEADINGS.get(template, "")
    context: dict[str, Any] = {"page": settings.OGC_PAGE, "base": now.base, "data": data, "title": title}
    if template == "openapi/swagger.html":
        context["document"] = openapi.document()
    elif isinstance(data.get("features"), Features):
        context |= _list(_layer(data["dataset_path"]), data["features"])
    elif isinstance(data, Feature):
        context |= _one(_layer(data["links"][-1]["href"]), data)
    return render_to_string(TEMPLATES[template], context, request=now.request)


def _layer(collection_address: str) -> Layer:
    layer = catalogue.layer_of(collection_address.rsplit("/", 1)[1])
    if layer is None:
        raise LookupError(collection_address)
    return layer


def _list(layer: Layer, features: Features) -> dict[str, Any]:
    titles = dict(_titles(layer))
    rows = [
        {"id": feature["id"], "cells": [_text(layer, name, feature["properties"].get(name)) for name in titles]}
        for feature in features
    ]
    return {"layer": layer, "title": layer.title, "titles": list(titles.values()), "rows": rows}


def _one(layer: Layer, feature: Feature) -> dict[str, Any]:
    said = parse(feature.text)
    facts = [(title, _text(layer, name, said["properties"].get(name))) for name, title in _titles(layer)]
    label = _text(layer, layer.label, said["properties"].get(layer.label))
    return {"layer": layer, "title": label or layer.title, "feature_id": said["id"], "facts": facts}


def _titles(layer: Layer) -> Iterator[tuple[str, str]]:
    audience = caller.current().audience
    declared = {field.name: str(field.title) for field in layer.fields_for(audience)}
    for name in published.properties(layer, audience):
        yield name, declared.get(name) or _("Authority")


def _text(layer: Layer, name: str, value: Any) -> str:
    """A value as it is said: the title of a code, else as it is written."""
    field = next((field for field in layer.fields if field.name == name), None)
    if field is not None and field.codes is not None:
        return str(dict(field.codes.choices).get(value, value or ""))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
