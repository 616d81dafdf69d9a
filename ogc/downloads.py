"""Features in other formats than GeoJSON, at the address of the items and by the same question.

Without `limit` or `after` it is the whole answer, not a page of it. Text streams, however much there is; files are made
at once for up to LARGEST features, above that in the background (`ogc.exports`).
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from gis import freshness, versions
from gis.downloads import Download, lines
from gis.features import Page
from gis.layers import Layer
from gis.parameters import BadParameter

from . import answers, asker, exports, items, moments, streams
from .border import audience_of, base_of
from .formats import CSV, LARGEST, Format
from .items import Asked


class OnlyNumber(BadParameter):
    parameter: ClassVar[str] = "resulttype"
    sentence: ClassVar[str | Promise] = _(
        "resulttype=hits tells a number and no features, so %(format)s would hold nothing. Leave out one of them."
    )


class NeedsPlace(BadParameter):
    parameter: ClassVar[str] = "skipGeometry"
    sentence: ClassVar[str | Promise] = _(
        "A file in the format %(format)s holds geometries. Leave skipGeometry out, or ask for f=csv."
    )


class PastByPages(BadParameter):
    parameter: ClassVar[str] = moments.AS_OF
    sentence: ClassVar[str | Promise] = _(
        "What was recorded at a past time is read page by page. Ask for f=json instead of %(format)s."
    )


def answer(request: HttpRequest, layer: Layer, form: Format) -> HttpResponseBase:
    """The features asked for in this format. Raises the refusals of `items.ask` and of `exports`."""
    asked = items.ask(moments.negotiated(request), layer, audience_of(request), base_of(request))
    if asked.query.past is not None:
        raise PastByPages(format=form.name)
    if asked.hits:
        raise OnlyNumber(format=form.name)
    if form.writer and not asked.query.geometry:
        raise NeedsPlace(format=form.name)
    etag, fresh = _validator(asked, form), freshness.of(layer, asked.audience)
    if known := answers.known(request, etag, seconds=0, vary=answers.VARY, fresh=fresh) if etag else None:
        return known
    whole = asked.given.keys().isdisjoint(("limit", "after"))
    page = _measured(asked, whole=whole)
    if whole and form.writer and (page.matched is None or page.matched > LARGEST):
        return exports.begin(request, asked, form, page.returned)
    query = asked.query if whole else replace(asked.query, limit=page.returned)
    download = Download(layer, asked.audience, query, whole=whole)
    made: HttpResponseBase = HttpResponse() if request.method == "HEAD" else _made(request, asked, form, download, page)
    if fresh is not None:
        made["Last-Modified"] = http_date(fresh.told)
    return _said(made, asked, form, page, etag)


def _measured(asked: Asked, *, whole: bool) -> Page:
    """How many there are and where the page ends, asked before anything goes out: later there is no way to refuse."""
    narrow = replace(asked.query, fields=(), geometry=False, limit=1 if whole else asked.query.limit)
    page = items.read(replace(asked, query=narrow))
    if not whole:
        return page
    left = None if page.matched is None else max(0, page.matched - asked.query.offset)
    return replace(page, returned=left, more=False)  # type: ignore[arg-type]


def _made(request: HttpRequest, asked: Asked, form: Format, download: Download, page: Page) -> HttpResponseBase:
    if form.writer:
        return _file(form, download)
    parts = lines.comma_separated(download) if form == CSV else streams.json_fg(asked, download, page)
    return StreamingHttpResponse(streams.one_of_few(parts, asker.name_of(request)))


def _file(form: Format, download: Download) -> FileResponse:
    with TemporaryDirectory(prefix="download-") as folder:
        path = Path(folder) / f"{download.layer.id}.{form.name}"
        form.write(path, download, lambda number: None)
        return FileResponse(path.open("rb"))  # it can be read though the folder is gone


def _said(made: HttpResponseBase, asked: Asked, form: Format, page: Page, etag: str) -> HttpResponseBase:
    numbers = (("OGC-NumberMatched", page.matched), ("OGC-NumberReturned", page.returned))
    told = items.headers(asked) | {name: str(number) for name, number in numbers if number is not None}
    for name, value in told.items():
        made[name] = value
    made["Content-Type"] = form.content_type
    made["Content-Disposition"] = f'attachment; filename="{asked.layer.id}.{form.name}"'
    made["Link"] = ", ".join(streams.header(link) for link in streams.links(asked, form, page))
    made["Cache-Control"] = answers.kept_for(asked.audience, 0)
    if etag:
        made["ETag"] = etag
    patch_vary_headers(made, answers.VARY)
    return made


def _validator(asked: Asked, form: Format) -> str:
    """The state of the layer for this reader and the question; empty where states are not counted."""
    state = versions.of(asked.layer, asked.audience)
    if state is None:
        return ""
    said = (form.name, asked.base, asked.layer.id, asked.audience, sorted(asked.given.items()), state)
    return f'W/"{hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()}"'
