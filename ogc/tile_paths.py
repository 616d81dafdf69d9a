"""The part of the API document that tells of tiles."""

from django.utils.translation import gettext as _

from gis.tiles import MATRIX_SETS

from . import media
from .described import Part, path, query, read, ref

PLACE = "/{tileMatrix}/{tileRow}/{tileCol}"
PAGES = (media.JSON, media.HTML)


def operations() -> dict[str, Part]:
    """The addresses of the tile matrix sets, the tilesets and the tiles, all of them only read."""
    matrices = path("tileMatrixSetId", _("How tiles are cut"), {"type": "string", "enum": list(MATRIX_SETS)})
    names = {"type": "array", "minItems": 1, "items": ref("schemas", "CollectionId")}
    chosen = query("collections", _("The collections that are in the tile; without it all"), names)
    found = {
        "/tileMatrixSets": read("tileMatrixSets", _("How tiles are cut"), [], PAGES),
        "/tileMatrixSets/{tileMatrixSetId}": read("tileMatrixSet", _("How tiles are cut"), [matrices], PAGES),
    }
    for above, name, parameters, more in (
        ("", "dataset", [], [chosen]),
        ("/collections/{collectionId}", "collection", [ref("parameters", "collectionId")], []),
    ):
        here, title, one = f"{above}/tiles", _("Vector tiles"), [*parameters, matrices]
        found[here] = read(f"{name}.tilesets", title, parameters, PAGES)
        found[f"{here}/{{tileMatrixSetId}}"] = read(f"{name}.tileset", title, [*one, *more], (*PAGES, media.TILEJSON))
        tile = read(f"{name}.tile", title, [*one, *_place(), *more, ref("parameters", "datetime")], (media.TILE,))
        found[f"{here}/{{tileMatrixSetId}}{PLACE}"] = tile
    return found


def _place() -> list[Part]:
    whole = {"type": "integer", "minimum": 0}
    return [
        path("tileMatrix", _("The level"), whole),
        path("tileRow", _("The row, from the north"), whole),
        path("tileCol", _("The column, from the west"), whole),
    ]
