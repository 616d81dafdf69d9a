"""In which system a file's coordinates are, and whether that can be: judged on its first features, before anything.

Nothing is guessed into the layer: where the declared system puts the features elsewhere, the import stops and says
under which systems they would lie inside.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis import crs
from gis.geometry import from_geos
from gis.refusals import Refusal
from gis.systems import catalogue

from .refusals import NoSystem, SwappedAxes, UnknownCode, WrongSystem
from .target import Holder
from .words import Hint, Name

# The first features decide; most of them must be where they should be.
SAMPLE = 1000
ENOUGH = 0.5
# Systems that files come in by mistake everywhere, besides the country's own and the authority's.
COMMON = ("EPSG:4326", "EPSG:3857")

Geometries = NDArray[Any]


@dataclass(frozen=True)
class Positions:
    """How the file's coordinates become stored ones, and where they may lie. `inside` is None: anywhere."""

    holder: Holder
    operation: crs.Operation
    swapped: bool = False
    inside: Any = None

    def store(self, geometries: Geometries) -> Geometries:
        """Longitude and latitude on WGS 84; what is there already is not touched, not even in the last digit."""
        turned = swap(geometries) if self.swapped else geometries
        return turned if self.operation.source == crs.STORAGE else crs.to_storage(turned, self.operation)

    def outside(self, geometries: Geometries) -> NDArray[np.bool_]:
        """Which of them have the middle of what they cover outside the jurisdiction."""
        if self.inside is None or self._all_inside(geometries):
            return np.zeros(len(geometries), bool)
        x, y = shapely.get_coordinates(shapely.point_on_surface(geometries)).T
        out: NDArray[np.bool_] = ~shapely.contains_xy(self.inside, x, y)
        return out

    def _all_inside(self, geometries: Geometries) -> bool:
        """Their common box lies within and touches no edge: then no middle need be looked for."""
        return bool(shapely.contains_properly(self.inside, shapely.box(*shapely.total_bounds(geometries))))


def find_positions(
    holder: Holder, declared: str, given: str, sample: Geometries, *, swapped: bool, anywhere: bool
) -> Positions:
    """The positions of a file whose first geometries are `sample`; `given` by the operator wins over `declared`.

    Raises NoSystem, UnknownCode, SwappedAxes, WrongSystem and `gis.crs.UnknownSystem`.
    """
    inside = None if anywhere or holder.jurisdiction is None else from_geos(holder.jurisdiction)
    shapely.prepare(inside)
    sample = _measurable(sample[:SAMPLE])
    if not (given or declared):
        raise NoSystem(hint=_hint(holder, sample, inside))
    code = crs.identify(given or declared)
    if not given and ":" not in code[:12]:
        raise UnknownCode(given=declared[:60], hint=_hint(holder, sample, inside))
    area = holder.jurisdiction.extent if holder.jurisdiction is not None else None
    found = Positions(holder, crs.operation(code, area), swapped, inside)
    if len(sample):
        _believe(found, sample)
    return found


def swap(geometries: Geometries) -> Geometries:
    """First and second coordinate exchanged."""
    swapped: Geometries = shapely.transform(geometries, lambda x, y: (y, x), interleaved=False)
    return swapped


def _believe(found: Positions, sample: Geometries) -> None:
    if _share(found, sample) >= ENOUGH:
        return
    turned = Positions(found.holder, found.operation, not found.swapped, found.inside)
    details = {"system": found.operation.source, "authority": Name.of(found.holder)}
    if found.inside is not None and _share(turned, sample) >= ENOUGH:
        raise SwappedAxes(**details)
    raise WrongSystem(**details, place=_place(found, sample), hint=_hint(found.holder, sample, found.inside))


def _share(positions: Positions, sample: Geometries) -> float:
    """The part of the sample that lies where it should; on Earth at least."""
    try:
        stored = positions.store(sample)
    except Refusal:
        return 0.0
    west, south, east, north = shapely.bounds(stored).T
    good = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    if good.any():
        good[good] = ~positions.outside(stored[good])
    return float(good.mean())


def _measurable(sample: Geometries) -> Geometries:
    """Without what has no place of its own."""
    numbers = np.isfinite(shapely.bounds(sample)).all(axis=1)
    kept: Geometries = sample[numbers & ~shapely.is_empty(sample)]
    return kept


def _place(positions: Positions, sample: Geometries) -> str:
    x, y = np.median(shapely.bounds(positions.store(sample))[:, :2], axis=0)
    return f"{x:.4f}, {y:.4f}"


def _hint(holder: Holder, sample: Geometries, inside: Any) -> Hint:
    """The systems under which the sample would lie inside, as a sentence in the reader's language."""
    if inside is None or not len(sample):
        return Hint(())
    codes = dict.fromkeys((crs.identify(holder.working_crs), *COMMON, *catalogue().systems))
    return Hint(tuple(code for code in codes if _fits(holder, code, sample, inside)))


def _fits(holder: Holder, code: str, sample: Geometries, inside: Any) -> bool:
    try:
        operation = crs.operation(code, holder.jurisdiction.extent if holder.jurisdiction else None)
    except Refusal:
        return False
    return _share(Positions(holder, operation, inside=inside), sample) >= ENOUGH
