"""The thin application: anonymous reads of features and tiles, answered in the server's root without Django's threads.

It asks and writes by the same functions as the views (`ogc.items`) on connections of its own, which log in as the
anonymous role. What it does not answer itself (pages for people, refusals, whoever has a key or a session) it leaves to
Django, so there is one place for each rule. Decision 0012.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connections
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host
from django.utils.http import http_date, parse_http_date_safe
from psycopg import AsyncConnection, Error, sql
from psycopg_pool import AsyncConnectionPool

from gis import freshness, published
from gis.db import changed
from gis.features import choosing, statements
from gis.features.reading import counted, told
from gis.freshness import Freshness
from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal

from . import answers, catalogue, formats, items, media, steady, thin_tiles, tiles
from .wishes import chosen_format

logger = logging.getLogger(__name__)

_steady = steady.Steady(freshness.lasts)

Headers = list[tuple[bytes, bytes]]
Sent = Mapping[bytes, bytes]
Send = Callable[[Any], Awaitable[None]]

PREFIX, TILES = "/ogc/collections/", "/tiles/"
# Whoever sends one of these is somebody, or asks for a past moment.
SOMEBODY = frozenset((b"x-api-key", b"authorization", b"accept-datetime"))
WAIT_SECONDS = 2.0
# Questions that many ask are checked once in a while, unless they are so long that few ask them.
KEPT_SECONDS, LONGEST_KEPT = 10, 1000


# Cache-Control and Vary of what everybody sees.
FOR_ALL = (answers.kept_for(Audience.PUBLIC, 0).encode(), ", ".join(answers.VARY).encode())
TILES_FOR_ALL = (answers.kept_for(Audience.PUBLIC, tiles.SECONDS).encode(), ", ".join(tiles.VARIES).encode())
OF_TILES = {"Content-Type": media.TILE, "X-Features-Dropped": "0"}


class Written(NamedTuple):
    """A document: `end` varies with the moment and not with what is told."""

    about: dict[str, str]
    body: bytes
    end: bytes = b""
    fresh: Freshness | None = None
    etag: str = ""
    kept: tuple[bytes, bytes] = FOR_ALL


class Thin:
    """Opened at the first request, in the loop that serves it. `headers` are those that every answer carries."""

    def __init__(self, headers: Headers) -> None:
        self.headers = headers
        self.pool: AsyncConnectionPool | None = None
        self.opening = asyncio.Lock()

    async def answered(self, scope: Mapping[str, Any], send: Send) -> bool:
        """Answer the request; False where Django shall."""
        if not scope["path"].startswith((PREFIX, TILES)) or scope["method"] not in ("GET", "HEAD"):
            return False
        sent: Sent = dict(scope["headers"])
        base = _base(scope["scheme"], sent)
        if not base or not _anonymous(sent):
            return False
        try:
            found = await self._found(scope["path"], scope["query_string"], base, sent)
        except (Refusal, Error, UnicodeError, SuspiciousOperation) as error:
            # Django says why, in the caller's language; a database that is tired is asked once more by it at most.
            logger.debug("left to Django: %r", error)
            return False
        if found is None:
            return False
        await self._send(scope["method"], sent, send, found)
        return True

    async def _found(self, path: str, given: bytes, base: str, sent: Sent) -> Written | None:
        if tile := thin_tiles.wanted(path, given):
            return await self._tile(tile, sent.get(b"if-none-match"))
        collection, _slash, rest = path.removeprefix(PREFIX).partition("/")
        listed, _slash, feature = rest.partition("/")
        if listed != "items" or "/" in feature:
            return None
        return await self._asked(collection, given, base, feature, sent.get(b"accept", b""))

    async def _tile(self, wanted: thin_tiles.Wanted, tags: bytes | None) -> Written | None:
        pool = self.pool or await self._opened()
        async with pool.connection() as session:
            found = await thin_tiles.cut(session, wanted, tags)
        return found and Written(OF_TILES, found[1], etag=found[0], kept=TILES_FOR_ALL)

    async def _asked(self, collection: str, given: bytes, base: str, feature: str, accept: bytes) -> Written | None:
        pool = self.pool or await self._opened()
        now = int(time.time())
        prepare = _prepared if len(given) <= LONGEST_KEPT else _prepared.__wrapped__
        wished = prepare(collection, given, base, bool(feature), now // KEPT_SECONDS)
        if wished is None or _of_another_form(wished.asked.given.get("f", ""), accept):
            return None
        async with pool.connection() as session:
            return await (_one(session, wished, feature, now) if feature else _page(session, wished, now))

    async def _opened(self) -> AsyncConnectionPool:
        async with self.opening:
            if self.pool is None:
                await asyncio.to_thread(_learn)
                self.pool = await _pool()
        return self.pool

    async def _send(self, method: str, sent: Sent, send: Send, found: Written) -> None:
        etag = (found.etag or answers.digest(found.body)).encode()
        seconds, varies = found.kept
        kept = [(b"etag", etag), (b"cache-control", seconds), (b"vary", varies), *self.headers]
        if found.fresh is not None:
            kept.append((b"last-modified", _date(found.fresh.told)))
        if _has(sent, etag, found.fresh):
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        content = found.body + found.end
        said = [(name.lower().encode(), value.encode()) for name, value in found.about.items()]
        length = (b"content-length", str(len(content)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*said, length, *kept]})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})


@lru_cache(maxsize=64)
def _date(second: int) -> bytes:
    return http_date(second).encode()


class Prepared(NamedTuple):
    """A question whose parameters are checked, and its SQL.

    `whole` asks for all, `short` for what is not known while nobody writes (`ogc.steady`). `totals`: the page tells how
    many features the layer has.
    """

    asked: items.Asked
    whole: str
    short: str
    values: Mapping[str, Any]
    totals: bool = False


@lru_cache(maxsize=1024)
def _prepared(collection: str, given: bytes, base: str, one: bool, _while: int) -> Prepared | None:
    """None where Django shall answer. Kept for a while: what words mean may change, and which day it is.

    Raises the refusals of `ogc.items.ask`.
    """
    layer = catalogue.layer_of(collection)
    if layer is None:
        return None
    asked = (items.ask_one if one else items.ask)(QueryDict(given), layer, Audience.PUBLIC, base)
    if asked.hits or asked.query.past is not None:
        return None
    visible = published.properties(layer, Audience.PUBLIC)
    if one:
        text = statements.one(layer, Audience.PUBLIC, visible, asked.query.output)
        return Prepared(asked, *_whole_and_short(layer, text, text), {})
    found = statements.page(layer, Audience.PUBLIC, visible, asked.query)
    short = statements.page(layer, Audience.PUBLIC, visible, asked.query, numbered=False)
    totals = choosing.totals(Audience.PUBLIC, asked.query)
    return Prepared(asked, *_whole_and_short(layer, found.text, short.text), found.values, totals)


def _whole_and_short(layer: Layer, all_told: LiteralString, less: LiteralString) -> tuple[str, str]:
    reader = changed.reader(layer, Audience.PUBLIC)
    return steady.whole(sql.SQL(all_told), reader).as_string(), steady.short(sql.SQL(less)).as_string()


@lru_cache(maxsize=256)
def _of_another_form(given: str, accept: bytes) -> bool:
    """Is a page for people wished, or a file?"""
    wished = (given, accept.decode("latin-1"))
    return chosen_format(*wished) == "html" or formats.chosen(*wished) is not None


async def _page(session: AsyncConnection, wished: Prepared, now: int) -> Written | None:
    asked = wished.asked
    row = await _answer(session, wished, wished.values, now)
    if row is None or statements.too_much(row):
        return None
    page = items.complete(asked, told(row[:-1]))
    if items.uncounted(asked, page):
        visible = published.properties(asked.layer, Audience.PUBLIC)
        number = await _row(session, statements.count(asked.layer, Audience.PUBLIC, visible, asked.query))
        page = replace(page, matched=counted(number[0])) if number else page
    body, end = items.collection(asked, page)
    return Written(items.headers(asked, page), body.encode(), end.encode(), freshness.read(row[-1], now))


async def _one(session: AsyncConnection, wished: Prepared, feature: str, now: int) -> Written | None:
    key = items.identifier(feature)
    row = await _answer(session, wished, {"id": key}, now) if key else None
    if row is None:
        return None
    body = items.feature(wished.asked, feature, row[0]).encode()
    return Written(items.headers(wished.asked), body, fresh=freshness.read(row[-1], now))


async def _answer(session: AsyncConnection, wished: Prepared, values: Mapping[str, Any], now: int) -> steady.Row | None:
    """The row, its last column for `freshness.read`; of a page the one before tells how many match."""

    def ask(short: bool) -> Awaitable[steady.Row | None]:
        return _row(session, (wished.short if short else wished.whole, values))

    return await _steady.answer(wished.asked.layer, now, ask, totals=wished.totals)


async def _row(session: AsyncConnection, asked: tuple[str, Mapping[str, Any]]) -> steady.Row | None:
    text, values = asked
    cursor = await session.execute(text.encode(), values, prepare=True)
    return await cursor.fetchone()


def _has(sent: Sent, etag: bytes, fresh: Freshness | None) -> bool:
    """Does the caller have this already? Tags go before times (RFC 9110, 13.2.2)."""
    tags = sent.get(b"if-none-match")
    if tags is not None:
        return etag in (one.strip() for one in tags.split(b",")) or tags.strip() == b"*"
    given = sent.get(b"if-modified-since")
    since = None if given is None else parse_http_date_safe(given.decode("latin-1"))
    return since is not None and fresh is not None and fresh.settled is not None and fresh.settled <= since


def _anonymous(sent: Sent) -> bool:
    return SOMEBODY.isdisjoint(sent) and settings.SESSION_COOKIE_NAME.encode() not in sent.get(b"cookie", b"")


def _base(scheme: str, sent: Sent) -> str:
    """Address of the landing page as the caller wrote it; empty where Django must look at it."""
    header = settings.SECURE_PROXY_SSL_HEADER
    if header is not None:
        name = header[0].removeprefix("HTTP_").replace("_", "-").lower().encode()
        if name in sent:
            scheme = "https" if sent[name].split(b",")[0].strip().decode("latin-1") == header[1] else "http"
    if settings.SECURE_SSL_REDIRECT and scheme != "https":
        return ""
    return _base_of(scheme, sent.get(b"host", b"").decode("latin-1"))


@lru_cache(maxsize=64)
def _base_of(scheme: str, host: str) -> str:
    domain, _port = split_domain_port(host)
    return f"{scheme}://{host}/ogc" if domain and validate_host(domain, settings.ALLOWED_HOSTS) else ""


def _learn() -> None:
    """What the collections' columns are, by Django's connection: it is asked once."""
    for layer in registry:
        published.properties(layer, Audience.PUBLIC)
    connections.close_all()


async def _pool() -> AsyncConnectionPool:
    """Connections that log in as the anonymous role, as many as Django has threads."""
    given = connections["public"].get_connection_params()
    wanted = {name: given[name] for name in ("dbname", "user", "password", "host", "port", "options") if name in given}
    size = max(2, int(settings.THIN_CONNECTIONS))
    pool = AsyncConnectionPool(
        kwargs=wanted | {"autocommit": True}, min_size=1, max_size=size, timeout=WAIT_SECONDS, open=False
    )
    await pool.open()
    return pool
