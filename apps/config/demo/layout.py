"""How a planned district is divided: blocks of two rows of plots, streets between them, and some bigger plots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon

from .dice import Numbers
from .patch import Patch
from .styles import Style

SPLAY = 3.5  # metres cut off a plot at a street corner, so that drivers see each other
WIDE_SPLAY = 12.0  # and where two main roads cross


@dataclass(frozen=True)
class Rect:
    """Metres inside a patch: a along the blocks, b across them."""

    a0: float
    a1: float
    b0: float
    b1: float


@dataclass
class Plot:
    """A piece of land to be. `front` names the street it opens to; `face` is its edge there."""

    outline: Polygon
    use: str
    block: int
    front: str
    face: LineString
    rect: Rect
    opens_low: bool


@dataclass(frozen=True)
class Draft:
    """A plot before it is measured out: its corners and the two ends of its face, in metres of the patch."""

    piece: Rect
    corners: tuple[tuple[float, float], ...]
    face: tuple[tuple[float, float], tuple[float, float]]
    block: int
    front: str
    use: str


@dataclass(frozen=True)
class Ground:
    """A patch seen along its blocks: `turned` swaps the axes."""

    patch: Patch
    turned: bool

    @property
    def length(self) -> float:
        return self.patch.height if self.turned else self.patch.width

    @property
    def depth(self) -> float:
        return self.patch.width if self.turned else self.patch.height

    def at(self, a: Numbers, b: Numbers) -> Numbers:
        return self.patch.at(b, a) if self.turned else self.patch.at(a, b)

    def path(self, *corners: tuple[float, float]) -> LineString:
        """A street through these corners."""
        a, b = np.array(corners).T
        return self.patch.line(b, a) if self.turned else self.patch.line(a, b)

    def edge(self, side: str) -> int:
        """Number of the patch's edge that is this side of the blocks: low or high a, low or high b."""
        sides = {"a0": 2, "a1": 3, "b0": 0, "b1": 1}
        turned = {"a0": 0, "a1": 1, "b0": 2, "b1": 3}
        return (turned if self.turned else sides)[side]

    def reach(self, side: str) -> float:
        return self.patch.edges[self.edge(side)].reach


@dataclass
class Layout:
    """Plots and streets of a district. A street's key says what it is: row, collector or cross, and a number."""

    ground: Ground
    plots: list[Plot] = field(default_factory=list)
    streets: dict[str, LineString] = field(default_factory=dict)


def lay_out(patch: Patch, style: Style, rng: np.random.Generator) -> Layout:
    """Divide a district."""
    ground = Ground(patch, bool(rng.random() < style.turned))
    layout = Layout(ground)
    rows = _bands(ground.depth, 2 * style.depth, style.street)
    halves = _bands(ground.length, style.segment, style.collector)
    for k, (low, high) in enumerate(pairwise(rows), start=1):
        layout.streets[f"row {k}"] = _through(ground, (low[1] + high[0]) / 2)
    for k, (low, high) in enumerate(pairwise(halves), start=1):
        a = (low[1] + high[0]) / 2
        layout.streets[f"collector {k}"] = ground.path((a, -ground.reach("b0")), (a, ground.depth + ground.reach("b1")))
    blocks = list(_blocks(ground, layout, rows, halves, style, rng))
    wanted = _specials(blocks, style, rng)
    drafts: list[Draft] = []
    for number, (row, rect) in enumerate(blocks):
        if number in wanted or rng.random() >= style.empty:
            block = Block(ground, number, row, len(rows), rect)
            drafts += block.plots(wanted.get(number), style, rng)
    layout.plots = list(_measured(ground, drafts))
    return layout


def _measured(ground: Ground, drafts: list[Draft]) -> Iterator[Plot]:
    """All corners of the district at once: numpy is quick with many points, slow with many calls."""
    flat = np.array([corner for draft in drafts for corner in (*draft.corners, *draft.face)])
    points = ground.at(flat[:, 0], flat[:, 1])
    start = 0
    for draft in drafts:
        end = start + len(draft.corners)
        outline, face = Polygon(points[start:end]), LineString(points[end : end + 2])
        yield Plot(outline, draft.use, draft.block, draft.front, face, draft.piece, draft.face[0][1] == draft.piece.b0)
        start = end + 2


def _bands(size: float, band: float, gap: float) -> list[tuple[float, float]]:
    """Equal bands that fill `size` with gaps between them."""
    count = max(1, round((size + gap) / (band + gap)))
    each = (size - (count - 1) * gap) / count
    return [(k * (each + gap), k * (each + gap) + each) for k in range(count)]


def _through(ground: Ground, b: float) -> LineString:
    return ground.path((-ground.reach("a0"), b), (ground.length + ground.reach("a1"), b))


