"""The methods that write, for the API document (OpenAPI 3.0).

What a collection takes is in its schema with the profile of receivables; which collections are written at all, their
OPTIONS tell.
"""

from django.utils.translation import gettext as _

from . import catalogue, systems
from .described import Part, query, ref, refs, refusals
from .transactions import LONGEST_REASON, PATCH, WHOLE, allowed

REFUSED = ("400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429", "503")
ITEMS = "/collections/{collectionId}/items"


def collections() -> list[str]:
    """Those whose features are written here, by drafts or directly."""
    return [layer.id for layer in catalogue.layers() if "POST" in allowed(layer, item=False)]


def methods() -> dict[str, Part]:
    """Operations by address and method, to stand beside what is read there."""
    item = {"put": _method("PUT"), "patch": _method("PATCH"), "delete": _method("DELETE")}
    return {ITEMS: {"post": _method("POST")}, f"{ITEMS}/{{featureId}}": item}


def _method(method: str) -> Part:
    told = {
        "POST": (_("A new feature"), "201"),
        "PUT": (_("The feature replaced"), "204"),
        "PATCH": (_("The feature changed in part"), "204"),
        "DELETE": (_("The feature deleted"), "204"),
    }
    summary, status = told[method]
    done = {status: _("Written"), "200": _("Written"), "202": _("A draft was made; somebody else decides on it")}
    found: Part = {
        "operationId": method.lower(),
        "summary": summary,
        "parameters": _parameters(method),
        "responses": {code: {"description": text} for code, text in done.items()} | refusals(REFUSED),
    }
    if method != "DELETE":
        whole = method != "PATCH"
        schema = ref("schemas", "NewFeature" if whole else "Patch")
        kinds = WHOLE if whole else PATCH
        found["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
    return found


def _parameters(method: str) -> list[Part]:
    text = {"type": "string"}
    reason = query("reason", _("Why it is written; kept in the history"), text | {"maxLength": LONGEST_REASON})
    found = [ref("parameters", "writtenId"), reason]
    if method != "POST":
        found += refs("parameters", ["featureId"])
        found.append(query("If-Match", "", text | {"format": "entity-tags"}, where="header"))
        found.append(query("If-Unmodified-Since", "", text | {"format": "http-date"}, where="header"))
    if method != "DELETE":
        known = [f"<{uri}>" for uri in systems.uris()]
        found.append(query("Content-Crs", "", text | {"enum": known}, where="header"))
        found.append(query("Prefer", "", text | {"format": "preference"}, where="header"))
    return found
