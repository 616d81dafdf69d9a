"""Where a quarantined feature lies: drawn on the map, or typed where the layer's records are points."""

import json
from typing import Any

from django.contrib.gis.forms import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, QueryDict
from psycopg import sql

from apps.core.typed_place import PlaceField, PlaceWidget, TypedPlace
from apps.core.widgets import MapWidget
from gis.exchange.models import Quarantine
from gis.exchange.places import stored_shape
from gis.exchange.refusals import NotDrawable
from gis.exchange.target import Target
from gis.layers import Layer

# Records around a feature that are drawn, and how far around it they are looked for (degrees, some 50 m).
NEIGHBOURS, AROUND = 200, 0.0005
NAME = "shape"
# The desk's editor, for a form that has no model.
TEMPLATE = "admin/record/map_field.html"


class ShapeWidget(MapWidget):
    template_name = TEMPLATE


class PointWidget(PlaceWidget):
    template_name = TEMPLATE


def widget_of(target: Target) -> MapWidget:
    kind = PointWidget if target.geometry.geom_type == "POINT" else ShapeWidget
    return kind(attrs={"geom_type": target.geometry.geom_type})


def placed(sent: QueryDict, item: Quarantine, target: Target) -> bytes | None:
    """What was drawn or typed (WKB, EPSG:4326); a geometry left alone keeps its original, with all its digits.

    Raises NotDrawable for what no map has drawn, ValidationError for a typed text that is no place.
    """
    if sent.get("undraw"):  # asked first: the field then still holds what was drawn before
        return None
    was = None if item.drawn is None else bytes(item.drawn)
    widget = widget_of(target)
    given = widget.value_from_datadict(sent, {}, NAME) or ""
    if isinstance(given, TypedPlace):
        return bytes(PlaceField(srid=4326, widget=widget).clean(given).wkb)
    text = given.strip()
    if NAME not in sent or text == as_text(stored_shape(item, item.run)):
        return was
    if not text:
        return None
    try:
        shape = GeometryField(srid=4326, widget=ShapeWidget()).clean(text)
    except ValidationError as error:
        raise NotDrawable from error
    return bytes(shape.wkb)


def as_text(shape: Any) -> str:
    """As the form's field holds it."""
    return "" if shape is None else GEOSGeometry(memoryview(shape.wkb), srid=4326).geojson


def editor(request: HttpRequest, target: Target, shape: Any, sent: QueryDict) -> str:
    """The field. What cannot be edited as the layer's kind is drawn beside it, and drawn anew in it."""
    widget = widget_of(target)
    widget.csp_nonce = getattr(request, "csp_nonce", None)
    single = target.geometry.geom_type.removeprefix("MULTI")
    fits = shape is not None and shape.geom_type.upper().removeprefix("MULTI") in (single, "GEOMETRY")
    value: Any = GEOSGeometry(memoryview(shape.wkb), srid=4326) if fits else None
    if NAME in sent:
        value = widget.value_from_datadict(sent, {}, NAME)
    return widget.render(NAME, value, {"id": f"id_{NAME}"})


def around(layer: Layer, shape: Any, *, but: Any) -> list[dict[str, Any]]:
    """Records near it, as the caller may see them: own ones in full, others as the public does. Not `but`."""
    if shape is None:
        return []
    west, south, east, north = shape.bounds
    query = sql.SQL(
        "SELECT id, {label}::text, ST_AsGeoJSON(geom, 7) FROM {view} "
        "WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) LIMIT %s"
    ).format(label=sql.Identifier(layer.label), view=sql.Identifier("desk", layer.view))
    box = (west - AROUND, south - AROUND, east + AROUND, north + AROUND)
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(), [*box, NEIGHBOURS])
        return [
            {"type": "Feature", "properties": {"id": str(key), "label": label}, "geometry": json.loads(geometry)}
            for key, label, geometry in cursor.fetchall()
            if geometry and key != but
        ]
