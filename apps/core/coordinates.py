"""Coordinates as people type them, in any system of this installation (`gis.systems`), in either script.

Degrees are WGS 84 unless the text names another system. Metres say neither datum nor, often, zone: then there are
several readings, and who asks must choose (`apps.core.whereabouts`).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _

from apps.core.degrees import Degrees, read_degrees
from apps.core.digits import european
from apps.core.metres import Metres, read_metres
from gis import crs
from gis.refusals import Refusal
from gis.systems import Catalogue, System, catalogue

CODE = re.compile(r"\b(EPSG|ESRI|OGC)\s*:?\s*(CRS84|\d{4,6})\b")
WIDEST_EASTING, LONGEST_NORTHING = 1_000_000, 10_000_000  # of UTM, in metres
LONGEST = 200
SPACES = re.compile(r"[\s\-_]+")


class SystemNotHere(Refusal):
    code = "system_not_here"
    sentence = _("The coordinate system %(system)s is not known here. Write one of: %(known)s.")


class SystemOfNoMap(SystemNotHere):
    code = crs.NotOfMaps.code
    sentence = crs.NotOfMaps.sentence


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
    rest, named = _named(_plain(text[:LONGEST]))
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
    written, names = _names(catalogue())
    match = CODE.search(text)
    if match:
        systems = [_of_code(f"{match[1]}:{match[2]}")]
    elif match := written.search(text):
        systems = names[SPACES.sub("", match[0])]
    else:
        return text, []
    rest = re.sub(r"\(\s*\)", "", f"{text[: match.start()]} {text[match.end() :]}")
    return rest.strip(" /"), systems


def _of_code(code: str) -> System:
    """Raises SystemNotHere."""
    known = catalogue()
    try:
        system = known.find(code) or known.find(crs.identify(code))
    except crs.NotOfMaps as refusal:
        raise SystemOfNoMap(given=code) from refusal
    except crs.UnknownSystem:
        system = None
    if system is None:
        raise SystemNotHere(system=code, known=", ".join(known.systems))
    return system


@cache
def _names(known: Catalogue) -> tuple[re.Pattern[str], dict[str, list[System]]]:
    """What people call a datum, for all of its systems, and each system's title as this site writes it: the pattern of
    all of them, the longest first, and by each without its spaces the systems that are meant."""
    systems = known.systems.values()
    titles = {_plain(title): [system] for system in systems for title in system.title.values()}
    of_datum = {_plain(name): system.datum for system in systems for name in system.datum.names}
    named = titles | {name: [one for one in systems if one.datum is datum] for name, datum in of_datum.items()}
    told = sorted(named, key=lambda name: len(SPACES.sub("", name)), reverse=True)
    written = "|".join(r"[\s\-_]*".join(map(re.escape, re.split(r"[\s\-_]+", name))) for name in told)
    squeezed = {SPACES.sub("", name): named[name] for name in sorted(named, key=lambda name: name in of_datum)}
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)"), squeezed


def _plain(text: str) -> str:
    """Capital letters, European digits, Latin commas, no tanwin: as names and numbers are compared."""
    return european(text).upper().replace("،", ",").replace("؛", ";").replace("\u064b", "").strip()


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
