"""The pages for people, in the place of pygeoapi's own, which fetch scripts from other servers and know no Arabic."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis import published
from gis.layers import Layer

from . import caller, items, openapi
from .documents import parse, tidy
from .items import Asked

TEMPLATES = {
    "landing_page.html": "ogc/landing.html",
    "conformance.html": "ogc/conformance.html",
    "openapi/swagger.html": "ogc/openapi.html",
    "collections/index.html": "ogc/collections.html",
    "collections/collection.html": "ogc/collection.html",
    "collections/schema.html": "ogc/fields.html",
    "collections/queryables.html": "ogc/fields.html",
    "collections/sortables.html": "ogc/fields.html",
    "exception.html": "ogc/refusal.html",
    "tiles/matrix_sets.html": "ogc/matrix_sets.html",
    "tiles/matrix_set.html": "ogc/matrix_set.html",
    "tiles/tilesets.html": "ogc/tilesets.html",
    "tiles/tileset.html": "ogc/tileset.html",
    "processes/index.html": "ogc/processes.html",
    "processes/process.html": "ogc/process.html",
    "jobs/index.html": "ogc/jobs.html",
    "jobs/job.html": "ogc/job.html",
    "jobs/results.html": "ogc/results.html",
    "catalogue/landing.html": "ogc/catalogue.html",
    "catalogue/openapi.html": "ogc/openapi.html",
    "catalogue/collections.html": "ogc/collections.html",
    "catalogue/collection.html": "ogc/record_collection.html",
    "catalogue/records.html": "ogc/records.html",
    "catalogue/record.html": "ogc/record.html",
    "catalogue/quality.html": "ogc/quality.html",
}

# Rows on a page: a template takes seconds for what a document carries in tenths, and nobody reads more at once.
MOST_ROWS = 500

HEADINGS = {
    "conformance.html": gettext_lazy("Standards that are met"),
    "openapi/swagger.html": gettext_lazy("What can be asked, for programmers"),
    "collections/index.html": gettext_lazy("Collections"),
    "tiles/matrix_sets.html": gettext_lazy("How tiles are cut"),
    "processes/index.html": gettext_lazy("What can be computed"),
    "jobs/index.html": gettext_lazy("Your jobs"),
    "jobs/job.html": gettext_lazy("A job"),
    "jobs/results.html": gettext_lazy("The answer"),
    "catalogue/openapi.html": gettext_lazy("What can be asked, for programmers"),
    "catalogue/collections.html": gettext_lazy("Collections"),
    "catalogue/records.html": gettext_lazy("Catalogue of the map data"),
    "exception.html": gettext_lazy("This cannot be answered"),
}


def render(_config: Any, _templates: Any, template: str, data: dict[str, Any], _locale: Any = None) -> str:
    """A page of pygeoapi's, from our template of the same purpose."""
    tidy(data)
    now = caller.current()
    title = HEADINGS.get(template) or data.get("title") or data.get("properties", {}).get("title", "")
    context: dict[str, Any] = {"page": settings.OGC_PAGE, "base": now.base, "data": data, "title": title}
    if TEMPLATES[template] == "ogc/openapi.html":
        context["document"] = data or openapi.document()
    return render_to_string(TEMPLATES[template], context, request=now.request)


def listing(asked: Asked) -> str:
    """The page of a list of features."""
    asked = replace(asked, query=replace(asked.query, limit=min(asked.query.limit, MOST_ROWS)))
    page, layer = items.read(asked), asked.layer
    titles = dict(_titles(layer))
    rows = [
        {"id": one["id"], "cells": [_text(layer, name, one["properties"].get(name)) for name in titles]}
        for one in parse(f"[{page.text}]")
    ]
    context = {"title": layer.title, "titles": list(titles.values()), "rows": rows, "matched": page.matched}
    if page.more:
        context["next"] = items.next_address(asked, page)
    if rows:
        context |= _drawn(asked, "/items") | {"pages": f"{asked.address}/items/"}
    return _rendered("ogc/items.html", context | {"address": asked.address, "layer": layer})


def single(asked: Asked, text: str) -> str:
    """The page of one feature."""
    said, layer = parse(text), asked.layer
    facts = [(title, _text(layer, name, said["properties"].get(name))) for name, title in _titles(layer)]
    label = _text(layer, layer.label, said["properties"].get(layer.label))
    context = {"title": label or layer.title, "feature_id": said["id"], "facts": facts}
    if said["geometry"]:
        context |= _drawn(asked, f"/items/{said['id']}")
    return _rendered("ogc/item.html", context | {"address": asked.address, "layer": layer})


def _drawn(asked: Asked, rest: str) -> dict[str, Any]:
    """Where the page's map finds what the page tells: the same question, in degrees. What was posted has no address."""
    if asked.posted or asked.given.get("skipGeometry") == "true":
        return {}
    given = {name: value for name, value in asked.given.items() if name not in ("f", "lang", "crs")}
    if "limit" in given:
        given["limit"] = str(asked.query.limit)
    return {"map": settings.OGC_MAP, "drawn": items.address_with(f"{asked.address}{rest}", {**given, "f": "json"})}


def _rendered(template: str, context: dict[str, Any]) -> str:
    now = caller.current()
    return render_to_string(template, {"page": settings.OGC_PAGE, "base": now.base, **context}, request=now.request)


def _titles(layer: Layer) -> Iterator[tuple[str, str]]:
    audience = caller.current().audience
    declared = {field.name: str(field.title) for field in layer.fields_for(audience)}
    for name in published.properties(layer, audience):
        yield name, declared.get(name) or _("Authority")


def _text(layer: Layer, name: str, value: Any) -> str:
    """A value as it is said: the title of a code, else as it is written."""
    field = next((field for field in layer.fields if field.name == name), None)
    if isinstance(value, list):
        return _(", ").join(_text(layer, name, one) for one in value)
    if field is not None and field.codes is not None:
        return str(dict(field.codes.choices).get(value, value or ""))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
