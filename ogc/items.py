"""Features of a collection: from the parameters to the question, and from what the database wrote to the document.

Pure functions without a request, so that Django's views and the thin application (`ogc.thin`) answer alike.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.core.signing import Signer
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import cql2, freshness
from gis.features import Output, Page, Query, cursors, wording
from gis.features import reading as features
from gis.features.query import narrows
from gis.freshness import Freshness
from gis.layers import Audience, Layer
from gis.parameters import FORM
from gis.published import NotByKey
from gis.refusals import Refusal

from . import media, moments, parameters, questions, systems, times
from .valid_time import valid_days


@dataclass(frozen=True)
class Asked:
    """A question about a collection, its parameters checked. `base` is the address of the landing page.

    `posted`: it came as a body, because it may be too long for an address.
    """

    layer: Layer
    audience: Audience
    base: str
    query: Query
    given: Mapping[str, str] = field(default_factory=dict)
    posted: bool = False

    @property
    def address(self) -> str:
        return f"{self.base}/collections/{self.layer.id}"

    @property
    def hits(self) -> bool:
        """Only the number is wanted."""
        return self.given.get("resulttype") == "hits"

    @property
    def system(self) -> str:
        return self.given.get("crs", systems.CRS84)

    @cached_property
    def signer(self) -> Signer:
        """Signs where its pages end."""
        return cursors.signer(self.layer, self.audience, self.query)

    @cached_property
    def links(self) -> str:
        """The links that all its answers have, as JSON with commas between them."""
        links = (
            _link(self, "self", media.GEOJSON, self.given),
            _link(self, "alternate", media.HTML, {**self.given, "f": "html"}),
            {"rel": "collection", "type": media.JSON, "href": self.address},
        )
        return ",".join(map(_plain, links))

    @cached_property
    def next_around(self) -> tuple[str, str]:
        """The link to a next page as JSON, before and behind its cursor, whose letters need no quoting."""
        link = _plain(_link(self, "next", media.GEOJSON, _without_place(self) | {"after": "-"}))
        before, _cursor, behind = link.rpartition("after=-")
        return f"{before}after=", behind


class NoSuchFeature(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "There is no such feature in this collection, or it is not published. Look for it among the items."
    )


def ask(query: QueryDict, layer: Layer, audience: Audience, base: str) -> Asked:
    """What these parameters ask of a collection. Raises the refusals of `ogc.parameters` and of `gis.features`."""
    given = parameters.check_items(query, layer, audience)
    return Asked(layer, audience, base, question(given, layer, audience), given)


def ask_one(query: QueryDict, layer: Layer, audience: Audience, base: str) -> Asked:
    """What these parameters ask of one feature. Raises the refusals of `ogc.parameters`."""
    given = parameters.check(query, parameters.ITEM)
    return Asked(layer, audience, base, Query(output=_output(given), past=_moment(given)), given)


def question(given: Mapping[str, str], layer: Layer, audience: Audience) -> Query:
    """The question in checked parameters. Raises BadCursor."""
    during = times.read(given["datetime"]) if "datetime" in given else None
    past = _moment(given)
    told = layer.when and layer.shows(layer.when, audience)
    query = Query(
        areas=parameters.areas_of(given),
        filter=filter_of(given),
        filter_system=systems.offered(given.get("filter-crs", systems.CRS84), "filter-crs"),
        equals=parameters.named(given, layer, audience),
        words=_words(given, audience),
        during=(layer.when, *during) if during and told else None,
        days=valid_days(layer, audience, during, past) if during and not layer.when else None,
        past=past,
        order=parameters.order_of(given),
        limit=int(given.get("limit", parameters.DEFAULT_LIMIT)),
        offset=int(given.get("offset", 0)),
        fields=tuple(dict.fromkeys(parameters.listed(given, "properties"))) or None,
        geometry=given.get("skipGeometry") != "true",
        output=_output(given),
    )
    return replace(query, after=cursors.read(given["after"], layer, audience, query)) if "after" in given else query


def fresh(asked: Asked) -> Freshness | None:
    """When what is asked for last changed, to be asked before it is read.

    What was recorded at a past moment is no newer than that moment: who writes on that ground has not seen what came
    after.
    """
    if asked.query.past is not None:
        return Freshness(int(asked.query.past.timestamp()))
    return freshness.of(asked.layer, asked.audience)


def read(asked: Asked) -> Page:
    """The page, in the session of the request. Raises what `published.reading` raises."""
    layer, audience, query = asked.layer, asked.audience, asked.query
    if query.past is not None:
        moments.check(layer, audience, query.past)
    if asked.hits:
        return Page("", 0, None, more=False, matched=features.count(layer, audience, query))
    page = complete(asked, features.page(layer, audience, query))
    return replace(page, matched=features.count(layer, audience, query)) if uncounted(asked, page) else page


def complete(asked: Asked, page: Page) -> Page:
    """A page that has all of it is its own number."""
    whole = not page.more and asked.query.offset == 0 and asked.query.after is None
    return replace(page, matched=page.returned) if whole else page


def uncounted(asked: Asked, page: Page) -> bool:
    """Must be counted apart: how many there are is told once, to count again for each page would cost more."""
    return page.matched is None and asked.query.after is None and not narrows(asked.audience, asked.query)


def read_one(asked: Asked, feature_id: str) -> str:
    """The feature as GeoJSON. Raises NoSuchFeature, also of an identifier that cannot be one."""
    if asked.query.past is not None:
        moments.check(asked.layer, asked.audience, asked.query.past)
    key = identifier(feature_id)
    output, past = asked.query.output, asked.query.past
    text = features.one(asked.layer, asked.audience, key, output, past=past) if key else None
    if text is None:
        raise NoSuchFeature
    return text


def identifier(text: str) -> UUID | None:
    """The id of a feature; None where it cannot be one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def collection(asked: Asked, page: Page) -> tuple[str, str]:
    """The FeatureCollection in two parts: all of it but its end, which varies with the moment, and that."""
    further = f",{_next_link(asked, page)}" if page.more else ""
    matched = "" if page.matched is None else f'"numberMatched":{page.matched},'
    said = f'"links":[{asked.links}{further}],{matched}"numberReturned":{page.returned}'
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f'{{"type":"FeatureCollection",{said},"features":[{page.text}]', f',"timeStamp":"{moment}"}}'


