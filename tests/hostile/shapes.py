"""Geometry that somebody has broken: GeoJSON, WKB and EWKT, each a sound outline with some of its bytes or parts wrong.

The same in every run: a draw of `random.Random` makes them.
"""

import json
import struct
from copy import deepcopy
from random import Random
from typing import Any

import shapely

ODD_NUMBERS = (float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 5e-324, 181.0, -91.0, 0.0)
ODD_COUNTS = (0, 1, 2, 3, 255, 65_535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
ODD_KINDS = (
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    12,
    15,
    16,
    17,
    18,
    1006,
    3006,
    0x20000006,
    0x80000006,
    0xE0000006,
    2**32 - 1,
)
WORDS = ("MULTIPOLYGON", "POINT", "CURVEPOLYGON", "TIN", "EMPTY", "NaN", "Infinity", "-", "(", ")", ",", "SRID=", ";",
         "Z", "M", "1e999", "\x00", "٣", "'", "--", "0x1", " ", "9" * 400)  # fmt: skip
SWAPS: tuple[Any, ...] = (None, True, "", "x", {}, [], [[]], -1, 1e300, "58.1", ["58.1", "23.5"], [58.1], 10**40)


def outline(chance: Random) -> shapely.MultiPolygon:
    """A sound one of up to nine corners, somewhere in the country."""
    x, y, corners = 56 + chance.random() * 3, 22 + chance.random() * 3, chance.randint(3, 9)
    return shapely.MultiPolygon([shapely.Point(x, y).buffer(0.001, quad_segs=corners)])


def wkb(chance: Random) -> bytes:
    """Bytes of the outline, one to three of them changed, cut off, repeated, or its counts and kinds others."""
    sound = shapely.to_wkb(shapely.set_srid(outline(chance), 4326), include_srid=chance.random() < 0.5)
    broken = bytearray(sound)
    for _turn in range(chance.randint(1, 3)):
        at = chance.randrange(len(broken))
        match chance.randrange(6):
            case 0:
                broken[at] ^= 1 << chance.randrange(8)
            case 1:
                del broken[at + 1 :]
            case 2:
                broken += broken[at:]
            case 3:
                broken[at : at + 4] = struct.pack("<I", chance.choice(ODD_COUNTS))
            case 4:
                broken[1:5] = struct.pack("<I", chance.choice(ODD_KINDS))
            case _:
                broken[at : at + 8] = struct.pack("<d", chance.choice(ODD_NUMBERS))
    return bytes(broken)


def ewkt(chance: Random) -> str:
    """Text of the outline with words put in, taken out or repeated; sometimes with an odd SRID before it."""
    text = shapely.to_wkt(outline(chance))
    for _turn in range(chance.randint(1, 3)):
        at = chance.randrange(len(text))
        until = at + chance.randrange(12)
        text = text[:at] + chance.choice([chance.choice(WORDS), "", text[at:until] * 2]) + text[until:]
    srid = chance.choice(["", "", "SRID=4326;", f"SRID={chance.choice([0, -1, 32640, 999_999, 10**12, 'x'])};"])
    return srid + text


def geojson(chance: Random, feature: dict[str, Any]) -> bytes:
    """The feature with the outline as its place, broken as a tree or as bytes."""
    whole = feature | {"geometry": dict(json.loads(shapely.to_geojson(outline(chance))))}
    if chance.random() < 0.6:
        for _turn in range(chance.randint(1, 2)):
            _swap(chance, whole)
        return json.dumps(whole).encode()
    broken = bytearray(json.dumps(whole).encode())
    for _turn in range(chance.randint(1, 3)):
        at = chance.randrange(len(broken))
        match chance.randrange(3):
            case 0:
                broken[at] = chance.randrange(256)
            case 1:
                del broken[at : at + chance.randint(1, 40)]
            case _:
                broken[at:at] = chance.choice([b"[", b"]", b"{", b"}", b",", b"NaN", b"\xff", b"\x00", b"1e999", b"-"])
    return bytes(broken)


def _swap(chance: Random, tree: Any) -> None:
    """Somewhere in the tree one value becomes another, or is gone."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else range(len(tree))
        key = chance.choice(list(keys))
        inner = tree[key]
        if isinstance(inner, (dict, list)) and inner and chance.random() < 0.85:
            tree = inner
            continue
        if chance.random() < 0.3:
            del tree[key]
        else:
            tree[key] = deepcopy(chance.choice(SWAPS))
        return
