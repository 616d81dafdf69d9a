"""How a published feature is said in the page's language: its title and its facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.core.symbols import symbol_of
from gis.layers import Audience, Field, Layer
from gis.places import Found

LANGUAGES = ("ar", "en")
COMMA = {"ar": "، "}


@dataclass(frozen=True)
class Fact:
    """One line of a card; `name` is the declared field's."""

    name: str
    title: str
    text: str
    unit: str = ""
    number: bool = False


def language() -> str:
    """The page's language, of the two that names are kept in."""
    return "en" if get_language() == "en" else "ar"


def pair_of(layer: Layer, name: str) -> dict[str, str] | None:
    """The two fields that hold one name in two languages: {"ar": "street_ar", "en": "street_en"}."""
    stem = name.removesuffix("_ar")
    pair = {code: f"{stem}_{code}" for code in LANGUAGES}
    names = {field.name for field in layer.fields}
    return pair if names.issuperset(pair.values()) else None


def title_of(found: Found) -> str:
    """What the feature is called: its symbol's parts, else its label, else what such a thing is called."""
    symbol = symbol_of(found.layer)
    parts = symbol.title or (("%s", found.layer.label),)
    said = [str(phrase) % text for phrase, names in parts if (text := _value(found, names))]
    return COMMA.get(language(), ", ").join(said) or kind_of(found.layer)


def kind_of(layer: Layer) -> str:
    """What one thing of the layer is called."""
    return str(symbol_of(layer).one or layer.title)


def _value(found: Found, names: str) -> str:
    """The fields named, written together; a name of two languages in the page's, else in the other."""
    pair = pair_of(found.layer, names)
    if pair:
        first, second = (found.values.get(pair[code]) for code in sorted(LANGUAGES, key=lambda c: c != language()))
        return str(first or second or "")
    fields = {field.name: field for field in found.layer.fields}
    return "".join(text_of(fields[name], found.values.get(name)) for name in names.split() if name in fields)


def text_of(field: Field, value: Any) -> str:
    """A value as people say it: the title of a code, a date with its weekday, a number without needless zeros."""
    if value is None or value == "":
        return ""
    if field.codes is not None:
        return titled(field.codes.choices, value)
    return field.said(value) if isinstance(value, str) else plain(value)


def titled(choices: Iterable[tuple[Any, Any]], value: Any) -> str:
    """The title of a code, or of each code of a list; a code that has none stays as it is."""
    titles = dict(choices)
    if isinstance(value, list):
        return plain([str(titles.get(code, code)) for code in value])
    return str(titles.get(value, value))


def plain(value: Any) -> str:
    """A value without a declaration, in the language of the page."""
    match value:
        case list():
            return COMMA.get(language(), ", ").join(map(str, value))
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            return date_format(timezone.localtime(value), "l j F Y، H:i" if language() == "ar" else "l j F Y, H:i")
        case date():
            return date_format(value, "l j F Y")
        case Decimal() | float():
            return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"
    return str(value)


def facts_of(found: Found, audience: Audience) -> Iterator[Fact]:
    """The card's lines, in the order of the declaration, without what the title has said already."""
    said = _said(found.layer)
    for field in found.layer.fields_for(audience):
        value = found.values.get(field.name)
        currency = found.values.get(field.currency)
        if field.name in said or not (text := money(value, currency) if currency else text_of(field, value)):
            continue
        number = isinstance(value, int | Decimal | float) and not isinstance(value, bool)
        number = number and field.codes is None and not currency
        yield Fact(field.name, str(field.title), text, unit_of(field), number)


def _said(layer: Layer) -> set[str]:
    """Fields that the title shows. A code whose two names stand beside it says nothing new either."""
    names = {name for _phrase, part in symbol_of(layer).title or (("%s", layer.label),) for name in part.split()}
    said = set(names)
    for name in names:
        if pair := pair_of(layer, name):
            said |= {pair[language()]} if name == layer.label else set(pair.values())
    said |= {field.name for field in layer.fields if pair_of(layer, f"{field.name}_ar")}
    said |= {field.currency for field in layer.fields}
    return said | {"rank"} if layer.base_map else said


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with the decimals of its currency (ISO 4217) and its name: 0.100 Omani rials."""
    if amount is None:
        return ""
    return format_currency(amount, currency, locale=language(), format_type="name", numbering_system="latn")


def unit_of(field: Field) -> str:
    """The unit as it is written beside a number."""
    return {
        "m2": pgettext("unit", "m²"),
        "m": pgettext("unit", "m"),
        "min": pgettext("unit", "min"),
    }.get(field.unit, field.unit)
