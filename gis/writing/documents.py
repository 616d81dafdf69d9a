"""The document that somebody sends: JSON, and a GeoJSON feature or a merge patch of one (RFC 7946, RFC 7396)."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

from .faults import Fault, quoted

MOST_BYTES, LONGEST_NAME = 2_000_000, 80
# What a feature says when it is read and nobody writes.
PASSED_OVER = {"bbox", "links", "timeStamp", "conformsTo", "featureType"}
KNOWN = {"type", "id", "geometry", "properties"}

WRONG_MEMBER = _('"%(name)s" must be %(wanted)s, not %(given)s.')
MISSING_MEMBER = _('"%(name)s" is missing. It must be %(wanted)s.')
UNKNOWN_MEMBER = _('A feature has no member "%(name)s". What is to be written stands in "geometry" and "properties".')
OTHER_ID = _('"id" is %(given)s, but the address names %(wanted)s. Leave it out, or give that of the address.')
FEATURE, OBJECT, GEOMETRY = _('"Feature"'), _("an object"), _("a GeoJSON geometry with its coordinates")


class TooLarge(Refusal):
    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413
    sentence: ClassVar[str | Promise] = _("A feature may have %(most)s bytes; this one has more. Simplify it.")
    counts: ClassVar[tuple[str, ...]] = ("most",)


class NotJson(Refusal):
    code: ClassVar[str] = "not_json"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        "The body cannot be read as JSON: %(why)s. Send one GeoJSON feature in UTF-8."
    )


@dataclass(frozen=True)
class Sent:
    """What is to be written. `geometry` is None where a patch says nothing about it."""

    geometry: dict[str, Any] | None = None
    properties: dict[str, Any] = field(default_factory=dict)


def read(content: bytes) -> Any:
    """The JSON of a body; numbers with a fraction are decimal. Raises TooLarge and NotJson."""
    if len(content) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES)
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once
        )
    except RecursionError as error:
        raise NotJson(why=_("it is nested too deeply")) from error
    except json.JSONDecodeError as error:
        raise NotJson(why=_("line {line}, column {column}").format(line=error.lineno, column=error.colno)) from error
    except (ValueError, ArithmeticError) as error:
        raise NotJson(why=quoted(str(error))) from error


def sent(document: Any, faults: list[Fault], *, patch: bool, record: str = "", lenient: bool = False) -> Sent:
    """The parts of the feature; what is wrong with its frame goes to `faults`. `record` is the id of the address."""
    if not isinstance(document, dict):
        faults.append(Fault("", WRONG_MEMBER, {"name": "Feature", "wanted": OBJECT, "given": quoted(document)}))
        return Sent()
    faults.extend(_frame(document, patch=patch, record=record, lenient=lenient))
    geometry, properties = document.get("geometry"), document.get("properties", {})
    return Sent(geometry if isinstance(geometry, dict) else None, properties if isinstance(properties, dict) else {})


def _frame(document: dict[str, Any], *, patch: bool, record: str, lenient: bool) -> list[Fault]:
    found = []
    for name in document if not lenient else ():
        if name not in KNOWN | PASSED_OVER:
            found.append(Fault(f"/{name[:80]}", UNKNOWN_MEMBER, {"name": name[:80]}))
    if "type" in document and document["type"] != "Feature":
        found.append(_wrong("type", FEATURE, document["type"]))
    if record and document.get("id") is not None and str(document["id"]).lower() != record:
        found.append(Fault("/id", OTHER_ID, {"given": quoted(document["id"]), "wanted": record}))
    wanted = {"type": FEATURE, "properties": OBJECT, "geometry": GEOMETRY}
    for name, what in wanted.items():
        if name not in document:
            if not patch:
                found.append(Fault(f"/{name}", MISSING_MEMBER, {"name": name, "wanted": what}))
        elif name != "type" and not isinstance(document[name], dict):
            found.append(_wrong(name, what, document[name]))
    return found


def _wrong(name: str, wanted: Promise, given: Any) -> Fault:
    return Fault(f"/{name}", WRONG_MEMBER, {"name": name, "wanted": wanted, "given": quoted(given)})


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that is given twice has two values, and the first would be lost."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(name[:LONGEST_NAME])
        found[name] = value
    return found
