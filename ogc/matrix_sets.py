"""The tile matrix sets as documents (OGC 17-083r4, clause 7): the same that the OGC keeps under these names."""

from typing import Any

from gis.tiles import MATRIX_SETS, WEB_MERCATOR, MatrixSet

from . import media, systems
from .relations import link

DEFINITIONS = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
SCALE_SETS = "http://www.opengis.net/def/wkss/OGC/1.0/"
PIXELS = 256


def uri(matrices: MatrixSet) -> str:
    """Its name for everybody."""
    return f"{DEFINITIONS}{matrices.id}"


def system(matrices: MatrixSet) -> str:
    """The OGC address of its coordinate system."""
    return f"{systems.EPSG}3857" if matrices is WEB_MERCATOR else systems.CRS84


def listed(base: str) -> dict[str, Any]:
    """All of them, with links to their definitions."""
    here = f"{base}/tileMatrixSets"
    return {
        "links": [link("self", media.JSON, f"{here}?f=json"), link("alternate", media.HTML, f"{here}?f=html")],
        "tileMatrixSets": [
            {
                "id": one.id,
                "title": one.id,
                "uri": uri(one),
                "crs": system(one),
                "links": [link(rel, media.JSON, f"{here}/{one.id}?f=json") for rel in ("self", "item")],
            }
            for one in MATRIX_SETS.values()
        ],
    }


def definition(matrices: MatrixSet) -> dict[str, Any]:
    """One of them with all its levels."""
    mercator = matrices is WEB_MERCATOR
    return {
        "id": matrices.id,
        "title": matrices.id,
        "uri": uri(matrices),
        "crs": system(matrices),
        "orderedAxes": ["X", "Y"] if mercator else ["Lon", "Lat"],
        "wellKnownScaleSet": f"{SCALE_SETS}{'GoogleMapsCompatible' if mercator else 'GoogleCRS84Quad'}",
        "tileMatrices": [_matrix(matrices, level) for level in range(matrices.deepest + 1)],
    }


def _matrix(matrices: MatrixSet, level: int) -> dict[str, Any]:
    columns, rows = matrices.size(level)
    return {
        "id": str(level),
        "scaleDenominator": matrices.scale(level),
        "cellSize": matrices.cell_size(level),
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [matrices.west, matrices.north],
        "tileWidth": PIXELS,
        "tileHeight": PIXELS,
        "matrixWidth": columns,
        "matrixHeight": rows,
    }
