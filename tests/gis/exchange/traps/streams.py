"""What is packed without a directory: gzip, tar in its wrappings, and the archives that are not taken at all."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator

from .case import POINTS, READ, Trap, packed, trap

# How a file may end whose first bytes are another format's.
BROKEN = (
    "corrupt",
    "not_geopackage",
    "broken_json",
    "not_geojson",
    "broken_xml",
    "broken_dxf",
    "broken_archive",
    "no_geometry",
)
LINKS = {
    "link": (tarfile.SYMTYPE, "/etc/passwd"), "link upwards": (tarfile.SYMTYPE, "../../secret.csv"),
    "hard link": (tarfile.LNKTYPE, "../../secret.csv"), "device": (tarfile.CHRTYPE, ""),
    "disk": (tarfile.BLKTYPE, ""), "pipe": (tarfile.FIFOTYPE, ""), "folder": (tarfile.DIRTYPE, ""),
    "many parts": (b"M", ""), "old sparse file": (tarfile.GNUTYPE_SPARSE, ""),
}  # fmt: skip
# By their first bytes.
FOREIGN = {
    "7z": b"7z\xbc\xaf\x27\x1c\0\4", "rar": b"Rar!\x1a\x07\x01\x00", "cab": b"MSCF\0\0\0\0", "arj": b"\x60\xea\x2a\0",
    "lzh": b"\x21\x00-lh5-", "zst": b"\x28\xb5\x2f\xfd\x24", "Z": b"\x1f\x9d\x90", "deb": b"!<arch>\ndebian-binary",
    "cpio": b"070701" + b"0" * 100 + b"../evil.csv\0", "iso": bytes(32769) + b"CD001", "sqsh": b"hsqs\0\0\0\0",
    "lz4": b"\x04\x22\x4d\x18\x64", "dmg": b"koly\0\0\0\4", "wim": b"MSWIM\0\0\0",
}  # fmt: skip


def streams() -> Iterator[Trap]:
    yield from _gzips()
    yield from _tars()
    for ending, start in FOREIGN.items():
        yield trap(f"a {ending}", f"a.{ending}", start + POINTS * 9, "unknown_format")
        if ending in ("7z", "rar", "cpio"):
            yield trap(f"a {ending} called zip", "a.zip", start + POINTS * 9, "unknown_format")


def gz(*, flags: int = 0, head: bytes = b"", method: int = 8, crc: int = 0, size: int = 0) -> bytes:
    """The points as gzip writes them, but with these differences from what is so."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(POINTS) + packer.flush()
    told = struct.pack("<2I", zlib.crc32(POINTS) ^ crc, len(POINTS) + size)
    return struct.pack("<2sBBIBB", b"\x1f\x8b", method, flags, 0, 0, 255) + head + body + told


def _gzips() -> Iterator[Trap]:
    sound = gz()
    for name, data, ends in (
        ("name outside", gz(flags=8, head=b"../../evil.csv\0"), READ),
        ("name of root", gz(flags=8, head=b"/etc/cron.d/evil\0"), READ),
        ("comment", gz(flags=16, head=b"<script>\0"), READ),
        ("wrong sum of the head", gz(flags=2, head=b"\1\1"), READ),
        ("extra field beyond its end", gz(flags=4, head=b"\xff\xff"), "broken_archive"),
        ("method 7", gz(method=7), "broken_archive"), ("wrong sum", gz(crc=1), "broken_archive"),
        ("wrong size", gz(size=1), "broken_archive"), ("4 GB said", gz(size=2**31), "broken_archive"),
        ("zeros behind", sound + bytes(100), READ), ("noise behind", sound + b"noise", "broken_archive"),
        ("a second of rows", sound + gzip.compress(b"57.6,23.4\n"), READ),
        ("20,000 empty ones behind", sound + gzip.compress(b"") * 20_000, READ),
        ("cut in its head", sound[:5], "broken_archive"), ("cut in its data", sound[:20], "broken_archive"),
        ("cut before its sum", sound[:-8], "broken_archive"),
    ):  # fmt: skip
        yield trap(f"gzip: {name}", "a.csv.gz", data, ends)
    yield trap("gzip: of another format", "a.gpkg.gz", sound, "unknown_format")
    yield trap("gzip: of a kmz", "a.kmz.gz", gzip.compress(packed([("doc.kml", b"")])), "archive_in_archive")


def tar(*members: tarfile.TarInfo, content: bytes = POINTS) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.devmajor, member.devminor = kind, target, 1, 3
    return member


def _tars() -> Iterator[Trap]:
    for name, (kind, target) in LINKS.items():
        member = _member("x.csv", kind, target)
        yield trap(f"tar: {name}", "a.tar", tar(member, _member("x.csv/points.csv")), "unknown_format")
    for name in ("../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "d/" * 200 + "x.csv"):
        yield trap(f"tar: {name[:20]}", "a.tar", tar(_member(name)), "unknown_format")
    yield trap("tar: 3,000 entries", "a.tar", tar(*(_member(f"{n}.csv") for n in range(3000))), "unknown_format")
    lying = bytearray(tar(_member("x.csv")))
    lying[124:136] = b"77777777777\0"
    yield trap("tar: 8 GB said", "a.tar", bytes(lying), "unknown_format")
    slip = tar(_member("../evil.csv"), _member("x.csv", tarfile.SYMTYPE, "/etc/passwd"))
    wrappings: dict[str, Callable[[bytes], bytes]] = {
        "tar.gz": gzip.compress, "tgz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress,
        "tar.gz.gz": lambda data: gzip.compress(gzip.compress(data)), "zip": bytes,
    }  # fmt: skip
    for ending, wrap in wrappings.items():
        yield trap(f"tar: as {ending}", f"a.{ending}", wrap(slip), "unknown_format", "archive_in_archive")
    yield trap("tar: called csv.gz", "a.csv.gz", gzip.compress(slip), "unknown_format")
    for start in ('{"type":"x"}', "SQLite format 3", "PAR1", "fgb\x03", "<?xml version='1.0'?><kml>", "  0\nSECTION",
                  "PK\x03\x04"):  # fmt: skip
        yield trap(f"tar: begins like {start[:8]!r}", "a.tar", tar(_member(start)), *BROKEN, "unknown_format")
