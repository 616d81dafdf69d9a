"""Every road and street with its rank on the map: 1 is seen from afar, 8 is an alley."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import LineString, MultiLineString, Point
from shapely.ops import linemerge

from .drainage import smooth
from .layout import Layout
from .organic import Carved
from .plan import Plan, Quarter
from .site import Name
from .wadis import COUNTRY_ROAD_ENDS, Wadis, beside

CARRIAGEWAYS = 10.0  # metres between the middle of a dual road and each of its carriageways
ROUNDABOUT = {"dual": 24.0, "arterial": 17.0}
LOCAL_RANKS = {"collector": 5, "row": 6, "cross": 7}
NAMED_LANES = 14
COUNTRY_ROAD = 135.0  # metres west of the wadi's middle


@dataclass
class Road:
    """A road. `key` is how plots refer to it; `quarter` the district it lies in, or -1 for the town's own."""

    key: str
    lines: MultiLineString
    rank: int
    kind: str = "street"
    name: Name | None = None
    quarter: int = -1
    addressed: bool = True
    code: str = ""


def edge_key(plan: Plan, quarter: Quarter, edge: int) -> str:
    """The road on one side of a district (south, north, west, east): beside a wadi or dual road, its own lane."""
    row, column = quarter.row + (edge == 1), quarter.column + (edge == 3)
    if edge < 2:
        if plan.site.rows[row].kind == "dual":
            return f"service {row} {'south' if edge else 'north'}"
        return f"row {row}"
    if plan.site.columns[column].kind == "wadi":
        return f"bank {column} {'west' if edge == 3 else 'east'}"
    return f"column {column}"


def main_roads(plan: Plan) -> Iterator[Road]:
    """Rows and columns."""
    for r, row in enumerate(plan.site.rows):
        lines, dual = plan.row_road(r), row.kind == "dual"
        if dual:
            lines = MultiLineString([lines.geoms[0].offset_curve(side) for side in (CARRIAGEWAYS, -CARRIAGEWAYS)])
        yield Road(f"row {r}", lines, 1 if dual else 3, "road" if dual else "street", row.name)
    for c, column in enumerate(plan.site.columns):
        if column.kind != "wadi":
            yield Road(f"column {c}", plan.column_road(c), 3, "street", column.name)


def side_roads(plan: Plan) -> Iterator[Road]:
    """Lanes along wadi banks and beside the dual road, joined across districts."""
    pieces: dict[str, list[LineString]] = defaultdict(list)
    for quarter in plan.quarters:
        patch = quarter.patch
        south, north, west, east = (edge.reach for edge in patch.edges)
        paths = (
            ((-west, patch.width + east), (-south, -south)),
            ((-west, patch.width + east), (patch.height + north, patch.height + north)),
            ((-west, -west), (-south, patch.height + north)),
            ((patch.width + east, patch.width + east), (-south, patch.height + north)),
        )
        for number, (edge, (x, y)) in enumerate(zip(patch.edges, paths, strict=True)):
            if edge.lane:
                pieces[edge_key(plan, quarter, number)].append(patch.line(np.array(x), np.array(y)))
    for key, lines in pieces.items():
        yield Road(key, _multi(linemerge(lines) if len(lines) > 1 else lines[0]), 5 if "bank" in key else 6)


def local_roads(number: int, layout: Layout) -> Iterator[Road]:
    """Streets inside a planned district."""
    for key, line in layout.streets.items():
        yield Road(f"{number} {key}", MultiLineString([line]), LOCAL_RANKS[key.split()[0]], quarter=number)


def lanes(number: int, carved: Carved, *, named: bool, first: int = 0) -> Iterator[Road]:
    """Lanes of an old quarter or garden; the longest have names in a quarter where people live."""
    longest = sorted(carved.lanes, key=lambda line: -line.length)[:NAMED_LANES] if named else []
    for k, line in enumerate(carved.lanes, start=first):
        addressed = line in longest
        yield Road(f"{number} lane {k}", MultiLineString([line]), 8, "alley", quarter=number, addressed=addressed)


def roundabouts(plan: Plan) -> Iterator[Road]:
    """Where main roads cross."""
    for r, row in enumerate(plan.site.rows):
        for c, column in enumerate(plan.site.columns):
            node = Point(plan.node(column, row))
            if column.kind == "wadi" or row.kind not in ROUNDABOUT or plan.column_road(c).distance(node) > 1:
                continue
            ring = node.buffer(ROUNDABOUT[row.kind], quad_segs=8).exterior
            yield Road(f"roundabout {r} {c}", MultiLineString([LineString(ring)]), 3, addressed=False)


def country_roads(plan: Plan, wadis: Wadis, sides: list[Road]) -> Iterator[Road]:
    """Up the first wadi to the village and the dam, and out to the lighthouse."""
    site, wadi = plan.site, wadis.main[0]
    number = site.columns.index(wadi.column)
    banks = [road for road in sides if road.key == f"bank {number} west"] or sides
    u, v = max((point for line in banks[0].lines.geoms for point in line.coords), key=lambda point: point[1])
    path = [(u, v), *beside(wadi, -COUNTRY_ROAD, v + 160, COUNTRY_ROAD_ENDS).coords]
    yield Road("country", MultiLineString([path]), 4, "road", site.place("country_road"))
    if site.seaside:
        u, v = plan.node(site.columns[0], site.rows[0])
        head = plan.terrain.headland.centroid
        path = [(u, v), (u - 170, v - 20), (head.x + 110, head.y + 190), (head.x + 10, head.y - 40)]
        yield Road("lighthouse", MultiLineString([smooth(np.array(path), 3)]), 5, "road", site.place("lighthouse_road"))


def _multi(geometry: LineString | MultiLineString) -> MultiLineString:
    return MultiLineString([geometry]) if isinstance(geometry, LineString) else geometry
