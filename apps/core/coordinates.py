"""Coordinates as people type them, in any system of this installation (`gis.systems`), in either script.

Degrees are WGS 84 unless the text names another system. Metres say neither datum nor, often, zone: then there are
several readings, and who asks must choose (`apps.core.whereabouts`).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core.degrees import Degrees, read_degrees
from apps.core.digits import european
from apps.core.metres import Metres, read_metres
from gis import crs
from gis.refusals import Refusal
from gis.systems import System, catalogue

CODE = re.compile(r"\b(EPSG|ESRI|OGC)\s*:?\s*(CRS84|\d{4,6})\b")
WIDEST_EASTING, LONGEST_NORTHING = 1_000_000, 10_000_000  # of UTM, in metres
LONGEST = 200


class SystemNotHere(Refusal):
    code = "system_not_here"
    sentence = _("The coordinate system %(system)s is not known here. Write one of: %(known)s.")


@dataclass(frozen=True)
class Reading:
    """A place that a text may mean: longitude and latitude of WGS 84, and the system that its numbers are read in.

    `turned`: not in the order in which such numbers are written unless letters say otherwise.
    """

    lng: float
    lat: float
    system: System
    turned: bool = False


@dataclass(frozen=True)
class Typed:
    """A text that is coordinates, with the readings that it leaves open, the usual first: none where no place fits."""

    readings: tuple[Reading, ...]
    number: Degrees | Metres


def read(text: str) -> Typed | None:
    """What a text says as coordinates, None where it is something else. Raises SystemNotHere."""
    plain = european(text[:LONGEST]).upper().replace("،", ",").replace("؛", ";").replace("\u064b", "").strip()
    rest, named = _named(plain)
    if metres := read_metres(rest):
        return Typed(tuple(_of_metres(metres, named)), metres)
    if degrees := read_degrees(rest):
        return Typed(tuple(_of_degrees(degrees, named)), degrees)
    return None


def read_point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, where the text is a latitude and longitude and leaves nothing open."""
    try:
        typed = read(text)
    except SystemNotHere:
        return None
    if typed is None or not isinstance(typed.number, Degrees) or not typed.readings:
        return None
    first = typed.readings[0]
    return (first.lng, first.lat)


def _named(text: str) -> tuple[str, list[System]]:
    """The text without the system that it names, and the systems that are meant: all where it names none."""
    known = catalogue()
    if match := CODE.search(text):
        code = f"{match[1]}:{match[2]}"
        system = known.find(code)
        if system is None:
            raise SystemNotHere(system=code, known=", ".join(known.systems))
        return f"{text[: match.start()]} {text[match.end() :]}", [system]
    names = {name.upper(): system.datum for system in known.systems.values() for name in system.datum.names}
    for name in sorted(names, key=len, reverse=True):
        written = r"[\s\-_]*".join(map(re.escape, name.split()))
        if match := re.search(rf"(?<!\w){written}(?!\w)", text):
            rest = re.sub(r"\(\s*\)", "", f"{text[: match.start()]} {text[match.end() :]}")
            return rest.strip(" /"), [system for system in known.systems.values() if system.datum is names[name]]
    return text, []


def _of_degrees(degrees: Degrees, named: list[System]) -> Iterator[Reading]:
    ways = [(degrees.lng, degrees.lat, False)]
    if not degrees.ordered and abs(degrees.lng) <= 90:
        ways.append((degrees.lat, degrees.lng, True))
    systems = [system for system in named if not system.projected] if named else [_storage()]
    for system in systems:
        for lng, lat, turned in ways:
            yield from _reading(system, lng, lat, turned=turned)


def _of_metres(metres: Metres, named: list[System]) -> Iterator[Reading]:
    systems = [system for system in named or catalogue().systems.values() if system.zone or named == [system]]
    for turned, way in [(False, metres)] + ([] if metres.ordered else [(True, metres.turned)]):
        for system in systems:
            if system.projected and (system.zone is None or _on_utm(way, system)):
                found = _reading(system, way.easting, way.northing, turned=turned)
                yield from (reading for reading in found if way.in_band(reading.lat))


def _on_utm(way: Metres, system: System) -> bool:
    right_zone = way.zone is None or way.zone == system.zone
    return right_zone and 0 < way.easting < WIDEST_EASTING and 0 <= way.northing <= LONGEST_NORTHING


def _reading(system: System, x: float, y: float, *, turned: bool) -> Iterator[Reading]:
    lng, lat = map(float, crs.operation(system.code).forward(x, y))
    if math.isfinite(lng) and math.isfinite(lat) and abs(lat) <= 90 and abs(lng) <= 180:
        yield Reading(lng, lat, system, turned)


def _storage() -> System:
    found = catalogue().find(crs.STORAGE)
    if found is None:
        raise LookupError(f"COORDINATE_SYSTEMS does not declare {crs.STORAGE}")
    return found
