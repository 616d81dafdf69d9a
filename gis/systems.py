"""Coordinate systems with a fixed way to WGS 84, as the operator's reference file declares them.

The file is data (`COORDINATE_SYSTEMS`), so another country brings its own; no code is named here.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from django.conf import settings

Convention = Literal["position_vector", "coordinate_frame", "translation"]
Vector = tuple[float, float, float]
NOWHERE: Vector = (0.0, 0.0, 0.0)
UTM_NORTH = re.compile(r"\+proj=utm \+zone=(\d+)")


@dataclass(frozen=True)
class Shift:
    """A Helmert transformation from a datum to WGS 84, in the convention of its publication.

    Translation in metres, rotation in arc-seconds, scale in parts per million, accuracy in metres.
    """

    code: str
    name: str
    convention: Convention
    accuracy_m: float
    translation: Vector
    rotation: Vector = NOWHERE
    scale: float = 0.0

    @property
    def step(self) -> str:
        """The step of a PROJ pipeline between geocentric coordinates."""
        x, y, z = self.translation
        text = f"+proj=helmert +x={x} +y={y} +z={z}"
        if self.convention == "translation":
            return text
        rx, ry, rz = self.rotation
        return f"{text} +rx={rx} +ry={ry} +rz={rz} +s={self.scale} +convention={self.convention}"

    @property
    def towgs84(self) -> str:
        """The same as a `+towgs84`, which is always a position vector: a coordinate frame turns the other way."""
        sign = -1 if self.convention == "coordinate_frame" else 1
        numbers = (*self.translation, *(sign * angle + 0.0 for angle in self.rotation), self.scale)
        return "+towgs84=" + ",".join(f"{number:.10g}" for number in numbers)


@dataclass(frozen=True)
class Datum:
    """A reference ellipsoid (semi-major axis in metres, inverse flattening) and its shift, none for WGS 84 itself.

    `names` are what people write beside numbers of it.
    """

    title: dict[str, str]
    a: float
    rf: float
    shift: Shift | None = None
    names: tuple[str, ...] = ()

    @property
    def ellipsoid(self) -> str:
        return f"+a={self.a} +rf={self.rf}"


@dataclass(frozen=True)
class System:
    """A coordinate system of maps: longitude/latitude in degrees, or a projection in metres."""

    code: str
    title: dict[str, str]
    datum: Datum
    projection: str = ""
    aliases: tuple[str, ...] = field(default=())

    @property
    def projected(self) -> bool:
        return bool(self.projection)

    @property
    def zone(self) -> int | None:
        """The zone of UTM that it is, north of the equator; None for any other projection."""
        found = UTM_NORTH.fullmatch(self.projection)
        return int(found[1]) if found else None

    @property
    def number(self) -> int:
        """Its number at EPSG."""
        return int(self.code.removeprefix("EPSG:"))

    @property
    def pipeline(self) -> str:
        """PROJ: easting/northing or longitude/latitude of this system to longitude/latitude of WGS 84, in degrees."""
        ellipsoid, shift = self.datum.ellipsoid, self.datum.shift
        first = f"+inv {self.projection} {ellipsoid}" if self.projected else "+proj=unitconvert +xy_in=deg +xy_out=rad"
        steps = [first]
        if shift:
            steps += [f"+proj=cart {ellipsoid}", shift.step, "+inv +proj=cart +ellps=WGS84"]
        return " ".join(["+proj=pipeline", *(f"+step {step}" for step in steps), OUT_IN_DEGREES])

    @property
    def definition(self) -> str:
        """PROJ: the system with its shift bound to it, so that PROJ has nothing left to choose."""
        projection = f"{self.projection} +units=m" if self.projected else "+proj=longlat"
        shift = self.datum.shift.towgs84 if self.datum.shift else "+towgs84=0,0,0"
        return f"{projection} {self.datum.ellipsoid} {shift} +no_defs +type=crs"


OUT_IN_DEGREES = "+step +proj=unitconvert +xy_in=rad +xy_out=deg"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What the file says, read once. `registered` are PROJ definitions of systems that only need a row in PostGIS."""

    systems: dict[str, System]
    registered: dict[str, str]

    def find(self, code: str) -> System | None:
        """The system with this code or alias."""
        wanted = code.strip().upper()
        if wanted in self.systems:
            return self.systems[wanted]
        return next((system for system in self.systems.values() if wanted in system.aliases), None)


def catalogue() -> Catalogue:
    """The catalogue of this installation."""
    return _read(Path(settings.COORDINATE_SYSTEMS))


@cache
def _read(path: Path) -> Catalogue:
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    datums = {name: _datum(entry) for name, entry in told["datums"].items()}
    systems = (_system(entry, datums) for entry in told["systems"])
    return Catalogue(
        systems={system.code: system for system in systems},
        registered={entry["code"]: entry["proj"] for entry in told.get("registered", ())},
    )


def _datum(entry: dict[str, Any]) -> Datum:
    told = entry.get("operation")
    shift = None
    if told:
        vectors = {key: tuple(told[key]) for key in ("translation", "rotation") if key in told}
        shift = Shift(**{**told, **vectors})
    ellipsoid, names = entry["ellipsoid"], tuple(entry.get("names", ()))
    return Datum(entry["title"], ellipsoid["a"], ellipsoid["rf"], shift, names)


def _system(entry: dict[str, Any], datums: dict[str, Datum]) -> System:
    return System(
        entry["code"],
        entry["title"],
        datums[entry["datum"]],
        entry.get("projection", ""),
        tuple(entry.get("aliases", ())),
    )
