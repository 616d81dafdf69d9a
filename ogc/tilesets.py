"""Sets of vector tiles as documents (OGC API Tiles 1.0): of a collection, and of several in one tile."""

from typing import Any

from gis.layers import Layer
from gis.mercator import Box
from gis.tiles import MATRIX_SETS, MatrixSet
from gis.tiles.matrices import Limits

from . import caller, catalogue, matrix_sets, media, systems
from .relations import GEODATA, TILING_SCHEME, link
from .schemas import property_schemas
from .tiled import Tiled, first_level, said

DIMENSIONS = {"POINT": 0, "LINESTRING": 1, "POLYGON": 2}


def listed(tiled: Tiled) -> dict[str, Any]:
    """The tilesets of it: one in each tile matrix set."""
    here = tiled.address
    return {
        "title": tiled.title,
        "links": [link("self", media.JSON, f"{here}?f=json"), link("alternate", media.HTML, f"{here}?f=html")],
        "tilesets": [
            _head(tiled, one) | {"links": [link("self", media.JSON, f"{here}/{one.id}?f=json"), _scheme(one)]}
            for one in MATRIX_SETS.values()
        ],
    }


def described(tiled: Tiled, matrices: MatrixSet) -> dict[str, Any]:
    """One tileset: its levels, rows and columns, layers, and the template of its tiles (17-083r4, clause 9)."""
    here, box = f"{tiled.address}/{matrices.id}", tiled.box() or catalogue.WORLD
    kinds = (("self", media.JSON, "json"), ("alternate", media.HTML, "html"), ("alternate", media.TILEJSON, "tilejson"))
    return _head(tiled, matrices) | {
        "description": catalogue.description(tiled.layers[0]) if tiled.collection else tiled.title,
        "boundingBox": _bounds(box),
        "tileMatrixSetLimits": [
            _limits(level, found)
            for level in range(matrices.deepest + 1)
            if (found := tiled.limits(matrices, level)) is not None
        ],
        "layers": [_layer(layer, matrices) for layer in tiled.layers],
        "links": [
            *(link(rel, kind, f"{here}{tiled.asked(f'f={name}')}") for rel, kind, name in kinds),
            _scheme(matrices),
            link("item", media.TILE, tiled.template(matrices, "{tileMatrix}/{tileRow}/{tileCol}"))
            | {"templated": True},
        ],
    }


def _head(tiled: Tiled, matrices: MatrixSet) -> dict[str, Any]:
    return {
        "title": tiled.title,
        "dataType": "vector",
        "crs": matrix_sets.system(matrices),
        "tileMatrixSetURI": matrix_sets.uri(matrices),
    }


def _limits(level: int, limits: Limits) -> dict[str, Any]:
    return {
        "tileMatrix": str(level),
        "minTileRow": limits.first_row,
        "maxTileRow": limits.last_row,
        "minTileCol": limits.first_column,
        "maxTileCol": limits.last_column,
    }


def _bounds(box: Box) -> dict[str, Any]:
    west, south, east, north = box
    return {"lowerLeft": [west, south], "upperRight": [east, north], "crs": systems.CRS84}


def _layer(layer: Layer, matrices: MatrixSet) -> dict[str, Any]:
    audience = caller.current().audience
    names = said(layer, audience)
    properties = {name: _said(found) for name, found in property_schemas(layer, audience).items() if name in names}
    address = f"{caller.current().base}/collections/{layer.id}"
    dimension = DIMENSIONS.get(layer.geometry_type(audience).removeprefix("MULTI"))  # some are of any kind
    return ({} if dimension is None else {"geometryDimension": dimension}) | {
        "id": layer.id,
        "title": str(layer.title),
        "dataType": "vector",
        "minTileMatrix": str(first_level(layer, matrices)),
        "maxTileMatrix": str(matrices.deepest),
        "boundingBox": _bounds(catalogue.measure(layer)[0] or catalogue.WORLD),
        "propertiesSchema": {"type": "object", "properties": properties},
        "links": [link(GEODATA, media.JSON, f"{address}?f=json")],
    }


def _said(found: dict[str, Any]) -> dict[str, Any]:
    """What a tile says of a field: a list as one text, with commas between its codes."""
    return {"title": found["title"], "type": "string"} if found["type"] == "array" else found


def _scheme(matrices: MatrixSet) -> dict[str, Any]:
    return link(TILING_SCHEME, media.JSON, f"{caller.current().base}/tileMatrixSets/{matrices.id}?f=json")
