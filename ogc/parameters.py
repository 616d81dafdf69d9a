"""The door: every parameter is known, given once and well formed before pygeoapi sees it.

pygeoapi drops what it does not know, so a mistyped filter would answer with everything; it also reads NaN as a number.
What passes is tidied: Arabic digits become European ones, a limit above the greatest becomes the greatest.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import areas, features, published
from gis.areas import Area
from gis.db import dated
from gis.features import MOST_ON_A_PAGE, Output, wording
from gis.layers import Audience, Layer
from gis.parameters import BadParameter, known_and_once

from . import formats, moments, systems, times

LANGUAGES = ("ar", "en")
FORMATS = ("json", "html")
PAGE = ("f", "lang")
ITEM = (*PAGE, "crs", "as-of")
ITEMS = (
    *ITEM, "bbox", "bbox-crs", "datetime", "limit", "offset", "after", "sortby", "properties", "skipGeometry",
    "resulttype", "filter", "filter-lang", "filter-crs", "q",
)  # fmt: skip
DEFAULT_LIMIT = 100
FILTER_LANGUAGES = ("cql2-text", "cql2-json")
FARTHEST = 10_000_000
NUMBER = re.compile(r"\d{1,12}", re.ASCII)
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class NotOneOf(BadParameter):
    sentence: ClassVar[str | Promise] = _('"%(given)s" is no value for %(name)s. Write one of: %(known)s.')


class NoLimit(BadParameter):
    parameter: ClassVar[str] = "limit"
    sentence: ClassVar[str | Promise] = _('limit must be a whole number from 1 to %(most)s, not "%(given)s".')


class NoOffset(BadParameter):
    parameter: ClassVar[str] = "offset"
    sentence: ClassVar[str | Promise] = _(
        'offset must be a whole number from 0 to %(most)s, not "%(given)s". Farther on, follow the links "next".'
    )


class OnlyToday(BadParameter):
    parameter: ClassVar[str] = "q"
    sentence: ClassVar[str | Promise] = _(
        "q looks at what there is today. Leave it out, and filter the other days by their fields."
    )


class FilterWithoutFilter(BadParameter):
    sentence: ClassVar[str | Promise] = _("%(name)s says how filter is to be read, but there is no filter. Give both.")


class NoBox(BadParameter):
    parameter: ClassVar[str] = "bbox"
    sentence: ClassVar[str | Promise] = _(
        'bbox must be four numbers, divided by commas, lower corner first; "%(given)s" is not.'
    )


class EmptyName(BadParameter):
    sentence: ClassVar[str | Promise] = _(
        '%(name)s is a list of names with commas between them, and one in "%(given)s" is empty. Leave the comma out, '
        "or all of %(name)s."
    )


class BoxWithoutBox(BadParameter):
    parameter: ClassVar[str] = "bbox-crs"
    sentence: ClassVar[str | Promise] = _("bbox-crs says in which system bbox is, but there is no bbox. Give both.")


def check(query: QueryDict, known: Iterable[str], forms: tuple[str, ...] = FORMATS) -> dict[str, str]:
    """The parameters as a plain dictionary. Raises UnknownParameter, GivenTwice and NotOneOf."""
    given = known_and_once(query, known)
    for name, choices in (("f", forms), ("lang", LANGUAGES), ("resulttype", ("results", "hits"))):
        _one_of(given, name, choices)
    if "as-of" in given:
        moments.read(given["as-of"])
    _one_of(given, "skipGeometry", ("true", "false"))
    return given


def check_items(query: QueryDict, layer: Layer, audience: Audience) -> dict[str, str]:
    """The parameters of a list of features; what they name must be visible to the audience."""
    visible = published.properties(layer, audience)
    given = check(query, (*ITEMS, *visible), (*FORMATS, *formats.FORMATS))
    if "limit" in given:
        given["limit"] = str(_limit(given["limit"]))
    if "offset" in given:
        given["offset"] = str(whole(given["offset"], 0, FARTHEST, NoOffset))
    if "datetime" in given:
        times.read(given["datetime"])
    if "q" in given and ("as-of" in given or ("datetime" in given and dated.is_dated(layer))):
        raise OnlyToday
    if "crs" in given:
        systems.offered(given["crs"], "crs")
    if "bbox" in given:
        areas_of(given)
        given["bbox"] = ",".join(str(number) for number in _numbers(given["bbox"]))
    elif "bbox-crs" in given:
        raise BoxWithoutBox
    if "q" in given:
        wording.check(layer, audience)
    check_filter(given)
    features.check_names(layer, visible, listed(given, "properties"))
    features.check_order(layer, visible, order_of(given))
    for name, kind in visible.items():
        if name in given:
            features.read_value(name, kind, given[name])
    return given


def check_filter(given: Mapping[str, str]) -> None:
    """Raises NotOneOf and FilterWithoutFilter."""
    _one_of(given, "filter-lang", FILTER_LANGUAGES)
    for name in ("filter-lang", "filter-crs"):
        if name in given and "filter" not in given:
            raise FilterWithoutFilter(name=name)


def named(given: Mapping[str, str], layer: Layer, audience: Audience) -> dict[str, str]:
    """Those of the checked parameters that are fields of the layer, with the values asked for."""
    visible = published.properties(layer, audience)
    return {name: value for name, value in given.items() if name in visible and name not in ITEMS}


def areas_of(given: Mapping[str, str]) -> tuple[Area, ...]:
    """Where the parameters ask; nothing where everywhere. Raises NoBox, BoxOutside and NoSuchSystem."""
    if "bbox" not in given:
        return ()
    return read_box(given["bbox"], systems.offered(given.get("bbox-crs", systems.CRS84), "bbox-crs"))


def read_box(text: str, system: Output) -> tuple[Area, ...]:
    """The area that a bbox in this system means. Raises NoBox and BoxOutside."""
    x1, y1, x2, y2 = _numbers(text)
    if system.flipped:
        x1, y1, x2, y2 = y1, x1, y2, x2
    if y1 > y2:
        raise NoBox(given=text[:80])
    if system.code == Output().code:
        return areas.in_degrees(x1, y1, x2, y2)
    return areas.in_system(system.code, x1, y1, x2, y2)


def _numbers(text: str) -> tuple[float, float, float, float]:
    """Four numbers; of six, the heights are left out: nothing here has one."""
    try:
        numbers = [float(part) for part in text.translate(DIGITS).split(",")]
    except ValueError as error:
        raise NoBox(given=text[:80]) from error
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise NoBox(given=text[:80])
    half = len(numbers) // 2
    return (numbers[0], numbers[1], numbers[half], numbers[half + 1])


def _limit(text: str) -> int:
    return min(whole(text, 1, None, NoLimit), MOST_ON_A_PAGE)


def whole(text: str, least: int, most: int | None, refusal: type[BadParameter]) -> int:
    """A whole number in European or Arabic digits, within bounds. Raises the refusal."""
    digits = text.translate(DIGITS)
    number = int(digits) if NUMBER.fullmatch(digits) else -1
    if number < least or (most is not None and number > most):
        raise refusal(given=text[:80], most=most or MOST_ON_A_PAGE)
    return number


def listed(given: Mapping[str, str], name: str) -> list[str]:
    """The parts of a list with commas between them; none where it is not given. Raises EmptyName."""
    if name not in given:
        return []
    parts = [part.strip() for part in given[name].split(",")]
    if not all(parts):
        raise EmptyName(name=name, given=given[name][:80])
    return parts


def order_of(given: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """The fields to sort by, each with at most one sign before it; True for falling. Raises EmptyName."""
    parts = [(part[1:] if part[0] in "+-" else part, part[0] == "-") for part in listed(given, "sortby")]
    if not all(name for name, _falls in parts):
        raise EmptyName(name="sortby", given=given["sortby"][:80])
    return tuple(parts)


def _one_of(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> None:
    if name in given and given[name] not in choices:
        raise NotOneOf(name=name, given=given[name][:80], known=", ".join(choices))
