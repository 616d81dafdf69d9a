"""Parts of the API document (OpenAPI 3.0) that every outlet says in the same words: an operation and its parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from . import media
from .formats import FORMATS, JSON_FG

Part = dict[str, Any]

REFUSED = ("400", "401", "403", "404", "429", "503")
FORMS = {
    media.JSON: "json",
    media.GEOJSON: "json",
    media.SCHEMA: "json",
    media.OPENAPI: "json",
    media.HTML: "html",
    media.TILEJSON: "tilejson",
    media.TILE: "mvt",
    **{one.media: one.name for one in FORMATS.values()},
}
BYTES = {"type": "string", "format": "binary"}
TEXT = {"type": "string"}
PLAIN = {media.HTML: TEXT, media.TILE: BYTES, **{one.media: BYTES if one.writer else TEXT for one in FORMATS.values()}}
del PLAIN[JSON_FG.media]


def read(
    name: str,
    summary: str,
    parameters: Iterable[Part],
    kinds: Mapping[str, str] | Iterable[str],
    *,
    refused: Iterable[str] = REFUSED,
) -> Part:
    """What is answered to GET: `kinds` are media types, or media types and the names of their schemas."""
    schemas = dict(kinds) if isinstance(kinds, Mapping) else dict.fromkeys(kinds, "Document")
    content = {kind: {"schema": PLAIN.get(kind) or ref("schemas", schema)} for kind, schema in schemas.items()}
    forms = list(dict.fromkeys(FORMS[kind] for kind in content))
    shared = ref("parameters", "f") if forms == ["json", "html"] else query("f", "", {"type": "string", "enum": forms})
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [shared, ref("parameters", "lang"), *parameters],
        "responses": {"200": {"description": summary, "content": content}} | refusals(refused),
    }


def refusals(statuses: Iterable[str]) -> Part:
    """Problem documents by status."""
    return {status: ref("responses", "Refused") for status in statuses}


def query(name: str, description: str, schema: Part, *, where: str = "query") -> Part:
    """A parameter of the address, or of the header; lists stand with commas between them."""
    said = {"description": description} if description else {}
    shape = {"style": "form", "explode": False} if where == "query" else {}
    return {"name": name, "in": where, "required": False, **said, "schema": schema, **shape}


def path(name: str, description: str, schema: Part) -> Part:
    """A part of the address itself."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def ref(kind: str, name: str) -> Part:
    """What stands in the document once."""
    return {"$ref": f"#/components/{kind}/{name}"}


def refs(kind: str, names: Iterable[str]) -> list[Part]:
    """Several of them."""
    return [ref(kind, name) for name in names]
