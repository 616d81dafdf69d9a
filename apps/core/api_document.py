"""What can be asked of /api, as OpenAPI 3.0: the page for people is made of the same."""

from typing import Any

from django.utils.translation import gettext as _

from apps.core.plan import example_place

SEARCH = ("q", "limit", "near", "layers", "lang")
REVERSE = ("lat", "lon", "limit", "layers", "lang")
MOST_FOUND, MOST_HERE = 50, 20
# What a feature tells of itself.
ALWAYS = ("type", "label", "name", "href")
OF_FEATURES = ("layer", "id", "housenumber", "street", "district", "postcode", "city", "state", "authority")
FOUND = (*ALWAYS, *OF_FEATURES, "former", "also", "system")
HERE = (*ALWAYS, *OF_FEATURES, "accuracy")

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
                _("Plots, addresses, old addresses, streets, places, report numbers and coordinates by words"),
                SEARCH,
                FOUND,
                f"q={lat}+{lng}",
            ),
            "/reverse": _path(
                "reverse",
                _("Address, plot, street, place and provinces at a point, with metres"),
                REVERSE,
                HERE,
                f"lat={lat}&lon={lng}",
            ),
        },
    }


def _path(operation: str, summary: str, names: tuple[str, ...], answered: tuple[str, ...], example: str) -> Json:
    told = _parameters()
    answers = {
        "200": {
            "description": _("A FeatureCollection; each feature tells itself in properties.geocoding."),
            "content": {"application/geo+json": {"schema": _collection(answered)}},
        },
        "400": {"description": _("A parameter is unknown, missing or wrong: code and description say which.")},
        "503": {"description": _("The database does not answer. Try again in a minute.")},
    }
    described = [{"name": name, "in": "query", **told[name]} for name in names]
    get = {"operationId": operation, "summary": summary, "parameters": described, "responses": answers}
    return {"get": {**get, "x-example": example}}


def _collection(names: tuple[str, ...]) -> Json:
    """The schema of an answer: what each feature may tell of itself, of which ALWAYS is there."""
    described = _members()
    told = {"type": "object", "required": [*ALWAYS], "properties": {name: described[name] for name in names}}
    feature = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "geometry": {"type": "object", "nullable": True, "description": _("A point; null for what has no place")},
            "properties": {"type": "object", "properties": {"geocoding": told}},
        },
    }
    return {"type": "object", "properties": {"features": {"type": "array", "items": feature}}}


def _members() -> dict[str, Json]:
    told = {
        "type": _("What it is: house, plot, street, locality, city, state, coordinates, or what the site calls it"),
        "label": _("Its name with the places around it"),
        "name": _("What it is called"),
        "href": _("The address of its page here"),
        "layer": _("The layer of the map that it stands in"),
        "id": _("Its identifier in the layer"),
        "housenumber": _("House number"),
        "street": _("Street"),
        "district": _("Area"),
        "postcode": _("Postal code"),
        "city": _("Wilayat"),
        "state": _("Governorate"),
        "authority": _("The authority that it belongs to"),
        "former": _("The old address that it was found by: no longer in force"),
        "also": _("The other name or spelling that it was found by"),
        "system": _("The coordinate system that the words were read in"),
    }
    metres = {"type": "integer", "description": _("Metres between the point and it; 0 where it contains the point")}
    return {name: {"type": "string", "description": text} for name, text in told.items()} | {"accuracy": metres}


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
