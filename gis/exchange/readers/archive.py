"""What comes packed: zip archives (KMZ is one) and gzip files.

An archive is judged from its directory before anything of it is opened. Then only what is chosen is unpacked, under a
count of bytes and under names of ours: no name of the archive ever names a file of this machine.
"""

import gzip
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from gis.exchange.limits import LIMITS, MIB

from .laying import JOURNAL, SHAPEFILE, our_name
from .letters import holds_unseen, shown
from .request import Request
from .unreadable import Unreadable

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
EMPTY_ZIP = b"PK\x05\x06"
DATA = {".shp", ".gpkg", ".geojson", ".json", ".csv", ".fgb", ".parquet", ".kml", ".gml", ".dxf", ".pbf"}
ARCHIVES = {".zip", ".kmz", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar", ".cab", ".iso"}
# Words that Windows takes for devices, with whatever ending.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCAL_HEADER = 30
LONGEST_PATH = 1000  # letters; a disk takes 255 of a name, and no more than some thousand of a way


def unzip(path: Path, request: Request) -> tuple[Path, Request]:
    """The one data set of the archive, unpacked: its main file, and what is asked of that."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _judged(archive)
            chosen, table = _choose(entries, request)
            budget = Budget(path.stat().st_size)
            for entry in entries:
                if _belongs(entry.filename, chosen):
                    with archive.open(entry) as packed:
                        budget.copy(packed, path.parent / our_name(entry.filename))
    # ValueError: a name that says it is UTF-8 and is not.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unreadable("broken_archive", why=str(error)[:200]) from error
    return path.parent / our_name(chosen), request.of_table(table)


def gunzip(path: Path, request: Request) -> Path:
    """The packed file, unpacked under its name without ".gz"."""
    target = path.with_suffix("") if path.suffix == ".gz" else path.with_name("unpacked" + path.suffix)
    try:
        with gzip.open(path) as packed:
            Budget(path.stat().st_size).copy(packed, target)
    except (gzip.BadGzipFile, zlib.error, EOFError, OSError) as error:
        raise Unreadable("broken_archive", why=str(error)[:200]) from error
    return target


class Budget:
    """Counts what is really unpacked; the sizes in an archive's directory are the sender's word."""

    def __init__(self, packed: int) -> None:
        self.packed = packed
        self.written = 0

    def copy(self, source: Any, target: Path) -> None:
        with target.open("xb") as file:
            shutil.copyfileobj(_Counted(source, self.spend), file, MIB)

    def spend(self, size: int) -> None:
        self.written += size
        if self.written > LIMITS.unpacked:
            raise Unreadable("unpacks_too_large", most=LIMITS.unpacked)
        if self.written > LIMITS.ratio_from and self.written > self.packed * LIMITS.ratio:
            raise Unreadable("bomb", ratio=LIMITS.ratio)


class _Counted:
    def __init__(self, source: Any, spend: Callable[[int], None]) -> None:
        self.source = source
        self.spend = spend

    def read(self, size: int = -1) -> bytes:
        read: bytes = self.source.read(size)
        self.spend(len(read))
        return read


def _judged(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries that are data or lie beside it, when the whole directory is as an honest program writes it."""
    entries = archive.infolist()
    if len(entries) > LIMITS.entries:
        raise Unreadable("too_many_entries", entries=len(entries), most=LIMITS.entries)
    for entry in entries:
        _check(entry)
    _check_places(archive, entries)
    names = Counter(unicodedata.normalize("NFKC", entry.filename).casefold() for entry in entries)
    for name, times in names.items():
        if times > 1:
            raise Unreadable("twice_in_archive", name=name[:80])
    return [entry for entry in entries if not _is_noise(entry)]


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if len(name) > LONGEST_PATH:
        raise Unreadable("long_name", name=shown(name[:80]), most=LONGEST_PATH)
    # The library ends a name at its first zero; another program may not.
    for written in (name, entry.orig_filename):
        if holds_unseen(written.replace("\u200c", "")):
            raise Unreadable("odd_name", name=shown(written[:80]))
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name:
        raise Unreadable("leaves_its_folder", name=name[:80])
    if any(part.partition(".")[0].strip().casefold() in DEVICES or part != part.strip(" ") for part in path.parts):
        raise Unreadable("odd_name", name=shown(name[:80]))
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable("archive_link", name=name[:80])
    if entry.flag_bits & 0x1:
        raise Unreadable("archive_locked")
    # More than it says is never unpacked of an entry, so what it says may be held against it.
    if entry.file_size > LIMITS.unpacked:
        raise Unreadable("unpacks_too_large", most=LIMITS.unpacked)
    if entry.file_size > LIMITS.ratio_from and entry.file_size > entry.compress_size * LIMITS.ratio:
        raise Unreadable("bomb", ratio=LIMITS.ratio)
    if path.suffix.lower() in ARCHIVES:
        raise Unreadable("archive_in_archive", name=name[:80])
    if entry.compress_type not in METHODS:
        raise Unreadable("archive_method", name=name[:80])


def _check_places(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are a bomb that no single ratio shows."""
    end = archive.start_dir
    for entry in sorted(entries, key=lambda one: one.header_offset, reverse=True):
        if entry.header_offset < 0 or entry.header_offset + LOCAL_HEADER + entry.compress_size > end:
            raise Unreadable("archive_overlaps", name=entry.filename[:80])
        end = entry.header_offset


def _is_noise(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS leaves in archives."""
    parts = PurePosixPath(entry.filename).parts
    return entry.is_dir() or not parts or parts[0] == "__MACOSX"


def _choose(entries: list[zipfile.ZipInfo], request: Request) -> tuple[str, str]:
    """The file, and which table of it. Of several files one is named, or with a table of it: "plots", "city/plots"."""
    names = _called([entry.filename for entry in entries if PurePosixPath(entry.filename).suffix.lower() in DATA])
    if not names:
        raise Unreadable("archive_without_data")
    if len(names) == 1:
        return next(iter(names.values())), request.table
    wanted = [name for name in names if (request.table + "/").startswith(name + "/")]
    if not wanted:
        raise Unreadable("many_tables", tables=sorted(names))
    name = max(wanted, key=len)
    return names[name], request.table[len(name) + 1 :]


def _called(paths: list[str]) -> dict[str, str]:
    """The files by what an operator calls them: without folder and ending, where no other is called so."""
    stems = Counter(PurePosixPath(path).stem for path in paths)
    return {path if stems[stem := PurePosixPath(path).stem] > 1 else stem: path for path in paths}


def _belongs(name: str, chosen: str) -> bool:
    if name in (chosen, chosen + JOURNAL):
        return True
    path, main = PurePosixPath(name), PurePosixPath(chosen)
    return (
        main.suffix.lower() == ".shp"
        and path.suffix.lower() in SHAPEFILE
        and (path.parent, path.stem.casefold()) == (main.parent, main.stem.casefold())
    )
