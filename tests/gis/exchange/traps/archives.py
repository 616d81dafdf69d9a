"""Archives made to harm."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np

from gis.exchange.limits import LIMITS, MIB

from .case import ANY, POINTS, READ, Trap, packed, patched, trap

SLIPS = (
    "../evil.csv", "../../evil.csv", "../../../../../../../../tmp/evil.csv", "/evil.csv", "//evil.csv", "/etc/evil.csv",
    "a/../../evil.csv", "a/b/../../../evil.csv", "./../evil.csv", "..\\evil.csv", "a\\..\\..\\evil.csv", "\\evil.csv",
    "C:evil.csv", "C:\\evil.csv", "C:/evil.csv", "\\\\host\\share\\evil.csv", "file:///evil.csv", "evil.csv:stream",
    "..", "../outside/secret.csv",
)  # fmt: skip
ODD = (
    "e\nvil.csv", "e\rvil.csv", "e\tvil.csv", "e\x1b[2Jvil.csv", "e\x7fvil.csv", "\u202egpkg.csv", "e\u200bvil.csv",
    "\u2066e\u2069.csv", "\ufeffe.csv", "e\u2028.csv", "e\ue000.csv", "CON.csv", "con", "aux.csv", "NUL", "nul.tar.csv",
    "lpt1.csv", "COM9.gpkg", "prn/points.csv", " points.csv", "folder /points.csv",
)  # fmt: skip
NESTED = ("zip", "gz", "7z", "rar", "tar", "xz", "bz2", "kmz", "tgz", "zst", "jar", "iso", "cab")
SPECIAL = {
    "link": stat.S_IFLNK,
    "pipe": stat.S_IFIFO,
    "device": stat.S_IFCHR,
    "disk": stat.S_IFBLK,
    "socket": stat.S_IFSOCK,
}


def archives() -> Iterator[Trap]:
    for name in SLIPS:
        yield trap(f"leaves: {name!r}", "a.zip", packed([(name, POINTS)]), "leaves_its_folder")
    for name in ODD:
        yield trap(f"misleads: {name!r}", "a.zip", packed([("points.csv", POINTS), (name, POINTS)]), "odd_name")
    for ending in NESTED:
        yield trap(
            f"holds a {ending}", "a.zip", packed([("points.csv", POINTS), (f"x.{ending}", b"")]), "archive_in_archive"
        )
    for kind, mode in SPECIAL.items():
        for ending in ("csv", "shp", "gpkg"):
            yield trap(
                f"{kind} as {ending}",
                "a.zip",
                packed([(_special(f"x.{ending}", mode), b"/etc/passwd")]),
                "archive_link",
            )
    yield from _twice()
    yield from _methods()
    yield from _lies()
    yield from _bombs()
    yield from _nested()
    yield from _broken()


def _special(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (mode | 0o777) << 16
    return entry


def _twice() -> Iterator[Trap]:
    for first, second in (
        ("a.csv", "a.csv"),
        ("a.csv", "A.CSV"),
        ("a.csv", "ａ.csv"),
        ("fi.csv", "ﬁ.csv"),
        ("d/ß.csv", "d/SS.csv"),
    ):
        yield trap(f"twice: {first} {second}", "a.zip", packed([(first, POINTS), (second, POINTS)]), "twice_in_archive")


def _methods() -> Iterator[Trap]:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield trap(f"method {method}", "a.zip", packed([("a.csv", POINTS * 9)], method), "archive_method")
    plain = packed([("a.csv", POINTS)])
    directory = plain.rindex(b"PK\x01\x02")
    for method in (1, 6, 9, 93, 97, 99, 65535):
        forged = patched(patched(plain, 8, struct.pack("<H", method)), directory + 10, struct.pack("<H", method))
        yield trap(f"says method {method}", "a.zip", forged, "archive_method")
    for flags in (0x1, 0x41, 0x2001):
        forged = patched(patched(plain, 6, struct.pack("<H", flags)), directory + 8, struct.pack("<H", flags))
        yield trap(f"locked {flags:x}", "a.zip", forged, "archive_locked", "broken_archive")


def _lies() -> Iterator[Trap]:
    plain = packed([("a.csv", POINTS), ("b.txt", POINTS)])
    first, second = plain.index(b"PK\x01\x02"), plain.rindex(b"PK\x01\x02")
    for name, place, value in (
        ("both at one place", second + 42, 0),
        ("inside the other", second + 42, 10),
        ("in the directory", second + 42, first),
        ("beyond the end", second + 42, 2**31),
        ("longer than the file", first + 20, 2**31),
        ("longer than its place", first + 20, 200),
    ):
        forged = patched(plain, place, struct.pack("<I", value))
        yield trap(f"lies {name}", "a.zip", forged, "archive_overlaps", "broken_archive")
    for name, place, value in (
        ("sum", 16, 1),
        ("size smaller", 24, 1),
        ("size larger", 24, 10**6),
        ("size 4 GB", 24, 2**32 - 2),
    ):
        forged = patched(plain, first + place, struct.pack("<I", value))
        yield trap(f"lies {name}", "a.zip", forged, "broken_archive", "unpacks_too_large", READ)
    end = plain.rindex(b"PK\x05\x06")
    for name, place, value in (("entries", 10, 60000), ("directory size", 12, 2**31), ("directory place", 16, 2**31)):
        form = "<H" if place == 10 else "<I"
        yield Trap(f"lies {name}", "a.zip", _fixed(patched(plain, end + place, struct.pack(form, value))))
    yield trap("another name inside", "a.zip", patched(plain, 30, b"c.csv"), "broken_archive")


def _fixed(data: bytes):  # type: ignore[no-untyped-def]
    return lambda _path: data


def _bombs() -> Iterator[Trap]:
    zeros = bytes(64 * MIB)
    for ending in ("csv", "geojson", "gpkg", "parquet", "kml"):
        yield Trap(f"bomb {ending}", "a.zip", lambda _p, e=ending: packed([(f"x.{e}", zeros)]), frozenset({"bomb"}))
    yield Trap("bomb beside", "a.zip", lambda _p: packed([("x.shp", b""), ("x.dbf", zeros)]), frozenset({"bomb"}))
    yield Trap("bomb gz", "a.csv.gz", lambda _p: gzip.compress(zeros), frozenset({"bomb"}))
    yield Trap("bomb of many members", "a.csv.gz", lambda _p: gzip.compress(bytes(MIB)) * 64, frozenset({"bomb"}))
    yield Trap("ten gigabytes zip", "a.zip", lambda _p: _ten_gigabytes(), frozenset({"bomb", "unpacks_too_large"}))
    for count in (LIMITS.entries + 1, 20_000, 100_000):
        yield Trap(
            f"{count} entries",
            "a.zip",
            lambda _p, n=count: _many(n),
            frozenset({"too_many_entries", "too_much_memory"}),
        )


def _ten_gigabytes() -> bytes:
    """One piece of a stream that unpacks to a megabyte of zeros, ten thousand times; written without packing it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(bytes(MIB))
    piece = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    body = piece * 10_000
    name = b"x.csv"
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 2**32 - 2, len(name), 0) + name
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 2**32 - 2, len(name), 0, 0, 0, 0, 0, 0
    )
    place = len(local) + len(body)
    size = len(central) + len(name)
    return local + body + central + name + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, size, place, 0)


