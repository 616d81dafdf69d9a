"""Questions that are posted to the items of a collection (`ogc.questions`), for the API document (OpenAPI 3.0).

They share their address and method with the features that are brought; the type of the body tells them apart.
"""

from django.utils.translation import gettext as _

from gis.parameters import FILTERS, FORM

from .described import Part, refusals

IN_THE_BODY = ("filter", "filter-lang")
TREE = {"anyOf": [{"type": "object"}, {"type": "boolean"}]}


def beside(brought: Part, asked: Part, names: tuple[str, ...]) -> Part:
    """The operation `brought`, which takes the questions too that `asked` answers by GET, of every collection.

    `names` are the parameters that a question may have.
    """
    apart = [one for one in asked["parameters"] if one.get("$ref", "").rpartition("/")[2] not in IN_THE_BODY]
    shared = [_of_features(one) for one in brought["parameters"] if not one.get("$ref", "").endswith("/writtenId")]
    bodies = {**brought["requestBody"]["content"], FORM: {"schema": _form(names)}}
    bodies |= {kind: {"schema": TREE} for kind in FILTERS}
    return brought | {
        "summary": _("A new feature, or a question"),
        "description": _(
            "A feature is brought as JSON or GeoJSON, with reason, Content-Crs and Prefer. What GET answers can be"
            " asked here too, where it is too long for an address: as a form, or as a filter in CQL2 JSON whose other"
            " parameters stand in the address."
        ),
        "parameters": [*apart, *shared],
        "requestBody": {"required": True, "content": bodies},
        "responses": brought["responses"] | {"200": asked["responses"]["200"]} | refusals(("411",)),
    }


def _of_features(parameter: Part) -> Part:
    """A header says how a feature is brought; a question is answered whatever it says."""
    return parameter | {"schema": {"type": "string"}} if parameter.get("in") == "header" else parameter


def _form(names: tuple[str, ...]) -> Part:
    return {"type": "object", "properties": {name: {"type": "string"} for name in ("f", "lang", *names)}}
