"""KML 2.2 and 2.3, passed twice: for the names of the columns, then for the rows; one placemark is held at a time.

GDAL's reader holds the whole file and gives a table for each folder with twelve columns that nobody filled. Here all
placemarks are one table with the folders' names as a column; `--table` takes the placemarks of one folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import pyarrow as pa
import shapely

from gis.exchange.limits import LIMITS, MIB

from .kml_geometry import BadGeometry, geometry_of, local
from .request import Request
from .table import Head, Table, batch_of, fault, unique_names
from .unreadable import Unreadable

NEEDS_TABLE = False
# Of processor time: Python alone reads it, and small placemarks take the most.
SECONDS_PER_MIB = 2.0
FOLDER = "folder"
# What a placemark may say of itself; only what at least one says becomes a column.
OWN = ("name", "description", "address", "phoneNumber", "Snippet")
TIMES_OF = ("when", "begin", "end")
GEOMETRIES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model"}
FOLDERS = ("Document", "Folder")
ENTRIES = ("Placemark", "NetworkLink")
DEEPEST = 50


class Entry:
    """A placemark, or a link to placemarks elsewhere; `folders` are those it lies in, from the outside."""

    def __init__(self, element: Element, folders: tuple[str, ...]) -> None:
        self.element = element
        self.folders = folders

    @property
    def is_link(self) -> bool:
        return local(self.element) == "NetworkLink"

    def values(self) -> dict[str, str]:
        """By column: what it says of itself, and its own data."""
        found = {FOLDER: "/".join(self.folders)} if self.folders else {}
        for child in self.element:
            name = local(child)
            if name in OWN and (child.text or "").strip():
                found[name] = str(child.text)
            elif name == "ExtendedData":
                found |= _own_data(child)
            elif name in ("TimeStamp", "TimeSpan"):
                found |= {local(one): one.text or "" for one in child if local(one) in TIMES_OF}
        if "id" in self.element.attrib:
            found.setdefault("id", self.element.attrib["id"])
        return found

    def geometry(self) -> bytes | None:
        shapes = [child for child in self.element if local(child) in GEOMETRIES]
        if not shapes:
            return None
        if len(shapes) > 1:
            raise BadGeometry("a placemark has one geometry")
        found: bytes = shapely.to_wkb(geometry_of(shapes[0]), flavor="iso")
        return found


def read(path: Path, request: Request) -> Table:
    names: dict[str, None] = {}
    rows = 0
    for entry, _done in _chosen(path, request):
        rows += 1
        names.update(dict.fromkeys(entry.values()))
    if request.table and not rows:
        raise Unreadable("no_such_table", table=request.table, tables=tables(path, request))
    table = Table(Head("KML", unique_names(list(names)), "EPSG:4326", "standard", rows=rows), iter(()))
    table.batches = _batches(path, request, table, list(names))
    return table


def tables(path: Path, request: Request) -> list[str]:
    """The folders in which placemarks lie."""
    found = {"/".join(entry.folders): None for entry, _done in _entries(path)}
    return [name for name in found if name]


def _batches(path: Path, request: Request, table: Table, names: list[str]) -> Iterator[pa.RecordBatch]:
    first, held, part = 1, 0, []
    for entry, done in _chosen(path, request):
        table.done[0] = done
        values = entry.values()
        shape, told = _judged(entry)
        part.append((shape, told, [values.get(name) for name in names]))
        held += len(shape or b"") + sum(map(len, values.values()))
        if held >= LIMITS.batch or len(part) == LIMITS.batch_rows:
            yield _batch(first, part, table.head.columns)
            first, held, part = first + len(part), 0, []
    if part:
        yield _batch(first, part, table.head.columns)


def _batch(
    first: int, part: list[tuple[bytes | None, str | None, list[str | None]]], columns: tuple[str, ...]
) -> pa.RecordBatch:
    shapes, faults, values = zip(*part, strict=True)
    texts = [pa.array(column, pa.string()) for column in zip(*values, strict=True)]
    return batch_of(range(first, first + len(part)), pa.array(shapes, pa.binary()), columns, texts, faults)


def _judged(entry: Entry) -> tuple[bytes | None, str | None]:
    if entry.is_link:
        href = next((one.text or "" for one in entry.element.iter() if local(one) == "href"), "")
        return None, fault("data_elsewhere", href=href.strip()[:120])
    try:
        return entry.geometry(), None
    except BadGeometry as error:
        return None, fault("bad_kml_geometry", why=str(error))


def _own_data(extended: Element) -> dict[str, str]:
    """<Data name> with a value, and <SimpleData name> of a schema."""
    found: dict[str, str] = {}
    for element in extended.iter():
        name = element.attrib.get("name", "")
        if local(element) == "SimpleData" and name:
            found[name] = element.text or ""
        elif local(element) == "Data" and name:
            found[name] = next((one.text or "" for one in element if local(one) == "value"), "")
    return found


def _chosen(path: Path, request: Request) -> Iterator[tuple[Entry, float]]:
    """Those of the folder that the operator named: by its name, or by its way from the outside."""
    for entry, done in _entries(path):
        if not request.table or request.table in entry.folders or request.table == "/".join(entry.folders):
            yield entry, done


def _entries(path: Path) -> Iterator[tuple[Entry, float]]:
    """Each placemark and link, with how much of the file has been read."""
    size = max(path.stat().st_size, 1)
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    walk = _Walk()
    try:
        with path.open("rb") as file:
            while piece := file.read(MIB):
                parser.feed(piece)
                for entry in walk.over(parser):
                    yield entry, file.tell() / size
            parser.close()
            for entry in walk.over(parser):
                yield entry, 1.0
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable("broken_xml", why=str(error)[:120]) from error


class _Walk:
    """Goes along with the parser, knows in which folders it is, and lets go of what has been passed."""

    def __init__(self) -> None:
        self.open: list[Element] = []
        self.kinds: list[str] = []
        self.names: dict[int, str] = {}

    def over(self, parser: "XMLPullParser[Any]") -> Iterator[Entry]:
        for event in parser.read_events():
            kind, element = cast(tuple[str, Element], event)
            if kind == "start":
                self._enter(element)
            else:
                yield from self._leave(element)

    def _enter(self, element: Element) -> None:
        self.open.append(element)
        self.kinds.append(local(element))
        if len(self.open) > DEEPEST:
            raise Unreadable("nested_too_deep", most=DEEPEST)

    def _leave(self, element: Element) -> Iterator[Entry]:
        self.open.pop()
        name = self.kinds.pop()
        above = self.open[-1] if self.open else None
        if name == "name" and self.kinds and self.kinds[-1] in FOLDERS:
            self.names[len(self.open)] = (element.text or "").strip()
        if name in ENTRIES:
            yield Entry(element, self._folders())
        if name in FOLDERS:
            self.names.pop(len(self.open) + 1, None)
        # What stays is the outside of a placemark's own parts.
        if above is not None and not any(kind in ENTRIES for kind in self.kinds):
            above.remove(element)

    def _folders(self) -> tuple[str, ...]:
        inside = [depth for depth, kind in enumerate(self.kinds, start=1) if kind == "Folder"]
        return tuple(self.names.get(depth, "") for depth in inside)
