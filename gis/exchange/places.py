"""Where features of a run lie, for maps: what was not taken, as far as it has a place, and what was repaired."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely

from gis import crs
from gis.geometry import small_enough
from gis.origins import Origin
from gis.refusals import Refusal
from gis.wkb import from_wkb

from .models import ImportRun, Quarantine
from .positions import swap
from .reasons import TITLES
from .target import Target

MOST_REPAIRED = 200
Feature = dict[str, Any]


def places_of(items: Iterable[Quarantine], run: ImportRun) -> Iterator[Feature]:
    """Features of the quarantine as GeoJSON, each with its reason; those without a place of their own are left out."""
    for item in items:
        shape = stored_shape(item, run)
        if shape is not None:
            about = {
                "id": str(item.pk),
                "row": item.row,
                "code": item.code,
                "title": str(TITLES.get(item.code, item.code)),
            }
            yield _feature(shape, kind="quarantine", **about)


def stored_shape(item: Quarantine, run: ImportRun) -> Any:
    """The geometry in storage coordinates: as it was corrected, or as it came. None where it has no place on Earth."""
    if item.drawn is not None:
        return _sound(bytes(item.drawn))
    if item.original is None:
        return None
    return _transformed(bytes(item.original), item.original_crs, swapped=bool(run.choices.get("swap_axes")))


def repaired_of(run: ImportRun, target: Target) -> Iterator[Feature]:
    """Records that were repaired: as they are stored, and as they came."""
    kept = {one.record_id: one for one in run.features.exclude(notes="")[:MOST_REPAIRED]}
    name = target.geometry.name
    stored = target.model._base_manager.filter(pk__in=kept).values_list("pk", name)
    origins = Origin.objects.filter(record_id__in=kept, table=target.table).select_related("transformation")
    came = {origin.record_id: origin for origin in origins.order_by("recorded_at")}
    for key, geometry in stored:
        about = {"id": str(key), "row": kept[key].row, "title": kept[key].notes}
        yield {"type": "Feature", "properties": {"kind": "repaired", **about}, "geometry": json.loads(geometry.geojson)}
        origin = came.get(key)
        before = _came(origin, run) if origin else None
        if before is not None:
            yield _feature(before, kind="before", **about)


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
