"""What a caller wrote of a field: its name, and a value for it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.layers import Layer
from gis.refusals import Refusal


class UnknownField(Refusal):
    code: ClassVar[str] = "unknown_field"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _('There is no field "%(name)s" in %(layer)s. The nearest is "%(nearest)s".')


class WrongValue(Refusal):
    code: ClassVar[str] = "wrong_value"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _('"%(value)s" is no value for %(name)s: %(wanted)s.')


MOST_CODES = 100  # of a list that is asked for: each is looked for in the list of every record

WANTED: dict[published.Kind, Promise] = {
    "text": _("write it without control characters"),
    "integer": _("write a whole number"),
    "number": _("write a number"),
    "boolean": _("write true or false"),
    "date": _("write a day such as 2026-01-31"),
    "datetime": _("write a time such as 2026-01-31T12:00:00Z"),
    "texts": format_lazy(_("write one code, or up to {most} with commas between them"), most=MOST_CODES),
}


def check_names(layer: Layer, visible: Mapping[str, published.Kind], names: Iterable[str]) -> None:
    """Raises UnknownField, for a field that is hidden as for one that does not exist."""
    for name in names:
        if name not in visible:
            raise UnknownField(name=name[:80], layer=layer.id, nearest=nearest(name, visible))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one."""
    names = list(known)
    return (get_close_matches(name, names, n=1, cutoff=0) or names or [""])[0]


def read_value(name: str, kind: published.Kind, text: str) -> Any:
    """What a caller wrote, as the column's type. Raises WrongValue."""
    try:
        return _READERS[kind](text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise WrongValue(name=name, value=text[:80].replace("\x00", "?"), wanted=WANTED[kind]) from error


def equals(kind: published.Kind) -> sql.SQL:
    """SQL: what stands between a field and a value that a caller gave for it. A list is to hold all that is given."""
    return sql.SQL("@>" if kind == "texts" else "=")


def _read_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _read_number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    return number


def _read_texts(text: str) -> list[str]:
    texts = [_read_text(one.strip()) for one in text.split(",", MOST_CODES)]
    if not all(texts) or len(texts) > MOST_CODES:
        raise ValueError
    return texts


_READERS: dict[published.Kind, Any] = {
    "text": _read_text,
    "integer": int,
    "number": _read_number,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "texts": _read_texts,
}
