"""A tileset as TileJSON 3.0, for MapLibre, QGIS and others."""

from typing import Any

from django.utils.translation import gettext as _

from gis.layers import Layer
from gis.tiles import MatrixSet

from . import caller, catalogue, matrix_sets
from .schemas import property_schemas
from .tiled import Tiled, first_level, said


def described(tiled: Tiled, matrices: MatrixSet) -> dict[str, Any]:
    """The document. TileJSON knows no other map than that of WebMercatorQuad: which one this is, `crs` says."""
    west, south, east, north = tiled.box() or catalogue.WORLD
    return {
        "tilejson": "3.0.0",
        "name": tiled.title,
        "scheme": "xyz",
        "tiles": [tiled.template(matrices, "{z}/{y}/{x}")],
        "minzoom": tiled.first_level(matrices),
        "maxzoom": matrices.deepest,
        "bounds": [west, south, east, north],
        "crs": matrix_sets.system(matrices),
        "vector_layers": [one for layer in tiled.layers for one in _vector_layers(layer, matrices)],
    }


def _vector_layers(layer: Layer, matrices: MatrixSet) -> list[dict[str, Any]]:
    """The layer, and the points of its areas' names, which are a layer of their own in the tile."""
    audience = caller.current().audience
    titles = property_schemas(layer, audience)
    fields = {"id": _("Identifier")} | {name: str(titles[name]["title"]) for name in said(layer, audience)}
    head = {"maxzoom": matrices.deepest, "description": str(layer.title)}
    named = [
        zoom.level for zoom in layer.zooms if not zoom.grid_m and (zoom.fields is None or layer.label in zoom.fields)
    ]
    counted = {"count": _("Number of features")} if any(zoom.grid_m for zoom in layer.zooms) else {}
    found = [head | {"id": layer.id, "minzoom": first_level(layer, matrices), "fields": fields | counted}]
    if layer.geometry_type(audience).endswith("POLYGON"):
        found.append(
            head | {"id": f"{layer.id}.label", "minzoom": max(min(named) - matrices.ahead, 0), "fields": fields}
        )
    return found
