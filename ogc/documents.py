"""Documents that pygeoapi makes, as JSON, and GeoJSON that the database wrote, read for pages.

`dumps` takes the place of pygeoapi's `to_json`, which writes &lt; for < in every text and six bytes for each Arabic
letter.
"""

import json
from typing import Any

# Links to what this server does not have: JSON-LD, CSV and pygeoapi's own address of tiling schemes.
ABSENT_TYPES = {"application/ld+json", "text/csv; charset=utf-8"}
ABSENT_ADDRESS = "/TileMatrixSets?"


def parse(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=str)


def dumps(document: dict[str, Any], pretty: bool = False) -> str:
    """A document as JSON."""
    tidy(document)
    return _plain(document)


def tidy(document: dict[str, Any]) -> None:
    """Take away the links that lead nowhere, in the document and in the collections that it lists."""
    for part in (document, *document.get("collections", ())):
        if "links" in part:
            part["links"] = [link for link in part["links"] if _leads_somewhere(link)]


def _leads_somewhere(link: dict[str, Any]) -> bool:
    if ABSENT_ADDRESS in str(link.get("href")):
        return False
    return link.get("type") not in ABSENT_TYPES


def _plain(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
