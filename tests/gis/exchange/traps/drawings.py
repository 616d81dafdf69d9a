"""Drawings made to harm."""

from collections.abc import Iterator

import numpy as np

from .case import ANY, READ, Trap, trap

HEAD = "0\nSECTION\n2\nENTITIES\n"
END = "0\nENDSEC\n0\nEOF\n"
LINE = "0\nLINE\n5\n{handle:x}\n8\n0\n10\n{x}\n20\n0\n11\n1\n21\n1\n"


def drawings() -> Iterator[Trap]:
    sound = HEAD + "".join(LINE.format(handle=n + 16, x=n) for n in range(20)) + END
    yield trap("drawing sound", "x.dxf", sound, READ)
    for name, x in (
        ("not a number", "nan"),
        ("infinite", "1e999"),
        ("a word", "x"),
        ("long", "9" * 10_000),
        ("nothing", ""),
    ):
        yield trap(f"drawing coordinate {name}", "x.dxf", HEAD + LINE.format(handle=16, x=x) + END)
    yield trap("drawing of billions of symbols", "x.dxf", _laughing())
    yield trap(
        "drawing of a huge array", "x.dxf", HEAD + "0\nINSERT\n8\n0\n2\nb\n10\n0\n20\n0\n70\n30000\n71\n30000\n" + END
    )
    yield trap("drawing of a huge circle", "x.dxf", HEAD + "0\nCIRCLE\n8\n0\n10\n0\n20\n0\n40\n1e15\n" + END)
    yield trap(
        "drawing claims corners", "x.dxf", HEAD + "0\nLWPOLYLINE\n8\n0\n90\n2000000000\n70\n1\n10\n0\n20\n0\n" + END
    )
    yield trap(
        "drawing of bulges",
        "x.dxf",
        HEAD + "0\nLWPOLYLINE\n8\n0\n90\n3\n70\n1\n" + "10\n0\n20\n0\n42\n1e30\n" * 3 + END,
    )
    yield trap("drawing of a spline", "x.dxf", HEAD + "0\nSPLINE\n8\n0\n70\n8\n71\n1000000\n72\n9\n73\n9\n" + END)
    yield trap(
        "drawing names a file",
        "x.dxf",
        "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nx\n70\n4\n1\n/etc/passwd\n0\nENDBLK\n0\nENDSEC\n" + sound,
    )
    yield trap("drawing without end", "x.dxf", sound[:-40])
    yield trap("drawing of one tag", "x.dxf", "0\nSECTION\n" * 200_000)
    yield trap("drawing binary", "x.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00" + b"\xff" * 1000)
    yield trap("drawing dwg", "x.dwg", b"AC1032\x00" + bytes(100), "drawing_not_open")
    yield trap("drawing of noise", "x.dxf", bytes(np.random.default_rng(1).integers(0, 256, 10_000, dtype=np.uint8)))
    for seed in range(4):
        data = bytearray(sound.encode())
        random = np.random.default_rng(seed)
        for place in random.integers(0, len(data), 10):
            data[place] = random.integers(0, 256)
        yield Trap(f"drawing noise {seed}", "x.dxf", lambda _path, d=bytes(data): d, ANY)  # type: ignore[misc]


def _laughing() -> str:
    """Symbols of ten symbols of ten symbols, twenty deep."""
    blocks = "".join(
        f"0\nBLOCK\n8\n0\n2\nb{n}\n70\n0\n10\n0\n20\n0\n"
        + f"0\nINSERT\n8\n0\n2\nb{n + 1}\n10\n0\n20\n0\n" * 10
        + "0\nENDBLK\n8\n0\n"
        for n in range(20)
    )
    return "0\nSECTION\n2\nBLOCKS\n" + blocks + "0\nENDSEC\n" + HEAD + "0\nINSERT\n8\n0\n2\nb0\n10\n0\n20\n0\n" + END
