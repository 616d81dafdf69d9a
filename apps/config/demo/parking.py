"""Where parking is paid, kept for residents or free: kerbs of busy streets and car parks."""

from collections.abc import Iterator
from dataclasses import dataclass

from shapely import Geometry, LineString, MultiPolygon, Polygon, STRtree, set_precision
from shapely.ops import substring, unary_union

from .land import Land, Lot
from .roads import Road
from .site import Name, word_list

BAY = 13.0  # square metres of kerb or car park for one car
KERB = {3: (7.5, 13.0), 5: (5.0, 8.8), 6: (3.4, 6.0)}  # metres from the middle: where bays begin and end, by rank
GRID = 0.05  # metres to which corners are set, so that no sliver is left where two kerbs meet
LEAST = 40.0  # square metres
STRETCH = 90.0  # metres of street on both sides of a building


@dataclass(frozen=True)
class ZoneSite:
    """A parking zone to be."""

    code: str
    name: Name
    kind: str
    morning_only: bool
    outline: MultiPolygon
    spaces: int


def parking(land: Land, roads: list[Road]) -> Iterator[ZoneSite]:
    """The zones of the list that have a place in this town; they do not overlap."""
    by_key = {road.key: road for road in roads}
    plots = STRtree([lot.outline for lot in land.lots])
    taken: list[Geometry] = []
    for row in word_list("parking"):
        kerbs = [_kerb(line, rank) for line, rank in _stretches(row["where"], row["code"], land, by_key)]
        if not kerbs:
            continue
        area = _off(unary_union(kerbs), plots, land).difference(unary_union(taken))
        area = set_precision(area, GRID).buffer(-GRID).buffer(GRID, join_style="mitre")
        parts = [part for part in getattr(area, "geoms", [area]) if isinstance(part, Polygon) and part.area > LEAST]
        if parts:
            outline = MultiPolygon(parts)
            taken.append(outline)
            name = Name(row["ar"], row["en"])
            yield ZoneSite(row["code"], name, row["kind"], bool(row["morning_only"]), outline, int(outline.area / BAY))


def _kerb(line: LineString, rank: int) -> Geometry:
    inner, outer = KERB.get(rank, KERB[6])
    return line.buffer(outer, cap_style="flat").difference(line.buffer(inner, cap_style="flat"))


def _off(area: Geometry, plots: STRtree, land: Land) -> Geometry:
    """Parking lies on the street, never on somebody's plot."""
    near = [land.lots[k].outline for k in plots.query(area)]
    return area.difference(unary_union(near))


def _stretches(where: str, code: str, land: Land, roads: dict[str, Road]) -> list[tuple[LineString, int]]:
    """Pieces of street with their rank."""
    if where in ("souq", "mixed", "permit"):
        number = next((n for n, kind in land.kinds.items() if kind == where.replace("permit", "souq")), 0)
        streets = [road for key, road in roads.items() if key.startswith(f"{number} row")]
        lines = [(line, road.rank) for road in streets for line in road.lines.geoms]
        third = max(1, len(lines) // 3)
        start = {"P1": 0, "P2": third, "P10": 2 * third}.get(code, 0)
        return lines[start : start + third]
    if where == "column":
        souq = next((n for n, kind in land.kinds.items() if kind == "souq"), 0)
        busy = [roads[lot.road] for lot in land.lots if lot.quarter == souq and lot.road.startswith("column")]
        return [(substring(busy[0].lines.geoms[0], 40, 560), busy[0].rank)] if busy else []
    if where == "coast":
        coast = roads["row 0"].lines.geoms[0]
        low, high = (0.2, 0.33) if code == "P4" else (0.5, 0.72)
        return [(substring(coast, low, high, normalized=True), 3)] if "lighthouse" in roads else []
    return [_beside(lot, roads) for lot in land.lots if lot.purpose == where and lot.road in roads][:1]


def _beside(lot: Lot, roads: dict[str, Road]) -> tuple[LineString, int]:
    road = roads[lot.road]
    line = max(road.lines.geoms, key=lambda part: part.length)
    at = line.project(lot.face.centroid)
    return substring(line, max(0.0, at - STRETCH), at + STRETCH), road.rank
