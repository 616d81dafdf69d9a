"""Our provider for pygeoapi: any layer of the registry, read as the current caller may see it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pygeoapi.provider.base import BaseProvider

from gis import features, published
from gis.areas import Area
from gis.features import Output, Page, Query
from gis.layers import registry
from gis.refusals import Refusal

from . import caller, times
from .documents import Feature, Features


class NoSuchFeature(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "There is no such feature in this collection, or it is not published. Look for it among the items."
    )


class LayerProvider(BaseProvider):
    """One layer during one request.

    What pygeoapi's base sets up from a definition is not needed: it would build a pyproj object for each request.
    """

    type = "feature"
    id_field = "id"
    uri_field = title_field = None
    editable = False
    include_extra_query_parameters = True

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.layer = registry[definition["data"]]
        self.audience = caller.current().audience
        self.properties: list[str] = []
        self.time_field = self.layer.when or None

    @property
    def fields(self) -> dict[str, dict[str, str]]:
        """Names of what the caller sees. Types and titles are in our own schema (`ogc.schemas`)."""
        return {name: {"type": kind} for name, kind in published.properties(self.layer, self.audience).items()}

    def query(self, **asked: Any) -> dict[str, Any]:
        """A page of features, with its own link to the next. Raises the refusals of `gis.features`."""
        query = self._query(asked)
        if asked["resulttype"] == "hits":
            page = Page("", 0, None, more=False)
            matched = features.count(self.layer, self.audience, query)
        else:
            page = features.page(self.layer, self.audience, query)
            matched = self._matched(page, query)
        answer = {
            "type": "FeatureCollection",
            "features": Features(page),
            "numberReturned": page.returned,
            "links": [self._next(page, query)] if page.more else [],
        }
        return answer if matched is None else answer | {"numberMatched": matched}

    def get(self, identifier: str, crs_transform_spec: Output | None = None, **_others: Any) -> Feature:
        """One feature. An identifier that cannot be one is answered as one that is not there."""
        try:
            feature_id = UUID(identifier)
        except ValueError as error:
            raise NoSuchFeature from error
        text = features.one(self.layer, self.audience, feature_id, crs_transform_spec or Output())
        if text is None:
            raise NoSuchFeature
        return Feature(text)

    def _query(self, asked: Mapping[str, Any]) -> Query:
        given = dict(asked["properties"])
        after = given.pop("after", None)
        areas: tuple[Area, ...] = tuple(asked["bbox"])
        during = times.read(asked["datetime_"]) if asked["datetime_"] and self.layer.when else None
        return Query(
            areas=areas,
            equals=given,
            during=(self.layer.when, *during) if during else None,
            order=tuple((by["property"], by["order"] == "-") for by in asked["sortby"]),
            limit=asked["limit"],
            offset=asked["offset"],
            after=UUID(after) if after else None,
            fields=tuple(dict.fromkeys(asked["select_properties"])) or None,
            geometry=not asked["skip_geometry"],
            output=asked["crs_transform_spec"] or Output(),
        )

    def _matched(self, page: Page, query: Query) -> int | None:
        """The number of matches is told once, on the first page: to count again for each page would cost more."""
        if query.after is not None:
            return None
        if not page.more and query.offset == 0:
            return page.returned
        return features.count(self.layer, self.audience, query)

    def _next(self, page: Page, query: Query) -> dict[str, str]:
        """Pages in the order of ids go on after the last one; in another order, by number."""
        here = caller.current()
        given = {name: value for name, value in here.parameters.items() if name not in ("offset", "after")}
        if query.order:
            given["offset"] = str(query.offset + page.returned)
        else:
            given["after"] = str(page.last)
        address = f"{here.base}/collections/{self.layer.id}/items?{urlencode(given)}"
        return {"rel": "next", "type": "application/geo+json", "title": "Items (next)", "href": address}
