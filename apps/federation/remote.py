"""What another server says of a collection: where its features are, what they say, and whether it tells its changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal
from gis.remedies import Remedied

from .fetching import Declined, Gone, Server, Unreadable
from .fields import Kind, kind_of_schema

CHANGES = "urn:x-baladiya:rel:changes"
SCHEMA = ("http://www.opengis.net/def/rel/ogc/1.0/schema", "schema", "[ogc-rel:schema]")


class NoCollection(Refusal):
    code: ClassVar[str] = "no_collection"
    sentence: ClassVar[Remedied] = Remedied(
        _("The server has several collections: %(known)s."), _("Name one of them with --collection.")
    )


class NotFeatures(Refusal):
    code: ClassVar[str] = "not_features"
    sentence: ClassVar[str | Promise] = _(
        "%(address)s is no list of features. Is it a collection of an OGC API Features?"
    )


@dataclass(frozen=True)
class Remote:
    """A collection: the addresses of itself, its features and its changes (empty: it tells none), its fields' types."""

    address: str
    items: str
    log: str
    fields: dict[str, Kind]
    name: str


@dataclass(frozen=True)
class Listed:
    """A page of features and the address of the next one; empty at the end."""

    features: list[dict[str, Any]]
    next: str


def describe(server: Server, address: str, collection: str) -> Remote:
    """The collection at the address, or the one named below a landing page. Raises NoCollection."""
    address = server.here(address, address).rstrip("/")
    if collection:
        address = f"{address.removesuffix('/collections')}/collections/{quote(collection, safe='')}"
    about = server.document(address)
    if "id" not in about or not isinstance(about.get("links"), list):
        listed = about.get("collections") or _collections(server, address)
        raise NoCollection(known=", ".join(_ids(listed)) or "—")
    items = _link(about, "items")
    log = _link(about, CHANGES)
    return Remote(
        address=address,
        items=server.here(address, items) if items else f"{address}/items",
        log=server.here(address, log) if log else "",
        fields=dict(_fields(server, address, about)),
        name=str(about["id"]),
    )


def listed(server: Server, address: str) -> Listed:
    """A page of features. Raises NotFeatures and what Server.document raises."""
    page = server.document(address)
    features = page.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise NotFeatures(address=address)
    link = _link(page, "next")
    return Listed(features, server.here(address, link) if link else "")


def asking(address: str, **asked: str) -> str:
    """The address with these parameters instead of its own of the same name."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in asked]
    return urlunsplit(
        parts._replace(query=urlencode([*kept, *((name, value) for name, value in asked.items() if value)]))
    )


def _link(document: dict[str, Any], *relations: str) -> str:
    """The link of this relation, that to GeoJSON or JSON first."""
    links = document.get("links")
    found = [
        link
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and link.get("rel") in relations and isinstance(link.get("href"), str)
    ]
    found.sort(key=lambda link: ("geo+json" not in str(link.get("type")), "json" not in str(link.get("type"))))
    return str(found[0]["href"]) if found else ""


def _collections(server: Server, address: str) -> Any:
    try:
        return server.document(f"{address}/collections").get("collections")
    except (Declined, Unreadable, Gone):
        return []


def _ids(collections: Any) -> list[str]:
    found = collections if isinstance(collections, list) else []
    return [str(one["id"])[:60] for one in found[:50] if isinstance(one, dict) and "id" in one]


def _fields(server: Server, address: str, about: dict[str, Any]) -> Iterator[tuple[str, Kind]]:
    """What the collection's schema says (OGC API Features, Part 5); nothing where it has none."""
    link = _link(about, *SCHEMA)
    if not link:
        return
    try:
        properties = server.document(server.here(address, link)).get("properties")
    except (Declined, Unreadable, Gone):
        return
    for name, said in properties.items() if isinstance(properties, dict) else ():
        if isinstance(said, dict) and "geometry" not in str(said.get("format")) and said.get("x-ogc-role") != "id":
            yield name, kind_of_schema(said)
