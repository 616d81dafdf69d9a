"""A value of a JSON document as a field's, or the fault. Types are strict: a number in quotes is a text."""

import datetime
import re
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from .faults import MISSING, NO_REFERENCE, NO_TEXT, SAID_TWICE, TOO_LONG, UNKNOWN_CODE, WRONG_KIND, Fault, quoted
from .receivables import Receivable

# Of a number's exponent: farther than any column reaches, nearer than what takes long to write out.
FARTHEST = 400
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def pointer(name: str) -> str:
    """Where a property stands in the feature (RFC 6901)."""
    return "/properties/" + name.replace("~", "~0").replace("/", "~1")


def read(one: Receivable, value: Any, *, authority: Any = None) -> Any:
    """What the field is to hold, or a Fault. `authority` owns the record whose code is looked up.

    Nothing (null, or a text of spaces) is what a feature says that leaves the property out.
    """
    if isinstance(value, str) and one.kind == "text":
        value = value.strip() or None
    if value is None:
        return _fault(one, MISSING, wanted=one.wanted) if one.required else one.absent()
    found = _typed(one, value)
    if isinstance(found, _Wrong):
        return _fault(one, WRONG_KIND, wanted=one.wanted, given=quoted(value))
    if isinstance(found, str):
        if fault := _text_fault(one, found):
            return fault
        return _referred(one, found, authority) if one.by else found
    return _codes(one, found) if isinstance(found, list) else found


class _Wrong:
    """The value is not of the kind."""


def _typed(one: Receivable, value: Any) -> Any:
    wrong = _Wrong()
    match one.kind:
        case "text":
            return value if isinstance(value, str) else wrong
        case "boolean":
            return value if isinstance(value, bool) else wrong
        case "integer":
            whole = isinstance(value, Decimal) and abs(value.adjusted()) < FARTHEST and value == int(value)
            return int(value) if (isinstance(value, int) and not isinstance(value, bool)) or whole else wrong
        case "number":
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            return Decimal(value) if number and abs(Decimal(value).adjusted()) < FARTHEST else wrong
        case "texts":
            listed = isinstance(value, list) and all(isinstance(code, str) for code in value)
            return value if listed else wrong
        case "date":
            return _day(value) if isinstance(value, str) else wrong
    return _moment(value) if isinstance(value, str) else wrong


def _day(text: str) -> Any:
    try:
        return datetime.date.fromisoformat(text) if DAY.fullmatch(text) else _Wrong()
    except ValueError:
        return _Wrong()


def _moment(text: str) -> Any:
    try:
        moment = datetime.datetime.fromisoformat(text)
        return moment.astimezone(datetime.UTC) if timezone.is_aware(moment) else _Wrong()
    except (ValueError, OverflowError):
        return _Wrong()


def _text_fault(one: Receivable, text: str) -> Fault | None:
    if not is_text(text):
        return _fault(one, NO_TEXT)
    if one.codes and text not in one.codes:
        return _fault(one, UNKNOWN_CODE, given=quoted(text), known=", ".join(one.codes))
    if one.longest and len(text) > one.longest:
        return _fault(one, TOO_LONG, most=one.longest)
    return None


def _codes(one: Receivable, codes: list[str]) -> Any:
    """The codes in the order of their list, or what is wrong with the first that is."""
    for place, code in enumerate(codes):
        if code not in one.codes:
            return _fault(one, UNKNOWN_CODE, given=quoted(code), known=", ".join(one.codes))
        if code in codes[:place]:
            return _fault(one, SAID_TWICE, given=quoted(code))
    return sorted(codes, key=one.codes.index)


def is_text(text: str) -> bool:
    """Can the database store it? Not the sign NUL, and not half of a letter that an escape named."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _referred(one: Receivable, code: str, authority: Any) -> Model | Fault:
    related: Any = one.field.related_model
    named = related._base_manager.filter(**{one.by: code})
    if any(field.name == "authority" for field in related._meta.concrete_fields):
        named = named.filter(authority_id=authority)
    found: Model | None = named.first()
    return found if found is not None else _fault(one, NO_REFERENCE, given=quoted(code))


def _fault(one: Receivable, sentence: Any, **details: Any) -> Fault:
    return Fault(pointer(one.name), sentence, {"name": one.name, **details})
