"""Zip archives whose headers say what is not so, each written byte by byte."""

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .case import POINTS, READ, Trap, packed, patched, trap

UTF_8 = 0x800
MOST = 2**32 - 1
EVIL = packed([("../evil.csv", POINTS)])
Told = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """`local` and `central` replace what the two headers would truly say; `behind` follows the packed bytes."""

    name: bytes = b"a.csv"
    content: bytes = POINTS
    method: int = 0
    flags: int = 0
    local: Told = field(default_factory=dict)
    central: Told = field(default_factory=dict)
    behind: bytes = b""

    def body(self) -> bytes:
        if not self.method:
            return self.content
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()

    def truth(self) -> Told:
        return {
            "version": 20, "flags": self.flags, "method": self.method, "sum": zlib.crc32(self.content), "extra": b"",
            "packed": len(self.body()), "size": len(self.content), "name": self.name, "mode": 0, "disk": 0,
        }  # fmt: skip

    def here(self) -> bytes:
        """Its header beside the packed bytes, and these."""
        told = self.truth() | self.local
        return struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", told["version"], told["flags"], told["method"], 0, 33, told["sum"],
            told["packed"], told["size"], len(told["name"]), len(told["extra"]),
        ) + told["name"] + told["extra"] + self.body() + self.behind  # fmt: skip

    def listed(self, place: int) -> bytes:
        """Its header in the directory."""
        told = self.truth() | {"place": place} | self.central
        return struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, told["version"], told["flags"], told["method"], 0, 33, told["sum"],
            told["packed"], told["size"], len(told["name"]), len(told["extra"]), 0, told["disk"], 0,
            told["mode"], told["place"],
        ) + told["name"] + told["extra"]  # fmt: skip


def archive(*entries: Entry, comment: bytes = b"", before_end: bytes = b"") -> bytes:
    body, directory = b"", b""
    for entry in entries:
        directory += entry.listed(len(body))
        body += entry.here()
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body),
                      len(comment))  # fmt: skip
    return body + directory + before_end + end + comment


def forged() -> Iterator[Trap]:
    for name, entry, *ends in (*_headers(), *_second_names(), *_large()):
        yield trap(f"forged: {name}", "a.zip", archive(entry), *ends)
    yield from _ends()
    yield from _hidden()


def _headers() -> Iterator[tuple[Any, ...]]:
    """One header against the other. What the directory says is what counts, and what is unpacked is held to it."""
    yield "local of another folder", Entry(local={"name": b"../a.csv"}), "broken_archive"
    yield "local packs otherwise", Entry(method=8, local={"method": 0}), READ
    yield "directory packs otherwise", Entry(method=8, central={"method": 0}), "broken_archive"
    yield "local without sizes", Entry(local={"sum": 0, "packed": 0, "size": 0}), READ
    yield "local of 4 GB", Entry(local={"packed": MOST, "size": MOST}), READ
    yield "local of another sum", Entry(local={"sum": 1}), READ
    yield "local locked", Entry(local={"flags": 1}), READ
    yield "patched data", Entry(flags=0x20), "broken_archive"
    yield "masked directory", Entry(flags=0x2000), READ, "archive_locked", "broken_archive"
    yield "of two alphabets", Entry("قطع.csv".encode(), central={"flags": UTF_8}), "broken_archive"
    yield "name of no letters", Entry(b"\xff\xfe.csv", flags=UTF_8), "broken_archive"
    yield "local name of no letters", Entry(b"\xff\xfe.csv", local={"flags": UTF_8}), "broken_archive"
    yield "name of half a letter", Entry(b"\xed\xa0\x80.csv", flags=UTF_8), "broken_archive"
    yield "name of long dots", Entry(b"\xc0\xae\xc0\xae/a.csv", flags=UTF_8), "broken_archive"
    yield "name that ends early", Entry(b"a.csv\0.exe"), "odd_name"
    yield "no name", Entry(b""), "archive_without_data"
    yield "version 25.5", Entry(central={"version": 255}), "broken_archive"
    yield "on the seventh disk", Entry(central={"disk": 7}), READ
    yield "small and is not", Entry(content=bytes(9_000_000), method=8, central={"size": 10}), "broken_archive"
    yield "a folder with rows", Entry(central={"mode": stat.S_IFDIR << 16}), READ
    yield "a program of root", Entry(central={"mode": (stat.S_IFREG | 0o6777) << 16}), READ
    yield "a door", Entry(central={"mode": 0xD000 << 16}), "archive_link"
    yield "a way round of Windows", Entry(central={"mode": 0x400}), READ
    wrong = struct.pack("<4s3I", b"PK\x07\x08", 1, 2**31, 2**31)
    yield "descriptor lies", Entry(flags=8, local={"sum": 0, "packed": 0, "size": 0}, behind=wrong), READ
    yield "descriptor holds an archive", Entry(flags=8, local={"packed": 0}, behind=wrong + EVIL), READ


