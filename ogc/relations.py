"""How the feed's documents lead to tiles, by the OGC's names of relations."""

from django.utils.translation import gettext as _

from . import media

RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0/"
GEODATA = f"{RELATIONS}geodata"
TILESETS = f"{RELATIONS}tilesets-vector"
TILING_SCHEME = f"{RELATIONS}tiling-scheme"
JOB_LIST = f"{RELATIONS}job-list"
CATALOGUE = f"{RELATIONS}ogc-catalog"
TILING_SCHEMES = f"{RELATIONS}tiling-schemes"


def link(rel: str, kind: str, href: str, title: str = "") -> dict[str, str]:
    """A link as all of them are written."""
    return {"rel": rel, "type": kind, "href": href} | ({"title": title} if title else {})


def to_tiles(address: str) -> list[dict[str, str]]:
    """From the collection, or the landing page, at this address to its tiles."""
    return [link(TILESETS, media.JSON, f"{address}/tiles?f=json", _("Vector tiles"))]


def to_record(base: str, layer: str) -> dict[str, str]:
    """From a collection to what the catalogue says of it: whose it is, how new and how good."""
    record = f"{base}/catalogue/collections/layers/items/{layer}?f=json"
    return link("describedby", media.GEOJSON, record, _("Record in the catalogue"))


def from_landing(base: str) -> list[dict[str, str]]:
    """From the landing page to all tiles, to how they are cut, to the catalogue and to the caller's jobs."""
    schemes = link(TILING_SCHEMES, media.JSON, f"{base}/tileMatrixSets?f=json", _("How tiles are cut"))
    found = link(CATALOGUE, media.JSON, f"{base}/catalogue?f=json", _("Catalogue of the map data"))
    return [*to_tiles(base), schemes, found, link(JOB_LIST, media.JSON, f"{base}/jobs?f=json", _("Your jobs"))]
