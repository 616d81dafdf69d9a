"""What can be asked of /api, as OpenAPI 3.0: the page for people is made of the same."""

from typing import Any

from django.utils.translation import gettext as _

from apps.core.plan import example_place

SEARCH = ("q", "limit", "near", "layers", "lang")
REVERSE = ("lat", "lon", "limit", "layers", "lang")
MOST_FOUND, MOST_HERE = 50, 20

Json = dict[str, Any]


def document(base: str) -> Json:
    """The document, in the language in force; its examples are of this installation's ground."""
    lat, lng = example_place().split(", ")
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Addresses for programs"),
            "description": _(
                "Search and reverse geocoding as GeocodeJSON 0.1.0. Whoever asks sees what the map shows them; a key "
                "(X-API-Key) or a session shows what its holder may see. What is wrong is said with status 400."
            ),
            "version": "1.0",
        },
        "servers": [{"url": base}],
        "paths": {
            "/search": _path(
                "search",
                _("Plots, addresses, old addresses, streets, places and coordinates by words"),
                SEARCH,
                f"q={lat}+{lng}",
            ),
            "/reverse": _path(
                "reverse",
                _("Address, plot, street, place and provinces at a point, with metres"),
                REVERSE,
                f"lat={lat}&lon={lng}",
            ),
        },
    }


def _path(operation: str, summary: str, names: tuple[str, ...], example: str) -> Json:
    told = _parameters()
    answers = {
        "200": {
            "description": _("A FeatureCollection; each feature tells itself in properties.geocoding."),
            "content": {"application/geo+json": {"schema": {"type": "object"}}},
        },
        "400": {"description": _("A parameter is unknown, missing or wrong: code and description say which.")},
        "503": {"description": _("The database does not answer. Try again in a minute.")},
    }
    described = [{"name": name, "in": "query", **told[name]} for name in names]
    get = {"operationId": operation, "summary": summary, "parameters": described, "responses": answers}
    return {"get": {**get, "x-example": example}}


def _parameters() -> dict[str, Json]:
    number, text = {"type": "number"}, {"type": "string"}
    return {
        "q": {"description": _("The words, in either language"), "required": True, "schema": text},
        "lat": {"description": _("Latitude, WGS 84"), "required": True, "schema": number},
        "lon": {"description": _("Longitude, WGS 84"), "required": True, "schema": number},
        "limit": {
            "description": _("How many at most: 50 when searching; at a point 20 of each kind"),
            "schema": {"type": "integer"},
        },
        "near": {
            "description": _("longitude,latitude: among things that answer alike the nearest come first"),
            "schema": text,
        },
        "layers": {"description": _("Only these layers of the map, with commas between"), "schema": text},
        "lang": {"description": _("Language of names and sentences"), "schema": {**text, "enum": ["ar", "en"]}},
    }