def _second_names() -> Iterator[tuple[Any, ...]]:
    """The extra field that gives the name once more, in Unicode."""
    for name, second, crc, ends in (
        ("outside", b"../evil.csv", 0, "leaves_its_folder"), ("of an archive", b"a.zip", 0, "archive_in_archive"),
        ("of another format", b"a.gpkg", 0, "unknown_format"), ("of no letters", b"\xff.csv", 0, "broken_archive"),
        ("of another file", b"../evil.csv", 1, READ), ("a device", b"nul.csv", 0, "odd_name"),
    ):  # fmt: skip
        body = struct.pack("<BI", 1, zlib.crc32(b"a.csv") ^ crc) + second
        yield f"second name {name}", Entry(central={"extra": struct.pack("<HH", 0x7075, len(body)) + body}), ends


def _large() -> Iterator[tuple[Any, ...]]:
    """The numbers of 64 bits."""
    for name, told, number, ends in (
        ("size", {"size": MOST}, 2**60, "unpacks_too_large"), ("place", {"place": MOST}, 2**62, "archive_overlaps"),
        ("last place", {"place": MOST}, 2**64 - 1, "archive_overlaps"),
        ("packed size", {"packed": MOST}, 2**63, "archive_overlaps"),
    ):  # fmt: skip
        yield f"64 bits of {name}", Entry(central=told | {"extra": struct.pack("<HHQ", 1, 8, number)}), ends
    yield "half of 64 bits", Entry(central={"size": MOST, "extra": struct.pack("<HHI", 1, 4, 1)}), "broken_archive"
    yield "extra field beyond its end", Entry(central={"extra": b"\1\0\xff\xff"}), "broken_archive"
    yield "long extra field", Entry(local={"extra": bytes(60_000)}), READ


def _ends() -> Iterator[Trap]:
    """More than one end of the directory, or one that says what is not so."""
    sound = archive(Entry())
    size, place = len(Entry().listed(0)), len(Entry().here())
    for name, disks, entries, told, ends in (
        ("two disks", 2, 1, size, "broken_archive"), ("a large directory", 1, 1, 2**40, "broken_archive"),
        ("a million million entries", 1, 2**40, size, READ),
    ):  # fmt: skip
        record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, told, place)
        record += struct.pack("<4sIQI", b"PK\x06\x07", 0, place + size, disks)
        yield trap(f"forged: end of {name}", "a.zip", archive(Entry(), before_end=record), ends)
    yield trap("forged: an archive as comment", "a.zip", archive(Entry(), comment=EVIL), "leaves_its_folder")
    yield trap("forged: an archive behind", "a.zip", sound + EVIL, "leaves_its_folder")
    yield trap("forged: an archive before", "a.zip", EVIL + sound, READ)
    yield trap("forged: comment longer than the file", "a.zip", patched(sound, len(sound) - 2, b"\xff\xff"), READ)
    yield trap("forged: end on another disk", "a.zip", patched(sound, len(sound) - 18, b"\5\0"), READ, "broken_archive")
    yield trap("forged: one of several parts", "a.zip", b"PK\x07\x08" + sound, "unknown_format")
    yield trap("forged: extra field into the next", "a.zip", patched(sound, 28, b"\xff\xff"), "broken_archive")
    for left in (1, 21, 22 + size):
        yield trap(f"forged: without its last {left}", "a.zip", sound[:-left], "broken_archive")


def _hidden() -> Iterator[Trap]:
    """What one program sees and another does not, and bytes that several entries share."""
    inner = Entry(b"../evil.csv")
    yield trap("forged: an entry of no directory", "a.zip", archive(Entry(behind=inner.here())), READ)
    outer = Entry(content=Entry(b"b.csv").here() + POINTS)
    shared = Entry(b"b.csv", content=b"", central={"place": 35, "packed": len(POINTS), "size": len(POINTS)})
    yield trap("forged: an entry within an entry", "a.zip", archive(outer, shared), "archive_overlaps")
    kernel = Entry(b"0.csv", content=bytes(1_000_000), method=8)
    again = [Entry(f"{n}.csv".encode(), b"", central=kernel.truth() | {"name": f"{n}.csv".encode(), "place": 0})
             for n in range(1, 250)]  # fmt: skip
    yield trap("forged: 250 names of one entry", "a.zip", archive(kernel, *again), "archive_overlaps")
