"""GeoJSON (RFC 7946), read strictly feature by feature.

GDAL is not asked: it takes 26 of the 44 bad files of a validator's collection without a word. The file is passed
twice: for the names of the properties, then for the rows; never more than one feature is held.
"""

import codecs
import json
import re
import struct
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from gis.exchange.limits import LIMITS, MIB

from .letters import kept
from .request import Request
from .table import Head, Table, batch_of, fault, unique_names
from .unreadable import Unreadable

# Of processor time: Python alone reads it, twice.
SECONDS_PER_MIB = 1.0
SINGLE = {"Point": 1, "LineString": 2, "Polygon": 3}
MULTI = {"MultiPoint": ("Point", 4), "MultiLineString": ("LineString", 5), "MultiPolygon": ("Polygon", 6)}
SPACE = " \t\r\n"


class BadGeometry(Exception):
    """What is wrong with one feature's geometry, as a code of `gis.exchange.reasons`."""


def read(path: Path, request: Request) -> Table:
    names: dict[str, None] = {}
    rows = 0
    document = Document(path)
    for feature in document.features():
        rows += 1
        if isinstance(feature, dict):
            if "id" in feature:
                names["id"] = None
            names.update(dict.fromkeys(_properties(feature)))
    columns = unique_names(list(names))
    crs, told_by = _system(document.crs)
    table = Table(Head("GeoJSON", columns, crs, told_by, "utf_8", "standard", rows), iter(()))
    table.batches = _batches(path, table, list(names))
    return table


