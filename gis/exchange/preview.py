"""Where a file's first features would land, before anything is read into the layer; and what to try where they miss."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gis import crs
from gis.geometry import small_enough
from gis.refusals import Refusal
from gis.systems import catalogue
from gis.wkb import from_wkb

from .choices import Choices
from .look import sample_of
from .models import Delivery
from .positions import COMMON, Geometries, Positions, find_positions
from .refusals import SwappedAxes
from .target import Target

# A hundred-millionth of a degree is a millimetre: more digits only make the page larger.
GRID = 1e-8


@dataclass(frozen=True)
class Try:
    """Another reading of the coordinates that would put the features where they belong."""

    crs: str
    swap_axes: bool


@dataclass(frozen=True)
class Preview:
    """`features` are pairs of row and geometry in storage coordinates; `refusal` is None where most of them lie well.

    Of the `seen` geometries that were tried `outside` lie outside the jurisdiction, or nowhere that could be drawn;
    None where there is nothing to lie outside of.
    """

    features: list[tuple[int, Any]] = field(default_factory=list)
    refusal: Refusal | None = None
    tries: list[Try] = field(default_factory=list)
    seen: int = 0
    outside: int | None = None

    @property
    def place(self) -> tuple[float, float] | None:
        """Longitude and latitude about which they lie: the medians of their south-western corners."""
        if not self.features:
            return None
        west, south = np.median([shapely.bounds(shape)[:2] for _row, shape in self.features], axis=0)
        return float(west), float(south)


def preview(delivery: Delivery, target: Target) -> Preview:
    """The features as the choices of the delivery put them."""
    choices = Choices.from_json(delivery.choices)
    rows, shapes = _read(sample_of(delivery))
    try:
        positions = find_positions(
            target.holder,
            delivery.found.get("crs", ""),  # nothing was found in a file that could not be read
            choices.crs,
            shapes,
            swapped=choices.swap_axes,
            anywhere=not target.owned,
        )
        landed = _landed(rows, shapes, positions)
        return Preview(landed, seen=len(rows), outside=_outside(landed, len(rows), positions))
    except Refusal as refusal:
        return Preview(_as_said(rows, shapes, delivery, target, choices), refusal, _tries(refusal, choices))


def systems() -> list[tuple[str, str, str]]:
    """Code, Arabic and English title of the systems that are at hand; others are named by their EPSG code."""
    known = catalogue()
    found = [(system.code, system.title["ar"], system.title["en"]) for system in known.systems.values()]
    return found + [(code, code, code) for code in COMMON if known.find(code) is None]


def _read(sample: list[dict[str, Any]]) -> tuple[list[int], Geometries]:
    """What can be read with care; the rest is the import's to refuse."""
    found = [(one["row"], from_wkb(bytes.fromhex(one["wkb"]))) for one in sample]
    good = [(row, shape) for row, shape in found if shapely.is_geometry(shape) and not shape.is_empty]
    shapes = np.array([shape for _row, shape in good] or [None], dtype=object)[: len(good)]
    small = [finding is None for finding in small_enough(shapes)]
    return [row for (row, _shape), kept in zip(good, small, strict=True) if kept], shapely.force_2d(shapes[small])


def _landed(rows: list[int], shapes: Geometries, positions: Positions) -> list[tuple[int, Any]]:
    stored = positions.store(shapes) if len(shapes) else shapes
    finite = [bool(np.isfinite(shapely.get_coordinates(shape)).all()) for shape in stored]
    return [(row, shape) for row, shape, kept in zip(rows, stored, finite, strict=True) if kept]


def _outside(landed: list[tuple[int, Any]], seen: int, positions: Positions) -> int | None:
    if positions.inside is None:
        return None
    out = positions.outside(np.array([shape for _row, shape in landed], dtype=object)) if landed else np.zeros(0)
    return seen - len(landed) + int(out.sum())


def _as_said(
    rows: list[int], shapes: Geometries, delivery: Delivery, target: Target, choices: Choices
) -> list[tuple[int, Any]]:
    """Wrong as it is: to see where it is."""
    try:
        operation = crs.operation(crs.identify(choices.crs or delivery.found.get("crs", "")))
        landed = _landed(rows, shapes, Positions(target.holder, operation, choices.swap_axes))
    except Refusal:
        return []
    world = shapely.box(*crs.WORLD)
    return [(row, shape) for row, shape in landed if world.contains(shapely.envelope(shape))]


def _tries(refusal: Refusal, choices: Choices) -> list[Try]:
    if isinstance(refusal, SwappedAxes):
        return [Try(choices.crs, not choices.swap_axes)]
    hint = refusal.details.get("hint")
    return [Try(code, swap_axes=False) for code in hint.codes] if hint else []
