"""What a tile is cut of, for whom and where."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from gis import published
from gis.layers import Audience, Layer

from . import budget, drawing
from .matrices import Square

During = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Asked:
    """`during` bounds the field that tells the time of a record, where the layer has one; both ends included."""

    layer: Layer
    audience: Audience
    square: Square
    during: During | None = None

    @property
    def view(self) -> sql.Identifier:
        return published.view(self.layer, self.audience)

    @property
    def reach(self) -> sql.Composed:
        """The square with its margin, as stored geometries are compared with it."""
        return drawing.envelope(self.square.degrees(budget.MARGIN), 4326)
