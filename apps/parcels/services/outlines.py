"""An outline as it was surveyed, and what becomes of it: judged, brought to storage, its original kept."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import numpy as np
import shapely
from django.contrib.gis.geos import MultiPolygon
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from apps.core.refusals import Refusal
from apps.territory.models import Authority
from gis import crs, origins
from gis.findings import BadGeometry
from gis.geometry import as_kind, check, flat, from_geos, small_enough, to_geos
from gis.origins import Origin
from gis.wkb import from_wkb

from ..models import Parcel

KIND = "MULTIPOLYGON"


class OutsideJurisdiction(Refusal):
    code = "outside_jurisdiction"
    sentence = _(
        "The outline lies outside %(authority)s. Check the coordinate system and the order of the coordinates."
    )


@dataclass(frozen=True)
class Outline:
    """A polygon with its coordinates in `system` (easting, northing or longitude, latitude), as delivered."""

    original: BaseGeometry
    system: str = crs.STORAGE


@dataclass(frozen=True)
class Placed:
    """An outline that may be stored: EPSG:4326, sound, of the layer's kind, in the authority's jurisdiction."""

    geom: MultiPolygon
    outline: Outline
    operation: crs.Operation


def place(outline: Outline, authority: Authority) -> Placed:
    """Raises BadGeometry, OutsideJurisdiction, UnknownSystem or NoOperation. A survey is never repaired silently."""
    # The cheap questions first: a million corners are not even transformed.
    if finding := small_enough(np.array([outline.original], dtype=object))[0]:
        raise BadGeometry(finding)
    jurisdiction = from_geos(authority.geom) if authority.geom else None
    west, south, east, north = (float(edge) for edge in shapely.bounds(jurisdiction)) if jurisdiction else crs.WORLD
    operation = crs.operation(outline.system, (west, south, east, north))
    stored = crs.to_storage(flat(outline.original)[0], operation)
    if finding := check(stored, kind=KIND):
        raise BadGeometry(finding)
    if jurisdiction is not None and not jurisdiction.intersects(stored.representative_point()):
        raise OutsideJurisdiction(authority=authority.name)
    return Placed(cast(MultiPolygon, to_geos(as_kind(stored, KIND))), outline, operation)


def keep_original(parcel: Parcel, placed: Placed) -> UUID:
    """Keep where the parcel's outline comes from."""
    kept = origins.keep(
        table=Parcel._meta.db_table,
        record_id=parcel.pk,
        authority_id=parcel.authority_id,
        original=placed.outline.original,
        operation=placed.operation,
    )
    return kept.pk


def surveyed_outline(parcel: Parcel) -> Outline:
    """The parcel's outline as it was delivered last; without an original, as it is stored."""
    kept = Origin.objects.filter(table=Parcel._meta.db_table, record_id=parcel.pk).select_related("transformation")
    youngest = kept.order_by("-recorded_at", "-pk").first()
    if youngest is None:
        return Outline(from_geos(parcel.geom))
    return Outline(from_wkb(bytes(youngest.original)), youngest.transformation.system)
