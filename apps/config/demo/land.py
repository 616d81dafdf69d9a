"""Who gets which land: the plots of every district."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from shapely import LineString, Point, Polygon
from shapely.ops import unary_union

from .block import Ground, Rect
from .dice import dice
from .layout import Layout, Plot, lay_out
from .organic import GARDENS, OLD, Carved, carve, faces
from .plan import Plan, Quarter
from .roads import Road, edge_key, lanes, local_roads
from .site import Name
from .styles import SPECIAL_USES, STYLES, Style

OASIS_VILLAGE = 150.0  # metres from the middle of an oasis to its last house


@dataclass
class Lot:
    """A parcel to be, in the town's frame. `purpose` says what stands on it: house, mosque, school, farm…

    `road` is the key of the road it opens to; `planned` its place in a planned district.
    """

    outline: Polygon
    quarter: int
    block: int
    land_use: str
    purpose: str
    road: str
    face: LineString
    built: bool = False
    planned: "Planned | None" = None


@dataclass(frozen=True)
class Planned:
    """A rectangle in the district's own metres; whether its street lies at the lower side."""

    ground: Ground
    rect: Rect
    opens_low: bool


@dataclass
class Land:
    """Lots, the roads among them, and the names of the quarters by number."""

    lots: list[Lot] = field(default_factory=list)
    roads: list[Road] = field(default_factory=list)
    quarters: dict[int, Name] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    grounds: dict[int, Polygon] = field(default_factory=dict)


def divide(plan: Plan, seed: int) -> Land:
    """All districts of the town."""
    land = Land()
    for number, quarter in enumerate(plan.quarters, start=1):
        rng = dice(seed, plan.site.code, "district", quarter.column, quarter.row)
        land.quarters[number], land.kinds[number] = quarter.district.name, quarter.district.kind
        land.grounds[number] = quarter.patch.outline()
        if quarter.district.kind in STYLES:
            style = STYLES[quarter.district.kind]
            layout = lay_out(quarter.patch, style, rng)
            land.roads += local_roads(number, layout)
            land.lots += _planned(plan, quarter, number, layout, style, rng)
        else:
            _inherited(plan, land, quarter, number, rng)
    return land


def _planned(
    plan: Plan, quarter: Quarter, number: int, layout: Layout, style: Style, rng: np.random.Generator
) -> Iterator[Lot]:
    for plot in layout.plots:
        at_edge = plot.front in ("b0", "b1")
        edge = quarter.patch.edges[layout.ground.edge(plot.front)] if at_edge else None
        road = edge_key(plan, quarter, layout.ground.edge(plot.front)) if at_edge else f"{number} {plot.front}"
        shares = style.frontage if edge and edge.kind in ("arterial", "dual", "coast") else style.uses
        use = plot.use or str(rng.choice(list(shares), p=list(shares.values())))
        built = bool(rng.random() < (0.9 if plot.use else style.built))
        yield Lot(
            plot.outline, number, plot.block + 1, SPECIAL_USES.get(use, use), _purpose(plot, use), road, plot.face,
            built, Planned(layout.ground, plot.rect, plot.opens_low),
        )  # fmt: skip


def _purpose(plot: Plot, use: str) -> str:
    if plot.use:
        return plot.use
    houses = {"residential": "house", "residential_commercial": "shop_house", "commercial": "shop"}
    return houses.get(use, use)


def _inherited(plan: Plan, land: Land, quarter: Quarter, number: int, rng: np.random.Generator) -> None:
    """An old quarter, palm gardens, or an oasis: a village with gardens all around."""
    ground, kind = quarter.patch.outline(), quarter.district.kind
    village = ground
    if kind == "oasis":
        village = plan.terrain.blob("oasis", ground.centroid.coords[0], OASIS_VILLAGE, OASIS_VILLAGE, 0.3)
    parts = [(ground.difference(village.buffer(4)), GARDENS)] if kind == "oasis" else []
    parts.append((village, GARDENS if kind == "gardens" else OLD))
    for k, (part, manner) in enumerate(parts):
        carved = carve(part, rng, manner)
        land.roads += lanes(number, carved, named=manner is OLD, first=1000 * k)
        land.lots += inherited_lots(carved, number, rng, houses=manner is OLD)


def inherited_lots(carved: Carved, number: int, rng: np.random.Generator, *, houses: bool) -> Iterator[Lot]:
    """Lots of an old quarter, garden or farm. The widest of an old quarter are its mosques."""
    middle = unary_union(carved.pieces).centroid
    pieces = sorted(zip(carved.pieces, faces(carved), strict=True), key=lambda pair: _sector(pair[0], middle))
    widest = sorted((piece.area for piece in carved.pieces), reverse=True)[: max(1, len(pieces) // 120)]
    for piece, face in pieces:
        built = bool(rng.random() < (0.88 if houses else 0.12))
        use, purpose = "agricultural", "garden"
        if houses:
            use, purpose = ("residential_commercial" if rng.random() < 0.06 else "residential"), "old_house"
            if piece.area in widest:
                use, purpose, built = "government", "old_mosque", True
        yield Lot(piece, number, _sector(piece, middle), use, purpose, "", face, built)


def _sector(piece: Polygon, middle: Point) -> int:
    """Old quarters are numbered in sectors around their middle instead of planned blocks."""
    point = piece.representative_point()
    angle = np.arctan2(point.y - middle.y, point.x - middle.x)
    return int((angle + np.pi) / (2 * np.pi) * 12) % 12 + 1
