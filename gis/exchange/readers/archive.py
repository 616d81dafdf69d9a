"""What comes packed: zip archives and gzip files, unpacked under a count of bytes into the run's own folder."""

import gzip
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from gis.exchange.limits import LIMITS, MIB

from .table import Request
from .unreadable import Unreadable

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
EMPTY_ZIP = b"PK\x05\x06"
DATA = {".shp", ".gpkg", ".geojson", ".json", ".csv", ".fgb", ".parquet"}
# The files of a shapefile that we read; the rest stays packed.
SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def unzip(path: Path, request: Request) -> Path:
    """The one data set of the archive, unpacked; its main file."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [_checked(entry) for entry in _few(archive) if not _is_noise(entry)]
            chosen = _choose(entries, request)
            budget = Budget(path.stat().st_size)
            for entry in entries:
                if _belongs(entry.filename, chosen):
                    with archive.open(entry) as packed:
                        budget.copy(packed, request.work / PurePosixPath(entry.filename).name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise Unreadable("broken_archive", why=str(error)[:200]) from error
    return request.work / PurePosixPath(chosen).name


def gunzip(path: Path, request: Request) -> Path:
    """The packed file, unpacked under its name without ".gz"."""
    target = request.work / (path.stem if path.suffix.lower() == ".gz" else path.name)
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
            raise Unreadable("unpacks_too_large", most=LIMITS.unpacked // MIB)
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


def _few(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > LIMITS.entries:
        raise Unreadable("too_many_entries", entries=len(entries), most=LIMITS.entries)
    return entries


def _checked(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise Unreadable("leaves_its_folder", name=entry.filename[:80])
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable("archive_link", name=entry.filename[:80])
    if entry.flag_bits & 0x1:
        raise Unreadable("archive_locked")
    return entry


def _is_noise(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS leaves in archives. Checked names only matter where something is unpacked."""
    parts = PurePosixPath(entry.filename).parts
    return not parts or (parts[0] == "__MACOSX" and ".." not in parts)


def _choose(entries: list[zipfile.ZipInfo], request: Request) -> str:
    names = [e.filename for e in entries if not e.is_dir() and PurePosixPath(e.filename).suffix.lower() in DATA]
    wanted = [name for name in names if PurePosixPath(name).stem == request.table] or names
    if not wanted:
        raise Unreadable("archive_without_data")
    if len(wanted) > 1:
        raise Unreadable("many_tables", tables=", ".join(sorted(PurePosixPath(name).stem for name in wanted)))
    return wanted[0]


def _belongs(name: str, chosen: str) -> bool:
    if name == chosen:
        return True
    path, main = PurePosixPath(name), PurePosixPath(chosen)
    return (
        main.suffix.lower() == ".shp"
        and path.suffix.lower() in SHAPEFILE
        and (path.parent, path.stem.casefold()) == (main.parent, main.stem.casefold())
    )
