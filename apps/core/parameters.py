"""The parameters of the programs' addresses: known, given once and well formed, or one sentence that says what is."""

import math
import re
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.digits import european
from gis.features import nearest
from gis.layers import Layer
from gis.parameters import BadParameter, known_and_once

NUMBER = re.compile(r"[-+]?\d{1,3}(\.\d{1,15})?", re.ASCII)


class Missing(BadParameter):
    sentence: ClassVar[str | Promise] = _('The parameter "%(name)s" is missing. Add it.')


class NoSuchValue(BadParameter):
    sentence: ClassVar[str | Promise] = _('"%(given)s" is no value for %(name)s. The nearest is "%(nearest)s".')


class NotANumber(BadParameter):
    sentence: ClassVar[str | Promise] = _('%(name)s must be a number from %(least)s to %(most)s, not "%(given)s".')


class NotAPlace(BadParameter):
    sentence: ClassVar[str | Promise] = _('near must be longitude,latitude in degrees, not "%(given)s".')


def known(query: QueryDict, names: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, str]:
    """The parameters as a plain dictionary, with European digits. Raises a BadParameter."""
    given = {name: european(text).strip() for name, text in known_and_once(query, names).items()}
    for name in needed:
        if not given.get(name):
            raise Missing(name=name)
    if "lang" in given:
        one_of(given["lang"], "lang", [code for code, _name in settings.LANGUAGES])
    return given


def one_of(given: str, name: str, choices: list[str]) -> str:
    """The value, if it is one of the choices."""
    if given not in choices:
        raise NoSuchValue(given=given[:80], name=name, nearest=nearest(given, choices))
    return given


def number(given: Mapping[str, str], name: str, least: float, most: float) -> float:
    """A decimal number between the two."""
    value = float(given[name]) if NUMBER.fullmatch(given[name]) else math.nan
    if not least <= value <= most:
        raise NotANumber(name=name, given=given[name][:80], least=f"{least:g}", most=f"{most:g}")
    return value


def limit(given: Mapping[str, str], usual: int, most: int) -> int:
    """How many are wanted."""
    if "limit" not in given:
        return usual
    value = number(given, "limit", 1, most)
    if value != int(value):
        raise NotANumber(name="limit", given=given["limit"][:80], least=1, most=most)
    return int(value)


def near(given: Mapping[str, str]) -> tuple[float, float] | None:
    """The longitude and latitude to look from."""
    if not given.get("near"):
        return None
    parts = given["near"].split(",")
    if len(parts) != 2 or not all(NUMBER.fullmatch(part.strip()) for part in parts):
        raise NotAPlace(given=given["near"][:80])
    lng, lat = map(float, parts)
    if abs(lng) > 180 or abs(lat) > 90:
        raise NotAPlace(given=given["near"][:80])
    return lng, lat


def layers(given: Mapping[str, str], offered: list[Layer]) -> list[Layer]:
    """Those named in `layers`, each once, or all that are offered."""
    by_id = {layer.id: layer for layer in offered}
    if not given.get("layers"):
        return offered
    asked = dict.fromkeys(name.strip() for name in given["layers"].split(","))
    return [by_id[one_of(name, "layers", list(by_id))] for name in asked]