def _blocks(
    ground: Ground,
    layout: Layout,
    rows: list[tuple[float, float]],
    halves: list[tuple[float, float]],
    style: Style,
    rng: np.random.Generator,
) -> Iterator[tuple[int, Rect]]:
    """Blocks by row; the cross streets between them are the same for two rows, then shift."""
    middles = [-ground.reach("b0"), *((p[1] + q[0]) / 2 for p, q in pairwise(rows))]
    middles.append(ground.depth + ground.reach("b1"))
    for pair in range(0, len(rows), 2):
        members = range(pair, min(pair + 2, len(rows)))
        for half, (start, end) in enumerate(halves):
            bands = _bands(end - start, style.block, style.cross)
            shift = rng.uniform(-0.16, 0.16) * style.block if len(bands) > 1 else 0.0
            cuts = [start + band[1] + style.cross / 2 + shift for band in bands[:-1]]
            for k, cut in enumerate(cuts):
                path = ground.path((cut, middles[pair]), (cut, middles[members[-1] + 1]))
                layout.streets[f"cross {pair}-{half}-{k}"] = path
            edges = [start - style.cross / 2, *cuts, end + style.cross / 2]
            for row in members:
                for left, right in pairwise(edges):
                    yield row, Rect(left + style.cross / 2, right - style.cross / 2, *rows[row])


def _specials(
    blocks: list[tuple[int, Rect]], style: Style, rng: np.random.Generator
) -> dict[int, tuple[str, float]]:
    """Which blocks give room to a mosque, park or school, and what share of the block."""
    order = [int(n) for n in rng.permutation(len(blocks))]
    return dict(zip(order, style.specials, strict=False))


@dataclass(frozen=True)
class Block:
    """Two rows of plots, back to back, between streets."""

    ground: Ground
    number: int
    row: int
    rows: int
    rect: Rect

    def plots(self, special: tuple[str, float] | None, style: Style, rng: np.random.Generator) -> Iterator[Draft]:
        """Its plots; a special one takes both rows from one end on."""
        rect = self.rect
        count = max(1, round((rect.a1 - rect.a0) / (style.width * rng.uniform(0.94, 1.08))))
        cuts = [float(cut) for cut in np.linspace(rect.a0, rect.a1, count + 1)]
        middle = (rect.b0 + rect.b1) / 2
        taken = 0
        if special:
            taken = max(1, round(count * special[1]))
            yield self._draft(cuts[: taken + 1], [rect.b0, middle, rect.b1], special[0])
        for b0, b1 in ((rect.b0, middle), (middle, rect.b1)):
            k = taken
            while k < count:
                step = 2 if k + 2 <= count and rng.random() < style.double else 1
                yield self._draft(cuts[k : k + step + 1], [b0, b1], "")
                k += step

    def _draft(self, a: list[float], b: list[float], use: str) -> Draft:
        """A plot whose corners are at the first and last of `a` and `b`; neighbours have theirs at those between."""
        if b[0] == self.rect.b0:
            front, edge = ("b0" if self.row == 0 else f"row {self.row}"), b[0]
        else:
            front, edge = ("b1" if self.row == self.rows - 1 else f"row {self.row + 1}"), b[-1]
        face = ((a[0], edge), (a[-1], edge))
        piece = Rect(a[0], a[-1], b[0], b[-1])
        return Draft(piece, tuple(self._ring(a, b)), face, self.number, front, use)

    def _ring(self, a: list[float], b: list[float]) -> Iterator[tuple[float, float]]:
        """Counter-clockwise; a straight side gets the corners of its neighbours, as it is to be bent with them."""
        yield from self._corner(a[0], b[0], turned=True)
        yield from ((x, b[0]) for x in a[1:-1])
        yield from self._corner(a[-1], b[0], turned=False)
        yield from ((a[-1], y) for y in b[1:-1])
        yield from self._corner(a[-1], b[-1], turned=True)
        yield from ((x, b[-1]) for x in reversed(a[1:-1]))
        yield from self._corner(a[0], b[-1], turned=False)
        yield from ((a[0], y) for y in reversed(b[1:-1]))

    def _corner(self, a: float, b: float, *, turned: bool) -> Iterator[tuple[float, float]]:
        """Splayed where a corner of the plot is a corner of its block. `turned`: the ring arrives along b."""
        rect = self.rect
        if a not in (rect.a0, rect.a1) or b not in (rect.b0, rect.b1):
            yield a, b
            return
        at_end = _is_end(a, self.ground.length) and _is_end(b, self.ground.depth)
        cut = WIDE_SPLAY if at_end else SPLAY
        along, across = (a + (cut if a == rect.a0 else -cut), b), (a, b + (cut if b == rect.b0 else -cut))
        yield from (across, along) if turned else (along, across)


def _is_end(metres: float, size: float) -> bool:
    return min(abs(metres), abs(metres - size)) < 0.001
