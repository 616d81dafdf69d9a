"""How a planned district is divided: blocks of two rows of plots, streets between them, and some bigger plots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon

from .block import Block, Draft, Ground, Rect
from .patch import Patch
from .styles import Style


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


def _specials(blocks: list[tuple[int, Rect]], style: Style, rng: np.random.Generator) -> dict[int, tuple[str, float]]:
    """Which blocks give room to a mosque, park or school, and what share of the block."""
    order = [int(n) for n in rng.permutation(len(blocks))]
    return dict(zip(order, style.specials, strict=False))
