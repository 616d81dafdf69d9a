"""One trap, and what its makers share."""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

POINTS = b"lon,lat\n57.5,23.4\n"
READ = "read"
# Noise may hit anything: then only a stated outcome is asked for.
ANY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trap:
    """`make` gives the file's bytes, or writes `file` itself; `ends` are the outcomes allowed, ANY for every one.

    `table` is asked for where a format reads nothing without.
    """

    name: str
    file: str
    make: Callable[[Path], bytes | None]
    ends: frozenset[str] = ANY
    beside: dict[str, bytes] = field(default_factory=dict)
    table: str = ""

    def lay(self, folder: Path) -> Path:
        path = folder / self.file
        made = self.make(path)
        if made is not None:
            path.write_bytes(made)
        for name, content in self.beside.items():
            (folder / name).write_bytes(content)
        return path


def trap(name: str, file: str, content: bytes | str, *ends: str, beside: dict[str, bytes] | None = None) -> Trap:
    data = content.encode() if isinstance(content, str) else content
    return Trap(name, file, lambda _path: data, frozenset(ends), beside or {})


def packed(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive. Entries of one name are allowed here."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.NameToInfo.pop(name if isinstance(name, str) else name.filename, None)
            archive.writestr(name, content)
    return out.getvalue()


def patched(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]