class Document:
    """A feature collection, opened as often as it is walked; `crs` is the pre-standard member, once passed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.crs: Any = None

    def features(self) -> Iterator[Any]:
        with self.path.open("rb") as file:
            text = _Text(file)
            text.expect("{")
            walked = False
            first: dict[str, Any] = {}
            while not text.ends("}"):
                name = text.name()
                text.expect(":")
                if name == "features" and not walked:
                    walked = True
                    yield from self._elements(text)
                else:
                    first[name] = text.value()
                text.ends(",")
            text.end()
        self.crs = first.get("crs")
        if not walked:
            yield _single(first)

    def _elements(self, text: "_Text") -> Iterator[Any]:
        text.expect("[")
        while not text.ends("]"):
            yield text.value()
            text.ends(",")


def _single(document: dict[str, Any]) -> Any:
    """A file that is one feature or one bare geometry."""
    if document.get("type") == "Feature":
        return document
    if document.get("type") in (*SINGLE, *MULTI, "GeometryCollection"):
        return {"type": "Feature", "geometry": document, "properties": None}
    raise Unreadable("not_geojson", type=str(document.get("type"))[:40])


class _Text:
    """A window over the text, in which one JSON value after the other is decoded."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.letters = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
        self.decoder = json.JSONDecoder(parse_constant=_no_constant)
        self.window = ""
        self.at = 0
        self._more()
        self.window = self.window.removeprefix("\ufeff")

    def value(self) -> Any:
        """The next value."""
        while True:
            self._skip()
            try:
                found, end = self.decoder.raw_decode(self.window, self.at)
            except json.JSONDecodeError as error:
                if not (self._unfinished(error) and self._more()):
                    raise self.broken(error.msg) from error
                continue
            except (RecursionError, ValueError) as error:
                raise self.broken(str(error)) from error
            # A number may go on in the next piece.
            if end == len(self.window) and self._more():
                continue
            self.at = end
            return found

    def name(self) -> str:
        """The name of the next member."""
        found = self.value()
        if not isinstance(found, str):
            raise self.broken("a name expected")
        return found

    def expect(self, sign: str) -> None:
        if not self.ends(sign):
            raise self.broken(f"{sign} expected")

    def ends(self, sign: str) -> bool:
        """Whether the sign comes next; then it is passed."""
        self._skip()
        if self.window[self.at : self.at + 1] != sign:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        self._skip()
        if self.at < len(self.window):
            raise self.broken("text after the end")

    def broken(self, why: str) -> Unreadable:
        return Unreadable("broken_json", why=why, after=self.window[max(0, self.at - 60) : self.at])

    def _unfinished(self, error: json.JSONDecodeError) -> bool:
        """Whether the window, not the file, may be what ends too early."""
        return error.msg.startswith("Unterminated") or error.pos >= len(self.window) - 16

    def _skip(self) -> None:
        while True:
            while self.window[self.at : self.at + 1] in SPACE and self.at < len(self.window):
                self.at += 1
            if self.at < len(self.window) or not self._more():
                return

    def _more(self) -> bool:
        """Read on, as much as is waiting already: a long value is not decoded again for every piece of it.

        But no further than one byte more than a value may have, which is how a longer one is known.
        """
        waiting = len(self.window) - self.at
        left = LIMITS.longest_feature + 1 - waiting
        if left <= 0:
            raise Unreadable("feature_too_long", most=LIMITS.longest_feature // MIB)
        read = self.file.read(min(max(MIB, waiting), left))
        self.window = self.window[self.at :] + self.letters.decode(read, final=not read)
        self.at = 0
        return bool(read)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _system(crs: Any) -> tuple[str, str]:
    """RFC 7946 knows WGS 84 alone; older files name another in a member that the RFC removed."""
    if crs is None:
        return "EPSG:4326", "standard"
    told = crs.get("properties") if isinstance(crs, dict) else None
    name = str(told.get("name", "")) if isinstance(told, dict) else ""
    parts = [part for part in name.replace("urn:ogc:def:crs:", "").split(":") if part]
    if parts and parts[-1] == "CRS84":
        return "EPSG:4326", "file"
    return (f"{parts[0]}:{parts[-1]}" if len(parts) > 1 else name), "file"


def _batches(path: Path, table: Table, names: list[str]) -> Iterator[pa.RecordBatch]:
    waiting: list[Any] = []
    read, weight = 0, 0
    for feature in Document(path).features():
        waiting.append(_row(feature, names))
        weight += len(waiting[-1][0] or b"")
        if len(waiting) == LIMITS.batch_rows or weight > LIMITS.batch:
            read, weight = read + len(waiting), 0
            table.done[0] = read / max(table.head.rows or 0, 1)
            yield _batch(waiting, read - len(waiting), table)
            waiting = []
    if waiting:
        table.done[0] = 1.0
        yield _batch(waiting, read, table)


def _batch(waiting: list[Any], before: int, table: Table) -> pa.RecordBatch:
    geometries, faults, *columns = zip(*waiting, strict=True)
    rows = range(before + 1, before + len(waiting) + 1)
    texts = [pa.array(column, pa.string()) for column in columns]
    return batch_of(rows, pa.array(geometries, pa.binary()), table.head.columns, texts, faults)


def _row(feature: Any, names: list[str]) -> tuple[Any, ...]:
    """WKB, fault, and the properties as text."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return (None, fault("not_a_feature"), *[None] * len(names))
    if not isinstance(feature.get("properties"), dict | None):
        return (None, fault("bad_properties"), *[None] * len(names))
    values = {"id": feature["id"]} if "id" in feature else {}
    values |= _properties(feature)
    texts = [_text(values.get(name)) for name in names]
    wrong = next((name for name, text in zip(names, texts, strict=True) if text and not _is_text(text)), None)
    if wrong is not None:
        clean = [text and _clean(text) for text in texts]
        return (None, fault("text_not_utf8", column=wrong), *clean)
    try:
        geometry = feature.get("geometry")
        return (None if geometry is None else wkb(geometry), None, *texts)
    except BadGeometry as error:
        return (None, fault("bad_geojson_geometry", why=str(error)), *texts)


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _clean(text: str) -> str:
    """With bytes that are no text as their numbers, and without halves of letters that an escape named."""
    parts = re.split("([\udc80-\udcff]+)", text)
    parts[1::2] = [part.encode(errors="surrogateescape").decode(errors="backslashreplace") for part in parts[1::2]]
    return str(kept("".join(parts)))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def wkb(geometry: Any, depth: int = 0) -> bytes:
    """The geometry as well-known binary, after the checks of RFC 7946 section 3.1."""
    if not isinstance(geometry, dict):
        raise BadGeometry("geometry is not an object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or depth > 4:
            raise BadGeometry("geometries")
        return _collection(7, [wkb(part, depth + 1) for part in parts])
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        raise BadGeometry("coordinates")
    try:
        if kind in MULTI:
            single, code = MULTI[kind]
            return _collection(code, [_single_wkb(single, part) for part in coordinates])
        if kind in SINGLE:
            return _single_wkb(kind, coordinates)
    except (TypeError, AttributeError, OverflowError) as error:
        raise BadGeometry("coordinates") from error
    raise BadGeometry(f"type {str(kind)[:40]}")


def _single_wkb(kind: str, coordinates: list[Any]) -> bytes:
    if kind == "Point":
        # An empty array is the standard's empty point; WKB writes it as NaN.
        width, body = _positions([[float("nan")] * 2] if coordinates == [] else [coordinates])
        return _head(1, width) + body
    if kind == "LineString":
        width, body = _positions(coordinates)
        if len(coordinates) == 1:
            raise BadGeometry("a line needs two positions")
        return _head(2, width) + struct.pack("<I", len(coordinates)) + body
    return _polygon(coordinates)


def _polygon(rings: list[Any]) -> bytes:
    width, parts = 2, []
    for ring in rings:
        width, body = _positions(ring)
        if len(ring) < 4:
            raise BadGeometry("a ring needs four positions")
        if ring[0] != ring[-1]:
            raise BadGeometry("a ring is not closed")
        parts.append(struct.pack("<I", len(ring)) + body)
    return _head(3, width) + struct.pack("<I", len(rings)) + b"".join(parts)


def _positions(positions: list[Any]) -> tuple[int, bytes]:
    """Numbers of each position (2 or 3; further ones have no meaning and are dropped) and their bytes."""
    if not isinstance(positions, list):
        raise BadGeometry("coordinates")
    widths = set(map(len, positions)) or {2}
    if min(widths) < 2:
        raise BadGeometry("a position needs two numbers")
    width = 3 if min(widths) > 2 else 2
    cut = positions if widths == {width} else [position[:width] for position in positions]
    numbers = list(chain.from_iterable(cut))
    if bool in map(type, numbers):  # true would be stored as one
        raise BadGeometry("a position needs two numbers")
    return width, array("d", numbers).tobytes()


def _collection(code: int, parts: list[bytes]) -> bytes:
    return _head(code, 2) + struct.pack("<I", len(parts)) + b"".join(parts)


def _head(code: int, width: int) -> bytes:
    """Byte order (little endian) and type; 1000 is added for height (ISO WKB)."""
    return struct.pack("<BI", 1, code + (1000 if width == 3 else 0))
