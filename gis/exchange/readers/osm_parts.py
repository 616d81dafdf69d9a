"""Is an OpenStreetMap extract whole? A way is drawn by its nodes, an area of several parts by its ways.

What lacks some GDAL draws without them, or leaves out, and says nothing; so the parts are counted before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .osm_blocks import DATA, HEADER, Numbers, blocks, damaged, fields, numbers, signed
from .unreadable import Unreadable

# What a reader must know of; a history has every state that ever was.
KNOWN = {b"OsmSchema-V0.6", b"DenseNodes"}
# Fields by their numbers: of the header, a block, a group, and of what lies in groups.
REQUIRED, GROUP = 4, 2
NODE, DENSE, WAY, RELATION = 1, 2, 3, 4
ID, REFS, MEMBERS, KINDS = 1, 8, 9, 10
KIND_WAY = 1
# OpenStreetMap allows 2,000; GDAL's list of those waiting holds a million and is not asked whether more fit.
MOST_NODES = 100_000


@dataclass
class Parts:
    """`cut_ways` and `cut_relations` say for each that lacks something how many of how many parts are missing.

    `undrawn` ways have fewer than two nodes here.
    """

    ways: int = 0
    undrawn: int = 0
    cut_ways: dict[int, tuple[int, int]] = field(default_factory=dict)
    cut_relations: dict[int, tuple[int, int]] = field(default_factory=dict)


def count_parts(path: Path, tell: Callable[[float], None] = lambda share: None) -> Parts:
    """Pass the whole file, and tell how much of it is behind.

    Raises Unreadable where it is damaged, not sorted, of another kind, or has no nodes.
    """
    walk, size = _Walk(), path.stat().st_size
    for number, (kind, block, end) in enumerate(blocks(path)):
        tell(end / size)
        if (kind == HEADER) != (number == 0):
            raise damaged("header")
        if kind == DATA:
            walk.over(block)
        else:
            _judge_header(block)
    if walk.parts.ways and walk.parts.undrawn == walk.parts.ways:
        raise Unreadable("osm_without_nodes")
    return walk.parts


def _judge_header(block: bytes) -> None:
    for number, value in fields(block):
        if number == REQUIRED and value not in KNOWN:
            raise Unreadable("osm_kind", feature=_bytes(value)[:40].decode(errors="replace"))


class _Walk:
    """Goes through the blocks in their order: nodes, ways, relations, each by number."""

    def __init__(self) -> None:
        self.parts = Parts()
        self.stage = NODE
        self.last = -1
        self.waiting: list[Numbers] = []
        self.nodes: Numbers = np.zeros(0, np.int64)
        self.ways: list[Numbers] = []
        self.known_ways: Numbers = np.zeros(0, np.int64)

    def over(self, block: bytes) -> None:
        for number, group in fields(block):
            if number == GROUP:
                self._group(_bytes(group))

    def _group(self, group: bytes) -> None:
        found: dict[int, list[bytes]] = {NODE: [], WAY: [], RELATION: []}
        for number, value in fields(group):
            if number == DENSE:
                self._nodes(np.cumsum(signed(numbers(_bytes(dict(fields(_bytes(value))).get(ID, b""))))))
            elif number in found:
                found[number].append(_bytes(value))
        if found[NODE]:
            plain = np.array([_id(dict(fields(node))) for node in found[NODE]], np.uint64)
            self._nodes(signed(plain))
        if found[WAY]:
            self._ways(found[WAY])
        for relation in found[RELATION]:
            self._relation(relation)

    def _nodes(self, ids: Numbers) -> None:
        self._in_order(NODE, ids)
        self.waiting.append(ids)

    def _ways(self, ways: list[bytes]) -> None:
        if self.waiting:
            self.nodes, self.waiting = np.concatenate([self.nodes, *self.waiting]), []
        told = [dict(fields(way)) for way in ways]
        ids = np.array([_id(way) for way in told], np.int64)
        self._in_order(WAY, ids)
        self.ways.append(ids)
        self.parts.ways += len(ids)
        for way, refs in zip(ids.tolist(), _lists([_bytes(way.get(REFS, b"")) for way in told]), strict=True):
            if len(refs) > MOST_NODES:
                raise damaged(f"way {way} has {len(refs)} nodes")
            missing = int(np.count_nonzero(~_among(refs, self.nodes)))
            self.parts.undrawn += len(refs) - missing < 2
            if missing:
                self.parts.cut_ways[way] = (missing, len(refs))

    def _relation(self, relation: bytes) -> None:
        told = dict(fields(relation))
        number = _id(told)
        self._in_order(RELATION, np.array([number], np.int64))
        if self.ways:
            self.known_ways, self.ways = np.concatenate([self.known_ways, *self.ways]), []
        members = np.cumsum(signed(numbers(_bytes(told.get(MEMBERS, b"")))))
        kinds = numbers(_bytes(told.get(KINDS, b"")))
        if len(members) != len(kinds):
            raise damaged(f"relation {number}")
        ways = members[kinds == KIND_WAY]
        here = _among(ways, self.known_ways)
        cut = self.parts.cut_ways
        missing = sum(not known or way in cut for way, known in zip(ways.tolist(), here, strict=True))
        if missing:
            self.parts.cut_relations[number] = (missing, len(ways))

    def _in_order(self, stage: int, ids: Numbers) -> None:
        """What is not in order GDAL leaves out from there on."""
        if not ids.size:
            return
        if stage > self.stage:
            self.stage, self.last = stage, -1
        if stage < self.stage or ids[0] <= self.last or np.any(np.diff(ids) <= 0):
            raise Unreadable("osm_unsorted")
        self.last = int(ids[-1])


def _among(wanted: Numbers, known: Numbers) -> Any:
    """For each whether it is there; `known` is sorted."""
    if not known.size:
        return np.zeros(len(wanted), bool)
    places = np.searchsorted(known, wanted)
    return known[np.minimum(places, known.size - 1)] == wanted


def _lists(packed: list[bytes]) -> list[Numbers]:
    """Lists of numbers, each told by its differences; unpacked together, for most are short."""
    whole = b"".join(packed)
    steps = signed(numbers(whole))
    ends_before = np.concatenate(([0], np.cumsum(np.frombuffer(whole, np.uint8) < 0x80)))
    places = np.cumsum([len(part) for part in packed])
    bounds = ends_before[places]
    return [np.cumsum(part) for part in np.split(steps, bounds[:-1])]


def _id(told: dict[int, int | bytes]) -> int:
    number = told.get(ID)
    if not isinstance(number, int) or number >= 2**62:
        raise damaged("a feature without a number")
    return number


def _bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise damaged("a field of the wrong kind")
    return value
