"""What an XML file is, from its beginning; and no XML that declares entities or refers to a definition elsewhere."""

import re
from pathlib import Path
from xml.parsers import expat

from gis.exchange.limits import MIB

from .unreadable import Unreadable

# After a byte order mark, in any of the encodings that XML knows, the first sign is "<".
BEGINNINGS = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")
GML = re.compile(r"http://www\.opengis\.net/(gml|wfs)\b")
KML = re.compile(r"http://(www\.opengis\.net/kml|earth\.google\.com/kml)/")
# OpenStreetMap's own XML: a state, and changes to one.
OPENSTREETMAP = ("osm", "osmChange")


class _Enough(Exception):
    """The root element has been met."""


def is_xml(start: bytes) -> bool:
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(BEGINNINGS)


def format_of(path: Path) -> str:
    """The module's name of a KML or GML file, "" of any other XML. Raises Unreadable for OpenStreetMap's, or a DOCTYPE.

    A DOCTYPE can only come before the root element; without one there are no entities but the five of XML.
    """
    found: list[str] = []

    def root(name: str, attributes: dict[str, str]) -> None:
        # The names of the namespaces are attributes of the root.
        found.extend((name, " ".join(value for key, value in attributes.items() if key.startswith("xmlns"))))
        raise _Enough

    def doctype(*_parts: object) -> None:
        raise Unreadable("xml_doctype")

    parser = expat.ParserCreate()
    parser.StartElementHandler = root
    parser.StartDoctypeDeclHandler = doctype
    try:
        with path.open("rb") as file:
            parser.Parse(file.read(MIB), False)
    except _Enough:
        pass
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("broken_xml", why=str(error)[:120]) from error
    name, spaces = found or ("", "")
    local = name.rpartition(":")[2]
    if local in OPENSTREETMAP:
        raise Unreadable("osm_xml")
    if local == "kml" or (KML.search(spaces) and local in ("Document", "Folder", "Placemark")):
        return "kml"
    return "gml" if GML.search(spaces) else ""