def feature(asked: Asked, feature_id: str, text: str) -> str:
    """One feature with its links."""
    here = f"{asked.address}/items/{feature_id}"
    links = [
        {"rel": "self", "type": media.GEOJSON, "href": address_with(here, asked.given)},
        {"rel": "alternate", "type": media.HTML, "href": address_with(here, {**asked.given, "f": "html"})},
        {"rel": "collection", "type": media.JSON, "href": asked.address},
    ]
    return f'{text[:-1]},"links":{_plain(links)}}}'


def headers(asked: Asked, page: Page | None = None, feature_id: str = "") -> dict[str, str]:
    """What the answer says of itself besides its content: a page's, or one feature's."""
    told = {"Content-Type": media.GEOJSON, "Content-Crs": f"<{asked.system}>"}
    if asked.query.past is not None:
        here = f"{asked.address}/items/{feature_id}".rstrip("/")
        given = {name: value for name, value in asked.given.items() if name not in (moments.AS_OF, "after")}
        told |= moments.headers(asked.query.past, address_with(here, given))
    if page is not None:
        told["OGC-NumberReturned"] = str(page.returned)
        if page.matched is not None:
            told["OGC-NumberMatched"] = str(page.matched)
    return told


def next_address(asked: Asked, page: Page) -> str:
    """Where the next page is."""
    return address_with(f"{asked.address}/items", _next(asked, page))


def _next(asked: Asked, page: Page) -> dict[str, str]:
    return _without_place(asked) | {"after": _cursor(asked, page)}


def _next_link(asked: Asked, page: Page) -> str:
    """As JSON. How a posted question goes on hangs on how long its address is."""
    if asked.posted:
        return _plain(_link(asked, "next", media.GEOJSON, _next(asked, page)))
    before, behind = asked.next_around
    return f"{before}{_cursor(asked, page)}{behind}"


def _without_place(asked: Asked) -> dict[str, str]:
    """What was asked, but not from where on."""
    return {name: value for name, value in asked.given.items() if name not in ("offset", "after")}


def _cursor(asked: Asked, page: Page) -> str:
    if page.last is None:
        raise LookupError("an empty page has no next one")
    return cursors.write(replace(page.last, dense=_is_dense(asked, page)), asked.signer)


def _is_dense(asked: Asked, page: Page) -> bool:
    """Do so many match that they were not counted? The first page finds out, the others are told by their cursors."""
    if asked.query.after is not None:
        return asked.query.after.dense
    return narrows(asked.audience, asked.query) and page.matched is None


def _link(asked: Asked, rel: str, kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A link to items; what was posted and is too long for an address is to be posted again."""
    here = f"{asked.address}/items"
    address = address_with(here, given)
    if not asked.posted or len(address) <= questions.LONGEST_ADDRESS:
        return {"rel": rel, "type": kind, "href": address}
    sent = {"method": "POST", "headers": {"Content-Type": FORM}, "body": urlencode(given)}
    return {"rel": rel, "type": kind, "href": here, **sent}


def address_with(address: str, given: Mapping[str, str]) -> str:
    """The address with these parameters."""
    return f"{address}?{urlencode(given)}" if given else address


def _words(given: Mapping[str, str], audience: Audience) -> tuple[tuple[str, ...], ...]:
    """What features must say. What is kept of their words is kept of all fields, so a key that is limited has none."""
    if "q" not in given:
        return ()
    if audience.scope is not None:
        raise NotByKey
    return wording.read(given["q"])


def filter_of(given: Mapping[str, str]) -> cql2.Tree:
    """The tree of the filter in these parameters, None without one. Raises what `cql2.read` raises."""
    if "filter" not in given:
        return None
    return cql2.read(given["filter"], "cql2-json" if given.get("filter-lang") == "cql2-json" else "cql2-text")


def _moment(given: Mapping[str, str]) -> datetime | None:
    return moments.read(given[moments.AS_OF]) if moments.AS_OF in given else None


def _output(given: Mapping[str, str]) -> Output:
    return systems.offered(given["crs"], "crs") if "crs" in given else Output()


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
