"""Addresses as text: the national standard (Ministerial Decision 200/2024, its wiki of 2025) and the form before it.

Digits are European in both languages, as in the standard's own samples; the comma is the language's.
"""

from django.utils.translation import get_language, gettext, override

from apps.core.digits import european

from .models import AddressUnit, LegacyAddress, SubAddress

COMMAS = {"ar": "، "}


def national(
    unit: AddressUnit, *, language: str, recipient: str = "", sub_address: SubAddress | None = None, country: str = ""
) -> list[str]:
    """The lines of an address: recipient, unit, second line, wilayat with governorate, country; empty ones left out.

    Where there is no street the unit is numbered by its area, which then stands in the street's place.
    """
    street = _name(unit.street, language) if unit.street else ""
    area = _of(unit, "area", language)
    with override(language):
        behind = _sub_address(sub_address) if sub_address else ""
    first = [european(f"{unit.number}{unit.suffix}"), street or area, behind]
    second = area if street else ""
    lines = [recipient, _joined(first, language), second, _town(unit, language), country]
    return [line for line in lines if line]


def legacy(old: LegacyAddress, *, language: str) -> str:
    """Building, way, block and area on one line, as documents before the standard have it."""
    with override(language):
        parts = _numbers(old.building_no, old.way_no, old.block_no)
    return _joined([*parts, _of(old.unit, "area", language)], language)


def in_words(published: str) -> str:
    """Old addresses as programs read them ("4411 / 7755 / 277; …") for people: one a line, numbers with their names."""
    language = get_language() or ""
    told = [one.split(" / ") for one in published.split("; ")]
    return "\n".join(_joined(_numbers(*one), language) if len(one) == 3 else " / ".join(one) for one in told)


def _numbers(building: str, way: str, block: str) -> list[str]:
    """In the language in force; what is not known is left empty."""
    return [
        gettext("Building %(number)s") % {"number": european(building)} if building else "",
        gettext("Way %(number)s") % {"number": european(way)} if way else "",
        gettext("Block %(number)s") % {"number": european(block)} if block else "",
    ]


def one_line(lines: list[str], *, language: str) -> str:
    """For lists and fields with room for one line."""
    return _joined(lines, language)


def _town(unit: AddressUnit, language: str) -> str:
    """Wilayat and governorate, named once where they are the same (Muscat, Al Buraimi), and the postal code."""
    wilayat = unit.wilayat or (unit.street.wilayat if unit.street else None)
    names = [_name(wilayat, language), _name(wilayat.governorate, language)] if wilayat else []
    return " ".join(part for part in (_joined(list(dict.fromkeys(names)), language), european(unit.postcode)) if part)


def _sub_address(sub: SubAddress) -> str:
    number = {"number": european(sub.number)}
    words = {
        SubAddress.Kind.APARTMENT: gettext("Apartment %(number)s"),
        SubAddress.Kind.SHOP: gettext("Shop %(number)s"),
        SubAddress.Kind.OFFICE: gettext("Office %(number)s"),
        SubAddress.Kind.VILLA: gettext("Villa %(number)s"),
    }
    return words.get(SubAddress.Kind(sub.kind), gettext("Unit %(number)s")) % number


def _name(named: object, language: str) -> str:
    return _of(named, "name", language)


def _of(owner: object, attribute: str, language: str) -> str:
    """In the language, or in the other where there is none: an address that says less is no address."""
    first, other = ("en", "ar") if language == "en" else ("ar", "en")
    return str(getattr(owner, f"{attribute}_{first}") or getattr(owner, f"{attribute}_{other}"))


def _joined(parts: list[str], language: str) -> str:
    return COMMAS.get(language, ", ").join(part for part in parts if part)