def _many(count: int) -> bytes:
    return packed(((f"{number}.txt", b"") for number in range(count)), zipfile.ZIP_STORED)


def _nested() -> Iterator[Trap]:
    inner = packed([("points.csv", POINTS)])
    for depth in (2, 5, 20):
        data = inner
        for _level in range(depth):
            data = packed([("inner.zip", data)])
        yield trap(f"{depth} deep", "a.zip", data, "archive_in_archive")
    yield trap("16 of 16", "42.zip", packed((f"{n}.zip", inner) for n in range(16)), "archive_in_archive")
    yield trap("zip in gz", "a.csv.gz", gzip.compress(inner), "archive_in_archive")
    yield trap("gz in gz", "a.csv.gz", gzip.compress(gzip.compress(POINTS)), "archive_in_archive")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        link = tarfile.TarInfo("x.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    yield trap("tar in gz", "a.tar.gz", tar.getvalue(), "unknown_format")
    yield trap("zip called csv", "points.csv", packed([("../x.csv", POINTS)]), "leaves_its_folder")


def _broken() -> Iterator[Trap]:
    plain = packed([("points.csv", POINTS * 500), ("readme.txt", b"x" * 500)])
    yield trap("empty", "a.zip", packed([]), "archive_without_data")
    yield trap("only a folder", "a.zip", packed([("x.csv/", b"")]), "archive_without_data")
    yield trap(
        "only a program",
        "a.zip",
        packed([("run.exe", b"MZ"), ("run.vrt", b"<OGRVRTDataSource/>")]),
        "archive_without_data",
    )
    yield trap("a program before", "a.zip", b"MZ" + b"\0" * 100 + plain, "unknown_format")
    yield trap("a picture before", "a.zip", b"\xff\xd8\xff\xe0" + plain, "unknown_format")
    yield trap("a page behind", "a.zip", plain + b"<script>alert(1)</script>", READ, "broken_archive")
    yield trap(
        "a database and an archive", "a.gpkg", b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(28) + plain, "corrupt"
    )
    for tenth in range(1, 10):
        yield trap(f"cut at {tenth}0 %", "a.zip", plain[: len(plain) * tenth // 10], "broken_archive")
    for seed in range(20):
        noise = np.random.default_rng(seed)
        data = bytearray(plain)
        for place in noise.integers(4, len(data), 8):
            data[place] = noise.integers(0, 256)
        yield Trap(f"noise {seed}", "a.zip", _fixed(bytes(data)), ANY)
    for seed in range(5):
        data = bytearray(gzip.compress(POINTS * 500))
        data[np.random.default_rng(seed).integers(10, len(data))] ^= 0xFF
        yield Trap(f"noise gz {seed}", "a.csv.gz", _fixed(bytes(data)), ANY)
