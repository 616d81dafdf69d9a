"""Where features of a run lie, for maps: what was not taken, as far as it has a place, and what was repaired."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Q
from django.db.models.functions import Coalesce

from gis import crs
from gis.geometry import small_enough
from gis.origins import Origin
from gis.refusals import Refusal
from gis.wkb import from_wkb

from .models import ImportFeature, ImportRun, Quarantine
from .portions import LARGE, Octets
from .positions import swap
from .reasons import TITLES
from .target import Target

MOST_REPAIRED = 200
# Bytes of geometry that one map draws, and those of one feature of it: what has too many corners would not be drawn.
MOST_BYTES, LARGEST = 2_000_000, 400_000
# Repaired records that are read at once; each has fewer corners than LARGEST allows.
AT_ONCE = 10
Feature = dict[str, Any]


@dataclass
class Room:
    """What a map may still hold, and how many features were left out of it because of their size."""

    left: int = MOST_BYTES
    left_out: int = 0

    def takes(self, size: int) -> bool:
        fits = size <= min(self.left, LARGEST)
        self.left -= size if fits else 0
        self.left_out += not fits
        return fits


def places_of(run: ImportRun, room: Room, *, most: int) -> Iterator[Feature]:
    """The first features of the quarantine as GeoJSON, each with its reason, as far as there is room.

    Those without a place of their own are left out; what is too large is not even read.
    """
    listed = run.quarantine.order_by("row").annotate(shape=Coalesce("drawn", "original"))
    sizes = listed.annotate(size=Octets("shape")).values_list("pk", "size")[:most]
    fitting = [key for key, size in sizes if size and room.takes(size)]
    for item in listed.filter(pk__in=fitting).defer(*LARGE).annotate(is_drawn=Q(drawn__isnull=False)):
        shape = _shape_of(bytes(item.shape), None if item.is_drawn else item.original_crs, run)
        if shape is not None:
            about = {
                "id": str(item.pk),
                "row": item.row,
                "code": item.code,
                "title": str(TITLES.get(item.code, item.code)),
            }
            yield _feature(shape, kind="quarantine", **about)


def stored_shape(item: Quarantine, run: ImportRun) -> Any:
    """The geometry in storage coordinates: as it was corrected, or as it came.

    None where it has no place on Earth, and where it is too large to be drawn: that is asked before it is read.
    """
    if item.drawn is not None:
        return _shape_of(bytes(item.drawn), None, run)
    small = Quarantine.objects.filter(pk=item.pk).annotate(size=Octets("original")).filter(size__lte=LARGEST)
    original = small.values_list("original", flat=True).first()
    return None if original is None else _shape_of(bytes(original), item.original_crs, run)


def repaired_of(run: ImportRun, target: Target, room: Room) -> Iterator[Feature]:
    """Records that were repaired: as they are stored, and as they came; as far as there is room."""
    kept = {one.record_id: one for one in run.features.exclude(notes="")[:MOST_REPAIRED]}
    for some in batched(kept.values(), AT_ONCE):
        if room.left <= 0:
            room.left_out += len(some)
            continue
        for feature, size in _repaired({one.record_id: one for one in some}, run, target):
            room.left -= size
            yield feature


def _repaired(kept: Mapping[UUID, ImportFeature], run: ImportRun, target: Target) -> Iterator[tuple[Feature, int]]:
    """With the bytes of each."""
    name = target.geometry.name
    stored = target.model._base_manager.filter(pk__in=kept).values_list("pk", name)
    origins = Origin.objects.filter(record_id__in=kept, table=target.table).select_related("transformation")
    small = origins.annotate(size=Octets("original")).filter(size__lte=LARGEST)
    came = {origin.record_id: origin for origin in small.order_by("recorded_at")}
    for key, geometry in stored:
        about = {"id": str(key), "row": kept[key].row, "title": kept[key].notes}
        properties = {"kind": "repaired", **about}
        now = {"type": "Feature", "properties": properties, "geometry": json.loads(geometry.geojson)}
        yield now, len(geometry.wkb)
        origin = came.get(key)
        before = _came(origin, run) if origin else None
        if origin and before is not None:
            yield _feature(before, kind="before", **about), len(origin.original)


def _shape_of(data: bytes, system: str | None, run: ImportRun) -> Any:
    """`system` is None for what was drawn, in storage coordinates."""
    if system is None:
        return _sound(data)
    return _transformed(data, system, swapped=bool(run.choices.get("swap_axes")))


def _transformed(data: bytes, system: str, *, swapped: bool = False) -> Any:
    shape = _sound(data)
    if shape is None:
        return None
    try:
        turned = swap(np.array([shape], dtype=object)) if swapped else np.array([shape], dtype=object)
        stored = turned if system == crs.STORAGE else crs.to_storage(turned, crs.operation(system))
    except Refusal:
        return None
    return _on_earth(stored[0])


def _sound(data: bytes) -> Any:
    """Read with care, flat, and small enough for a page."""
    shape = from_wkb(data)
    if not shapely.is_geometry(shape) or small_enough(np.array([shape], dtype=object))[0] is not None:
        return None
    return _on_earth(shapely.force_2d(shape), anywhere=True)


def _on_earth(shape: Any, *, anywhere: bool = False) -> Any:
    box = shapely.bounds(shape)
    if not np.isfinite(box).all() or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    west, south, east, north = box
    return shape if anywhere or (west >= -180 and east <= 180 and south >= -90 and north <= 90) else None


def _feature(shape: Any, **about: Any) -> Feature:
    return {"type": "Feature", "properties": about, "geometry": json.loads(shapely.to_geojson(shape))}


def _came(origin: Origin, run: ImportRun) -> Any:
    swapped = bool(run.choices.get("swap_axes"))
    return _transformed(bytes(origin.original), origin.transformation.system, swapped=swapped)
