"""What is asked: the same questions of every server, drawn by lot with a fixed seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from tests.bench.feed import tile_at

from .peers import Server
from .walk import Walk

WEST, SOUTH = 58.1, 23.3
ACROSS, UP = 0.003, 0.0032  # degrees from one block of 40 parcels to the next; 200 blocks in a row
MARGIN = 0.01
MOST_ASKED = 300
DEEP = 0.9  # of all rows lie before a deep page
PEERS = ("pygeoapi", "tipg")


@dataclass(frozen=True)
class Workload:
    """`limit` names the server whose speed is the limit, `target` which part of it is asked of ours."""

    name: str
    limit: str
    target: float | None
    addresses: Callable[[Server], list[str]]
    others: tuple[str, ...] = PEERS
    alike: bool = True  # everybody's answer says the same
    note: str = ""
    slow: bool = False  # asked one at a time


def drawn(root: psycopg.Connection, rows: int, ours: Walk) -> list[Workload]:
    """All of them, for a ground of so many parcels through which ours has been walked."""
    lot = random.Random(20240)
    size = (200 * ACROSS, max(1, rows // 8000) * UP)
    small, large, chosen = (_boxes(lot, size, side) for side in (0.0085, 0.0347, 0.0347))
    ids = [str(row[0]) for row in root.execute("SELECT id FROM bench.parcels TABLESAMPLE system (1)")]
    ids = lot.sample(ids, min(len(ids), 2000))
    deep = int(rows * DEEP)
    last = root.execute("SELECT id FROM bench.parcels ORDER BY id OFFSET %s LIMIT 1", [deep - 1]).fetchone()
    assert last
    return [
        Workload("10 items, no filter", "raw-nocount", 0.8, _items(["&limit=10"])),
        Workload("a box of 300, counted", "raw", 0.8, _items([f"&limit=1000&bbox={box}" for box in small])),
        Workload("1,000 of a box of 5,000, counted", "raw", 0.95, _items([f"&limit=1000&bbox={box}" for box in large])),
        Workload(
            "100 of a box of 5,000 and a land use, counted",
            "raw",
            0.8,
            _items([f"&limit=100&land_use=industrial&bbox={box}" for box in chosen]),
        ),
        Workload("one feature", "raw", 0.6, lambda server: [server.one.format(one) for one in ids]),
        Workload(f"100 items by offset={deep}", "raw", None, _items([f"&limit=100&offset={deep}"]), slow=True),
        Workload("the same 100 by the cursor", "raw-nocount", 0.8, _cursor(ours.page(DEEP, 100), str(last[0])), ()),
        Workload("tile of zoom 14, all fields", "raw", 0.95, _tiles(lot, size, 14), ("tipg",)),
        Workload(
            "tile of zoom 12",
            "raw",
            0.95,
            _tiles(lot, size, 12),
            ("tipg",),
            alike=False,
            note="ours: simplified to 5 m, one field, at most 500 KB; theirs: all of it",
            slow=True,
        ),
    ]


def _items(queries: list[str]) -> Callable[[Server], list[str]]:
    return lambda server: [server.items.format(query) for query in queries]


def _cursor(page: str, last: str) -> Callable[[Server], list[str]]:
    """The page that begins there: by our own cursor, and by the id before it from the limit."""
    return lambda server: [page if server.name == "ours" else server.items.format(f"&limit=100&after={last}")]


def _tiles(lot: random.Random, size: tuple[float, float], z: int) -> Callable[[Server], list[str]]:
    west, north = tile_at(WEST, SOUTH + size[1], z)
    east, south = tile_at(WEST + size[0], SOUTH, z)
    inner = [(x, y) for x in range(west + 1, east) for y in range(north + 1, south)] or [(west, north)]
    some = lot.sample(inner, min(len(inner), MOST_ASKED))
    return lambda server: [server.tile.format(z, x, y) for x, y in some]


def _boxes(lot: random.Random, size: tuple[float, float], side: float) -> list[str]:
    """Boxes of so many degrees that lie within the ground, or cover what there is of it."""
    found = []
    for _turn in range(MOST_ASKED):
        x = WEST + lot.uniform(MARGIN, max(MARGIN, size[0] - side - MARGIN))
        y = SOUTH + lot.uniform(0, max(0.0, size[1] - side))
        found.append(f"{x:.6f},{y:.6f},{x + side:.6f},{y + side:.6f}")
    return found
