"""GeoJSON that the database wrote, in the documents that pygeoapi makes around it: carried as text, never parsed.

`dumps` takes the place of pygeoapi's `to_json`, which writes &lt; for < in every text and six bytes for each Arabic
letter.
"""

import json
from collections.abc import Iterator
from typing import Any

from gis.features import Page

# Links to what this server does not have: JSON-LD, CSV, processes and raster tiling schemes.
ABSENT_TYPES = {"application/ld+json", "text/csv; charset=utf-8"}
ABSENT_RELATIONS = {
    "http://www.opengis.net/def/rel/ogc/1.0/processes",
    "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
}


class Features(list[dict[str, Any]]):
    """A page of features as text. pygeoapi only counts it; a template that walks it gets each feature parsed."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def __len__(self) -> int:
        return self.page.returned

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(parse(f"[{self.page.text}]"))


class Feature(dict[str, Any]):
    """One feature as text. pygeoapi adds links to it as to a dictionary."""

    def __init__(self, text: str) -> None:
        super().__init__(links=[])
        self.text = text

    def parsed(self) -> dict[str, Any]:
        return dict(parse(self.text))


def parse(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=str)


def dumps(document: dict[str, Any], pretty: bool = False) -> str:
    """A document as JSON, its features spliced in. What varies with the moment, "timeStamp", stands last."""
    tidy(document)
    if isinstance(document, Feature):
        return f"{document.text[:-1]},{_plain(document)[1:]}"
    features = document.get("features")
    if not isinstance(features, Features):
        return _plain(document)
    envelope = {key: value for key, value in document.items() if key not in ("features", "timeStamp")}
    moment = json.dumps(document.get("timeStamp"))
    return f'{_plain(envelope)[:-1]},"features":[{features.page.text}],"timeStamp":{moment}}}'


def tidy(document: dict[str, Any]) -> None:
    """Take away the links that lead nowhere, in the document and in the collections that it lists."""
    features = document.get("features")
    at_the_end = isinstance(features, Features) and not features.page.more
    for part in (document, *document.get("collections", ())):
        if "links" in part:
            part["links"] = [link for link in part["links"] if _leads_somewhere(link, at_the_end)]


def _leads_somewhere(link: dict[str, Any], at_the_end: bool) -> bool:
    if at_the_end and link.get("rel") == "next":
        return False
    return link.get("type") not in ABSENT_TYPES and link.get("rel") not in ABSENT_RELATIONS


def _plain(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
