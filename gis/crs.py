"""The only place that transforms coordinates. Storage is EPSG:4326; the order is always longitude, latitude.

The reference file pins the systems of the country; for any other the best operation that works without grids from
elsewhere is chosen once, by area, and named, so that it can be kept beside each geometry. SQL has the same pinned
definitions (`gis_to_storage`, `gis_from_storage`): a test holds the two together to a millimetre.
"""

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.enums import TransformDirection
from pyproj.exceptions import ProjError
from pyproj.network import set_network_enabled
from pyproj.transformer import TransformerGroup

from gis import system_text
from gis.refusals import Refusal
from gis.systems import System, catalogue

STORAGE = "EPSG:4326"
STORAGE_SRID = 4326

# West, south, east, north.
Bounds = tuple[float, float, float, float]
WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)

set_network_enabled(False)  # grids are never fetched behind the operator's back


class UnknownSystem(Refusal):
    code = "unknown_system"
    sentence = _('The coordinate system "%(given)s" is not known. Give its EPSG code, such as EPSG:4326.')


class NotOfMaps(UnknownSystem):
    code = "not_of_maps"
    sentence = _(
        'The numbers of the coordinate system "%(given)s" alone tell no place on the map: they count from the middle '
        "of the Earth, or are heights. Give longitude and latitude, or easting and northing, in a system such as "
        "EPSG:4326."
    )


class NoOperation(Refusal):
    code = "no_operation"
    sentence = _("There is no way from the coordinate system %(system)s to WGS 84 here. Deliver the file in WGS 84.")


@dataclass(frozen=True)
class Operation:
    """One fixed transformation to storage, to be kept beside what it transformed.

    `pipeline` is PROJ's, from the system's longitude/latitude or easting/northing to longitude/latitude in degrees.
    `accuracy_m` is None where nobody states one. `unavailable` names better operations whose grids are not here.
    """

    source: str
    name: str
    pipeline: str
    accuracy_m: float | None
    pinned: bool
    unavailable: tuple[str, ...] = ()

    def forward(self, x: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """Longitude and latitude, infinite where the system is not defined."""
        lon, lat = _transformer(self.pipeline).transform(x, y)
        return lon, lat

    def backward(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
        x, y = _transformer(self.pipeline).transform(lon, lat, direction=TransformDirection.INVERSE)
        return x, y


def identify(given: str) -> str:
    """The code of the coordinate system that a code, a WKT or a PROJ text means; heights are left out.

    A text that is no registered system comes back as it is, if it can be understood. Raises UnknownSystem, NotOfMaps.
    """
    if known := catalogue().find(given):
        return known.code
    system = _horizontal(given)
    authority = system.to_authority()
    if authority is None:
        return given.strip()
    code = ":".join(authority)
    known = catalogue().find(code)
    return known.code if known else code


def operation(system: str, area: Bounds | None = None) -> Operation:
    """The operation from a coordinate system to storage; `area` in degrees, of the data or the jurisdiction."""
    return _operation(identify(system), area)


def to_storage(geometry: Any, by: Operation) -> Any:
    """A shapely geometry, or an array of them, in longitude/latitude of WGS 84. Z is dropped."""
    return shapely.transform(geometry, by.forward, interleaved=False)


def from_storage(geometry: Any, by: Operation) -> Any:
    """The way back: a shapely geometry, or an array of them, in the system of the operation."""
    return shapely.transform(geometry, by.backward, interleaved=False)


def title(system: str, language: str) -> str:
    """What the system is called: in the language where the reference file says it, else as its registry does."""
    known = catalogue().find(system)
    return (known.title.get(language) if known else None) or str(_horizontal(system).name)


def projected(system: str) -> bool:
    """Does the system count in metres or feet, not in degrees?"""
    known = catalogue().find(system)
    return known.projected if known else bool(_horizontal(system).is_projected)


def north_first(system: str) -> bool:
    """Does the system's own definition write northing or latitude first? OGC addresses of systems mean that order."""
    return bool(_horizontal(system).axis_info[0].direction == "north")


def unit_m(system: str) -> float:
    """How many metres one unit of a projected system is."""
    known = catalogue().find(system)
    return 1.0 if known else float(_horizontal(system).axis_info[0].unit_conversion_factor)


def around(lng: float, lat: float) -> Operation:
    """The plane that is true in distance and direction from a place (azimuthal equidistant on WGS 84), in metres.

    Elsewhere it stretches across the direction of the place, by one part in 6,000 at 200 km from it.
    """
    pipeline = (
        f"+proj=pipeline +step +inv +proj=aeqd +lat_0={lat!r} +lon_0={lng!r} +ellps=WGS84"
        " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    return Operation(source="", name="azimuthal equidistant", pipeline=pipeline, accuracy_m=0.0, pinned=True)


@lru_cache(maxsize=256)
def _operation(code: str, area: Bounds | None) -> Operation:
    known = catalogue().find(code)
    return _pinned(known) if known else _best(code, area)


def _pinned(system: System) -> Operation:
    shift = system.datum.shift
    return Operation(
        source=system.code,
        name=f"{shift.name} [{shift.code}]" if shift else "WGS 84, no shift of datum",
        pipeline=system.pipeline,
        accuracy_m=shift.accuracy_m if shift else 0.0,
        pinned=True,
    )


def _best(code: str, area: Bounds | None) -> Operation:
    """PROJ's best operation whose grids are here; one that ignores the datum only when there is no other."""
    for ballpark in (False, True):
        group = _group(code, area, ballpark=ballpark)
        if group.transformers:
            break
    else:
        raise NoOperation(system=code)
    chosen = group.transformers[0]
    return Operation(
        source=code,
        name=chosen.description.removesuffix(" (with axis order normalized for visualization)"),
        pipeline=chosen.definition,
        accuracy_m=chosen.accuracy if chosen.accuracy is not None and chosen.accuracy >= 0 else None,
        pinned=False,
        unavailable=tuple(_describe(missing) for missing in group.unavailable_operations),
    )


def _group(code: str, area: Bounds | None, *, ballpark: bool) -> TransformerGroup:
    interest: Any = AreaOfInterest(*area) if area else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what is missing is told in `unavailable`
        try:
            return TransformerGroup(
                _horizontal(code),
                STORAGE,
                always_xy=True,
                area_of_interest=interest,
                allow_ballpark=ballpark,
            )
        except ProjError as error:
            raise NoOperation(system=code[:80]) from error


def _describe(missing: Any) -> str:
    grids = ", ".join(grid.short_name for grid in missing.grids if not grid.available)
    return f"{missing.name} ({missing.accuracy} m): {grids}"


def _horizontal(given: str) -> CRS:
    try:
        system = system_text.parse(given)
    except system_text.NotASystem as error:
        raise UnknownSystem(given=given[:80]) from error
    plane = system.sub_crs_list[0] if system.is_compound else system
    if plane.is_geocentric or plane.is_vertical:
        raise NotOfMaps(given=given[:80])
    return plane.to_2d() if len(plane.axis_info) > 2 else plane  # to_2d would lose the name of one that is


@lru_cache(maxsize=256)
def _transformer(pipeline: str) -> Transformer:
    return Transformer.from_pipeline(pipeline)
