"""OpenStreetMap extracts (PBF) written byte by byte, so that anything in them can be wrong."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Tags = dict[str, str]
FEATURES = ("OsmSchema-V0.6", "DenseNodes")
NODE, WAY, RELATION = 0, 1, 2


@dataclass(frozen=True)
class Node:
    id: int
    lon: float
    lat: float
    tags: Tags = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    id: int
    nodes: Sequence[int]
    tags: Tags = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """`members` are kinds (NODE, WAY, RELATION) with numbers; all of them are "outer"."""

    id: int
    members: Sequence[tuple[int, int]]
    tags: Tags = field(default_factory=dict)


def extract(*parts: Node | Way | Relation, features: Iterable[str] = FEATURES, dense: bool = True) -> bytes:
    """A whole file: its header, and a block for each kind in the order in which they are given."""
    blocks = [header(features)]
    for kind in dict.fromkeys(type(part) for part in parts):
        blocks.append(block(*(part for part in parts if isinstance(part, kind)), dense=dense))
    return b"".join(blocks)


def header(features: Iterable[str] = FEATURES) -> bytes:
    return framed(b"OSMHeader", blob(b"".join(told(4, one.encode()) for one in features)))


def block(*parts: Node | Way | Relation, dense: bool = True) -> bytes:
    return framed(b"OSMData", blob(content(*parts, dense=dense)))


def framed(kind: bytes, packed: bytes, *, size: int | None = None) -> bytes:
    """A blob after its head; `size` is a lie about it."""
    head = told(1, kind) + told(3, len(packed) if size is None else size)
    return len(head).to_bytes(4) + head + packed


def blob(data: bytes, *, size: int | None = None, pack: Callable[[bytes], bytes] = zlib.compress, by: int = 3) -> bytes:
    """`by` is the number of the packing: 3 is zlib."""
    return told(2, len(data) if size is None else size) + told(by, pack(data))


def content(*parts: Node | Way | Relation, dense: bool = True) -> bytes:
    """The block unpacked: its texts, and one group."""
    texts = [""]
    nodes = [part for part in parts if isinstance(part, Node)]
    group = b""
    if nodes:
        group += told(2, _dense(nodes, texts)) if dense else b"".join(told(1, _node(node, texts)) for node in nodes)
    for part in parts:
        if isinstance(part, Way):
            group += told(3, told(1, part.id) + _tags(part.tags, texts) + told(8, differences(part.nodes)))
        if isinstance(part, Relation):
            group += told(4, _relation(part, texts))
    return told(1, b"".join(told(1, text.encode()) for text in texts)) + told(2, group)


def told(number: int, value: int | bytes) -> bytes:
    """A field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def differences(values: Iterable[int]) -> bytes:
    """Each as its difference from the one before, of either sign."""
    steps, last = [], 0
    for value in values:
        step, last = value - last, value
        steps.append(varint(step << 1 if step >= 0 else (-step << 1) - 1))
    return b"".join(steps)


def _dense(nodes: Sequence[Node], texts: list[str]) -> bytes:
    tags = b"".join(
        b"".join(varint(_text(word, texts)) for tag in node.tags.items() for word in tag) + b"\0" for node in nodes
    )
    places = [differences(round(getattr(node, axis) * 1e7) for node in nodes) for axis in ("lat", "lon")]
    return told(1, differences(node.id for node in nodes)) + told(8, places[0]) + told(9, places[1]) + told(10, tags)


def _node(node: Node, texts: list[str]) -> bytes:
    places = (node.id, *(round(value * 1e7) for value in (node.lat, node.lon)))
    number, lat, lon = (differences([value]) for value in places)
    return b"\x08" + number + _tags(node.tags, texts) + b"\x40" + lat + b"\x48" + lon


def _relation(relation: Relation, texts: list[str]) -> bytes:
    roles = varint(_text("outer", texts)) * len(relation.members)
    kinds = bytes(kind for kind, _number in relation.members)
    numbers = differences(number for _kind, number in relation.members)
    return told(1, relation.id) + _tags(relation.tags, texts) + told(8, roles) + told(9, numbers) + told(10, kinds)


def _tags(tags: Tags, texts: list[str]) -> bytes:
    keys = b"".join(varint(_text(key, texts)) for key in tags)
    values = b"".join(varint(_text(value, texts)) for value in tags.values())
    return (told(2, keys) + told(3, values)) if tags else b""


def _text(word: str, texts: list[str]) -> int:
    if word not in texts:
        texts.append(word)
    return texts.index(word)
