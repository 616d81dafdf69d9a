"""Geometries as inputs: GeoJSON of longitude and latitude, judged outside the database and bounded before GEOS."""

from dataclasses import dataclass
from typing import Any, ClassVar

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.features import Output
from gis.writing import places
from gis.writing.faults import Fault

from .kinds import Schema, Unfit

CRS84 = ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "https://www.opengis.net/def/crs/OGC/1.3/CRS84")
POINT, LINES, AREAS = ("Point",), ("LineString", "MultiLineString"), ("Polygon", "MultiPolygon")
EVERY = (*POINT, "MultiPoint", *LINES, *AREAS)
CORNERS = 4


@dataclass(frozen=True)
class Shape:
    """One GeoJSON geometry of these types (or a feature that has one); a box too, where areas are taken."""

    types: tuple[str, ...] = EVERY
    most_points: int = 1_000

    WANTED: ClassVar[Promise] = _(
        "a GeoJSON geometry (%(types)s) in longitude and latitude, of up to %(most)s positions"
    )
    TOO_MANY: ClassVar[Promise] = _("it has %(given)s positions, and may have %(most)s. Simplify it")

    def schema(self) -> Schema:
        geometry = {
            "type": "object",
            "format": "geojson-geometry",
            "required": ["type", "coordinates"],
            "properties": {"type": {"type": "string", "enum": list(self.types)}, "coordinates": {"type": "array"}},
        }
        if "Polygon" not in self.types:
            return geometry
        numbers = {"type": "array", "items": {"type": "number"}, "minItems": CORNERS, "maxItems": CORNERS}
        properties = {"bbox": numbers, "crs": {"type": "string", "enum": list(CRS84)}}
        box = {"type": "object", "format": "ogc-bbox", "required": ["bbox"], "properties": properties}
        return {"oneOf": [geometry, box]}

    def wanted(self) -> Unfit:
        return Unfit(self.WANTED, types=", ".join(self.types), most=f"{self.most_points:,}")

    def read(self, value: Any) -> Any:
        """A shapely geometry of EPSG:4326, longitude first, without heights."""
        if not isinstance(value, dict):
            raise self.wanted()
        if "bbox" in value and "Polygon" in self.types and "type" not in value:
            return self._box(value)
        document = value.get("geometry") if value.get("type") == "Feature" else value
        if not isinstance(document, dict) or document.get("type") not in self.types:
            raise self.wanted()
        place = places.place(document, "GEOMETRY", Output())
        if isinstance(place, Fault):
            raise Unfit(told=place.details["told"])
        if (given := int(shapely.get_num_coordinates(place.stored))) > self.most_points:
            raise Unfit(told=self.TOO_MANY, given=f"{given:,}", most=f"{self.most_points:,}")
        return place.stored

    def _box(self, value: dict[str, Any]) -> Any:
        numbers = value["bbox"]
        if not isinstance(numbers, list) or len(numbers) != CORNERS or value.get("crs", CRS84[0]) not in CRS84:
            raise self.wanted()
        west, south, east, north = numbers
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return self.read({"type": "Polygon", "coordinates": [ring]})


@dataclass(frozen=True)
class Area:
    """An area that somebody gave, and what they say of it."""

    geometry: Any
    properties: dict[str, Any]


@dataclass(frozen=True)
class Areas:
    """GeoJSON areas: a FeatureCollection, a Feature or a geometry."""

    most: int = 200
    most_points: int = 10_000

    WANTED: ClassVar[Promise] = _("GeoJSON with up to %(most)s areas in longitude and latitude")
    TOO_MANY: ClassVar[Promise] = Shape.TOO_MANY

    def schema(self) -> Schema:
        types = ["FeatureCollection", "Feature", *AREAS]
        return {
            "type": "object",
            "format": "geojson-feature-collection",
            "required": ["type"],
            "properties": {
                "type": {"type": "string", "enum": types},
                "features": {"type": "array", "minItems": 1, "maxItems": self.most},
            },
        }

    def wanted(self) -> Unfit:
        return Unfit(self.WANTED, most=self.most)

    def read(self, value: Any) -> list[Area]:
        features = value.get("features") if isinstance(value, dict) and "features" in value else [value]
        if not isinstance(features, list) or not 0 < len(features) <= self.most:
            raise self.wanted()
        found = [Area(self._shape(one), _said(one)) for one in features]
        given = sum(int(shapely.get_num_coordinates(area.geometry)) for area in found)
        if given > self.most_points:
            raise Unfit(told=self.TOO_MANY, given=f"{given:,}", most=f"{self.most_points:,}")
        return found

    def _shape(self, value: Any) -> Any:
        geometry = value.get("geometry") if isinstance(value, dict) and value.get("type") == "Feature" else value
        if not isinstance(geometry, dict) or geometry.get("type") not in AREAS:
            raise self.wanted()
        return Shape(AREAS, self.most_points).read(geometry)


def _said(value: dict[str, Any]) -> dict[str, Any]:
    properties = value.get("properties")
    return properties if value.get("type") == "Feature" and isinstance(properties, dict) else {}
