"""What a set of tiles holds, for the current caller: which layers, from which level, how far they reach."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis.layers import Audience, Layer
from gis.mercator import Box
from gis.tiles import MatrixSet, Square, zoom_at
from gis.tiles.budget import MARGIN
from gis.tiles.matrices import Limits

from . import caller, catalogue


@dataclass(frozen=True)
class Tiled:
    """What is in the tiles: one collection, or without its name several of the data set, `given` where not all."""

    layers: tuple[Layer, ...]
    collection: str = ""
    given: str = ""

    @property
    def address(self) -> str:
        below = f"/collections/{self.collection}" if self.collection else ""
        return f"{caller.current().base}{below}/tiles"

    @property
    def title(self) -> str:
        return str(self.layers[0].title) if self.collection else _("Open map data of the municipality")

    def asked(self, first: str = "") -> str:
        """The part of an address after its "?"."""
        parts = [first, f"collections={self.given}" if self.given else ""]
        found = "&".join(part for part in parts if part)
        return f"?{found}" if found else ""

    def box(self) -> Box | None:
        """Around everything that the caller sees of it; None where nothing is."""
        boxes = [box for layer in self.layers if (box := catalogue.measure(layer)[0])]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)

    def first_level(self, matrices: MatrixSet) -> int:
        """The coarsest level on which something is drawn."""
        return min(first_level(layer, matrices) for layer in self.layers)

    def limits(self, matrices: MatrixSet, level: int) -> Limits | None:
        """Where tiles are on a level; None where there are none."""
        if not self.first_level(matrices) <= level <= matrices.deepest:
            return None
        return matrices.reaching(level, self.box() or catalogue.WORLD, MARGIN)

    def reaches(self, square: Square) -> bool:
        """Is the square one of those that the tileset says it has?"""
        limits = self.limits(square.matrices, square.z)
        return limits is not None and limits.hold(square.x, square.y)

    def template(self, matrices: MatrixSet, place: str) -> str:
        """The address of its tiles, with this for their place."""
        return f"{self.address}/{matrices.id}/{place}{self.asked()}"


def first_level(layer: Layer, matrices: MatrixSet) -> int:
    """The coarsest level on which the layer is drawn."""
    return max(min(zoom.level for zoom in layer.zooms) - matrices.ahead, 0)


def said(layer: Layer, audience: Audience) -> list[str]:
    """The properties that the nearest zoom carries; farther ones carry some of them."""
    zoom = zoom_at(layer, max(one.level for one in layer.zooms))
    declared = [field.name for field in layer.fields_for(audience)]
    return [name for name in declared if zoom is None or zoom.fields is None or name in zoom.fields]
