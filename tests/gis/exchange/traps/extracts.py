"""OpenStreetMap extracts made to harm: lengths that lie, blocks that burst, numbers that no memory holds."""

import zlib
from collections.abc import Callable, Iterator

import numpy as np

from gis.exchange.limits import MIB
from tests.gis.exchange.extracts import (
    RELATION,
    WAY,
    Node,
    Relation,
    Way,
    blob,
    block,
    content,
    differences,
    extract,
    framed,
    header,
    told,
    varint,
)

from .case import READ, Trap

NODES = [Node(n, 57.5 + n * 7919 % 97 / 1e4, 23.4 + n * 104_729 % 89 / 1e4) for n in range(1, 40)]
ROAD = Way(1, [1, 2, 3], {"highway": "path"})
START = header() + block(*NODES)
SOUND = extract(*NODES, ROAD)
LONGEST, ZEROS = 2**64 - 1, bytes(40 * MIB)


def extracts(away: str, secret: str) -> Iterator[Trap]:
    yield from _lengths()
    yield from _bursting()
    yield from _numbers()
    yield from _texts(away, secret)
    for seed in range(6):
        yield _of(f"noise {seed}", _noise(SOUND, seed))
        yield _of(f"noise within {seed}", START + framed(b"OSMData", blob(_noise(content(ROAD), seed))))


def _of(name: str, data: bytes | Callable[[], bytes], *ends: str, table: str = "lines") -> Trap:
    """What is large is made when it is laid."""
    return Trap(
        f"extract, {name}", "x.osm.pbf", lambda _path: data() if callable(data) else data, frozenset(ends), table=table
    )


def _lengths() -> Iterator[Trap]:
    for name, size in {"nothing": 0, "2 GB": 2**31 - 1, "minus one": LONGEST}.items():
        yield _of(f"a block of {name}", START + framed(b"OSMData", blob(content(ROAD)), size=size), "corrupt")
    for name, size in {"nothing": 0, "2 GB": 2**31 - 1, "minus one": LONGEST}.items():
        data = START + framed(b"OSMData", blob(content(ROAD), size=size))
        yield _of(f"unpacked to {name}", data, "corrupt", "osm_bomb")
    for name, message in {
        "text": told(1, b"")[:-1] + varint(LONGEST), "group": b"\x12" + varint(LONGEST),
        "nested": b"\x12\x80" * 100_000, "number without end": b"\x12" + b"\xff" * 1000,
        "way": told(2, b"\x1a" + varint(2**31)), "nodes": told(2, told(3, told(1, 1) + b"\x42" + varint(2**31))),
    }.items():  # fmt: skip
        yield _of(f"lies: {name}", START + framed(b"OSMData", told(1, message)), "corrupt")
    yield _of("a head without end", START + b"\xff\xff\xff\xff", "corrupt")
    yield _of("of heads alone", header() * 1000, "corrupt")
    yield _of("of its first words", SOUND[:24], "corrupt")


def _bursting() -> Iterator[Trap]:
    yield _of("a bomb", lambda: START + framed(b"OSMData", blob(ZEROS)), "osm_bomb")
    yield _of("a bomb that lies", lambda: START + framed(b"OSMData", blob(ZEROS, size=2000)), "osm_bomb")
    yield _of("a bomb as header", lambda: framed(b"OSMHeader", blob(ZEROS)), "osm_bomb")
    yield _of("a bomb in a bomb", _twice_packed, "osm_bomb", "corrupt")
    for number, name in {4: "lzma", 5: "bzip2", 6: "lz4", 7: "zstd"}.items():
        yield _of(f"packed by {name}", START + framed(b"OSMData", blob(b"x" * 100, by=number)), "osm_packing")


def _twice_packed() -> bytes:
    return START + framed(b"OSMData", told(2, 100_000) + told(3, zlib.compress(zlib.compress(ZEROS))))


def _numbers() -> Iterator[Trap]:
    yield _of("nodes far apart", _far_apart)
    yield _of("a way of a million nodes", _long, "corrupt")
    for name, place in {"nowhere": (1e9, 1e9), "the pole": (180, 90)}.items():
        yield _of(f"nodes at {name}", extract(Node(1, *place), Node(2, *place), Way(1, [1, 2], {"highway": "x"})))
    for name, ids in {"same": [1, 1], "huge": [LONGEST, 2**62], "around": [2**62, 2**62]}.items():
        refs = b"".join(varint(number) for number in ids)
        way = told(2, told(3, told(1, 1) + told(8, refs)))
        yield _of(f"nodes of a way: {name}", START + framed(b"OSMData", blob(told(1, b"") + way)))
    loop = Relation(5, [(RELATION, 5), (WAY, 5)], {"type": "multipolygon", "building": "yes"})
    yield _of("a relation of itself", START + block(ROAD) + block(loop), READ, table="multipolygons")
    members = Relation(6, [(WAY, 1)] * 50_000, {"type": "multipolygon", "building": "yes"})
    yield _of("a relation of one way many times", START + block(ROAD) + block(members), table="multipolygons")
    lists = told(1, 7) + told(9, differences([1, 2, 3])) + told(10, b"\x01")
    yield _of("members without kinds", START + framed(b"OSMData", blob(told(2, told(4, lists)))), "corrupt")


def _far_apart() -> bytes:
    """The driver's list of nodes has a page for each of 65,536 numbers."""
    nodes = [Node(n * 2**33, 57.5 + n % 97 / 1e4, 23.4) for n in range(1, 30_000)]
    return header() + block(*nodes) + block(Way(1, [2**33, 2**34], {"highway": "path"}))


def _long() -> bytes:
    return START + block(Way(1, np.random.default_rng(1).integers(1, 40, 1_200_000).tolist(), {"highway": "path"}))


def _texts(away: str, secret: str) -> Iterator[Trap]:
    tags = {"highway": "x", "name": f"/vsicurl/{away}/x", "source": f"file://{secret}", "x" * 600: "y" * 600}
    yield _of("texts that name places", START + block(Way(1, [1, 2], tags)), READ)
    many = {f"key{n}": f"value{n}" for n in range(600)}
    yield _of("a way of many tags", START + block(Way(1, [1, 2], many | {"highway": "x"})))
    broken = content(ROAD).replace(b"path", b"p\0\xff\xfe")
    yield _of("text that is none", START + framed(b"OSMData", blob(broken)), READ)
    yield _of("a feature we do not know", extract(*NODES, ROAD, features=["Harm"]), "osm_kind")


def _noise(data: bytes, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    changed = bytearray(data)
    for place in random.integers(0, len(data), 12):
        changed[place] = random.integers(0, 256)
    return bytes(changed)
