"""Addresses whose own words are hostile texts: what a page repeats of what it was asked."""

from urllib.parse import quote, urlencode

from .texts import TEXTS

LANGUAGES = ("ar", "en")
PARAMETERS = (
    "q",
    "c",
    "z",
    "on",
    "point",
    "of",
    "also",
    "number",
    "key",
    "new",
    "lang",
    "f",
    "limit",
    "next",
    "plot_no",
    "lat",
    "near",
    "layers",
    "text",
)
ASKED = (
    "",
    "search",
    "at/",
    "report/",
    "reports/",
    "list/",
    "here/",
    "coordinates",
    "/api/search",
    "/ogc/collections/parcels/items",
    "/admin/login/",
)


def reflecting() -> list[str]:
    """Addresses whose parameters carry the texts: each page has every text, and each parameter alone has one."""
    found = [f"reports/{quote(text, safe='')}/" for text in TEXTS]
    for page in ASKED:
        for turn in range(0, len(TEXTS), 5):
            given = {name: _turned(number + turn) for number, name in enumerate(PARAMETERS)}
            found.append(f"{page}?{urlencode(given)}")
        found += [f"{page}?{urlencode({name: _turned(number)})}" for number, name in enumerate(PARAMETERS)]
    return [under(LANGUAGES[number % 2], address) for number, address in enumerate(found)]


def _turned(number: int) -> str:
    return TEXTS[number % len(TEXTS)]


def under(language: str, address: str) -> str:
    """An address as it is asked: one that is given without a language gets this one."""
    return address if address.startswith("/") else f"/{language}/{address}"
