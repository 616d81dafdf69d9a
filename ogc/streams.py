"""Downloads that stream: JSON-FG around its features, and how many go out at once."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from threading import Lock
from typing import Any, ClassVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.downloads import Download, lines
from gis.features import Page
from gis.refusals import Refusal

from . import items, media
from .formats import JSON_FG, Format
from .items import Asked

CONFORMS = [f"http://www.opengis.net/spec/json-fg-1/1.0/conf/{name}" for name in ("core", "types-schemas")]
PROFILE = "http://www.opengis.net/def/profile/ogc/0/jsonfg"
# Each takes a thread and a session as long as its caller reads: the others must have some left.
MOST = max(1, int(settings.THIN_CONNECTIONS) // 2)
MOST_OF_ONE = int(settings.STREAMS_PER_CALLER) or max(1, MOST // 2)
_going: Counter[str] = Counter()
_lock = Lock()


class TooMany(Refusal):
    code: ClassVar[str] = "TooMany"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _("Many are downloading at this moment. Try again in a minute.")


class TooManyOfOne(Refusal):
    code: ClassVar[str] = "TooManyOfOne"
    status: ClassVar[int] = 429
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}
    sentence: ClassVar[str | Promise] = _(
        "You are taking %(most)s downloads at this moment, as many as one caller may. Ask again when one has ended."
    )


def one_of_few(parts: Iterator[bytes], who: str) -> Iterator[bytes]:
    """The parts as the caller takes them.

    Raises, at once, TooManyOfOne while this caller is taking as many as one may, TooMany while all together are.
    """
    if _going[who] >= MOST_OF_ONE:
        raise TooManyOfOne(most=MOST_OF_ONE)
    if _going.total() >= MOST:
        raise TooMany
    return _counted(parts, who)


def _counted(parts: Iterator[bytes], who: str) -> Iterator[bytes]:
    with _lock:
        _going[who] += 1
    try:
        yield from parts
    finally:
        with _lock:
            _going[who] -= 1
            if not _going[who]:
                del _going[who]


def json_fg(asked: Asked, download: Download, page: Page) -> Iterator[bytes]:
    """The document, its features as they are read."""
    told: dict[str, Any] = {
        "type": "FeatureCollection",
        "conformsTo": CONFORMS,
        "featureType": asked.layer.id,
        "featureSchema": f"{asked.address}/schema",
        "coordRefSys": asked.system,
        "links": links(asked, JSON_FG, page),
    }
    if page.matched is not None:
        told["numberMatched"] = page.matched
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return chain([f'{head[:-1]},"features":['.encode()], _features(download))


def _features(download: Download) -> Iterator[bytes]:
    number = 0
    for some, text in lines.json_fg(download):
        number += some
        yield text
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    yield f'],"numberReturned":{number},"timeStamp":"{moment}"}}'.encode()


def links(asked: Asked, form: Format, page: Page) -> list[dict[str, str]]:
    """Those of the document, which formats without any have in the header."""
    here, given = f"{asked.address}/items", {**asked.given, "f": form.name}
    found = [
        {"rel": "self", "type": form.media, "href": items.address_with(here, given)},
        {"rel": "alternate", "type": media.GEOJSON, "href": items.address_with(here, {**given, "f": "json"})},
        {"rel": "collection", "type": media.JSON, "href": asked.address},
    ]
    if page.more:
        following = items.next_address(replace(asked, given=given), page)
        found.append({"rel": "next", "type": form.media, "href": following})
    if form == JSON_FG:
        found.append({"rel": "profile", "href": PROFILE})
    return found


def header(link: dict[str, str]) -> str:
    """The link as the header Link has it (RFC 8288)."""
    kind = f'; type="{link["type"]}"' if "type" in link else ""
    return f'<{link["href"]}>; rel="{link["rel"]}"{kind}'
