"""A block: two rows of plots, back to back, between streets; corners are splayed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import LineString

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
