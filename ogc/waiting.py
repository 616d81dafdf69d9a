"""Long polls without a thread or a connection each: the asynchronous root keeps who waits for changes.

A follower that asks for changes with `wait` is answered by Django first. If there was nothing, the answer is kept here
and one question for all who wait, twice a second, looks whether a table of a layer has new versions. When one has,
Django is asked again, with the caller's rights; when the time is over, the kept answer goes out. Waiting needs no
rights, for it can only delay; a version that the caller may not see makes Django say "nothing" again. A caller who is
waiting very often already is answered at once.

NOTIFY is no alternative: it puts all commits of the database in single file, and whoever may log in may send it.
"""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.db import connections

from gis.layers import registry

logger = logging.getLogger(__name__)

LONGEST_S = 60
MOST_WAITING, MOST_OF_ONE = 1000, 250
EVERY_S = 0.5
NOTHING_NEW = "X-Nothing-New"  # Django's word for an answer that may be kept, and a mark of the caller
_HEADER = NOTHING_NEW.lower().encode()
PATH = re.compile(r"/ogc/collections/([^/]+)/changes/?")
LOOK = """
SELECT (SELECT identity || ' ' || era FROM history_place()), pg_current_snapshot()::text,
    ARRAY(SELECT name FROM unnest(%(names)s::text[]) AS name WHERE %(seen)s::text = '' OR EXISTS (
        SELECT FROM history_place() AS p,
            history_reach(name, p.era, 0, nullif(%(seen)s, '')::pg_snapshot, pg_current_snapshot(), 1) AS r
        WHERE r.counted > 0))
"""

Message = Any  # of ASGI
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


def wants(scope: Any) -> bool:
    """Is it a follower that would wait for changes?"""
    return (
        scope["method"] == "GET"
        and b"wait=" in scope["query_string"]
        and PATH.fullmatch(scope["path"]) is not None
        and dict(scope["headers"]).get(b"content-length", b"0") == b"0"
        and _seconds(scope) > 0
    )


async def answer(scope: Any, receive: Receive, send: Send, django: Application) -> None:
    """What Django answers, now or as soon as there is something, at the latest when the time is over."""
    table = _table(scope)
    ends = time.monotonic() + _seconds(scope)
    if table is None or _watch.waiting >= MOST_WAITING:
        await django(scope, receive, send)
        return
    gone = asyncio.ensure_future(_gone(receive))
    try:
        with _watch.on(table) as changed, ExitStack() as counted:
            who = ""
            while True:
                known = await changed.number()
                kept = _Kept(send)
                await django(scope, receive_nothing, kept.take)
                if kept.sent or gone.done():
                    return
                if not who and not counted.enter_context(_watch.of(who := kept.who)):
                    break
                if not await _either(changed.beyond(known), gone, ends - time.monotonic()):
                    break
        if not gone.done():
            await kept.release()
    finally:
        gone.cancel()


async def receive_nothing() -> Message:
    """The body of a GET."""
    return {"type": "http.request", "body": b"", "more_body": False}


class _Kept:
    """Django's answer: sent on at once, but kept where it says that there is nothing."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[Message] = []
        self.sent, self.who = False, ""

    async def take(self, message: Message) -> None:
        if not self._parts and message["type"] == "http.response.start":
            told = {bytes(name).lower(): bytes(value) for name, value in message["headers"]}
            self.sent, self.who = _HEADER not in told, told.get(_HEADER, b"").decode("latin-1")
        if self.sent:
            await self._send(message)
        else:
            self._parts.append(message)

    async def release(self) -> None:
        for message in self._parts:
            await self._send(message)


class _Changed:
    """How often a table has been seen to change, for one who waits for it."""

    def __init__(self, watch: "_Watch", table: str) -> None:
        self._watch, self._table = watch, table

    async def number(self) -> int:
        await self._watch.ready()
        return self._watch.changes[self._table]

    async def beyond(self, known: int) -> None:
        while self._watch.changes[self._table] == known:
            await self._watch.next_look()


class _Watch:
    """One look at the database for all who wait; it runs while somebody does."""

    def __init__(self) -> None:
        self.tables: Counter[str] = Counter()
        self.callers: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._looked: asyncio.Future[None] | None = None
        self._place = self._seen = ""

    @property
    def waiting(self) -> int:
        return self.tables.total()

    def on(self, table: str) -> "_Watching":
        return _Watching(self, table)

    @contextmanager
    def of(self, who: str) -> Iterator[bool]:
        """Count one who waits; false for one more of a caller than may wait."""
        self.callers[who] += 1
        try:
            yield self.callers[who] <= MOST_OF_ONE
        finally:
            self.callers[who] -= 1
            self.callers += Counter()  # those at nought go

    async def ready(self) -> None:
        """A first look has been taken: what is committed from now on is seen by a later one."""
        if not self._seen:
            await self.next_look()

    async def next_look(self) -> None:
        if self._looked is None or self._looked.done():
            self._looked = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        await asyncio.shield(self._looked)

    async def _run(self) -> None:
        session: psycopg.AsyncConnection[Any] | None = None
        self._seen = ""
        try:
            while self.tables:
                try:
                    session = session or await _session()
                    await self._look(session)
                except (psycopg.Error, OSError) as error:
                    logger.warning("Who waits for changes is not told of any: %s", str(error).partition("\n")[0])
                    await _ended(session)
                    session, self._seen = None, ""
                self._tell()
                await asyncio.sleep(EVERY_S)
        finally:
            # Who comes while the session is closing begins a new task.
            self._task, self._seen = None, ""
            self._tell()
            await _ended(session)

    async def _look(self, session: psycopg.AsyncConnection[Any]) -> None:
        asked = {"names": list(self.tables), "seen": self._seen}
        row = await (await session.execute(LOOK, asked, prepare=True)).fetchone()
        if row is None:
            return
        place, self._seen, changed = row
        self.changes.update(self.tables.keys() if place != self._place else changed)
        self._place = place

    def _tell(self) -> None:
        if self._looked is not None and not self._looked.done():
            self._looked.set_result(None)


class _Watching:
    def __init__(self, watch: _Watch, table: str) -> None:
        self._watch, self._table = watch, table

    def __enter__(self) -> _Changed:
        self._watch.tables[self._table] += 1
        return _Changed(self._watch, self._table)

    def __exit__(self, *_error: object) -> None:
        self._watch.tables[self._table] -= 1
        self._watch.tables += Counter()  # those at nought go


_watch = _Watch()


async def _session() -> psycopg.AsyncConnection[Any]:
    """The login that can read nothing but what is published; it asks for numbers only."""
    wanted = ("host", "port", "user", "password", "dbname")
    given = connections["public"].get_connection_params()
    return await psycopg.AsyncConnection.connect(
        **{name: given[name] for name in wanted if name in given}, autocommit=True, connect_timeout=5
    )


async def _ended(session: psycopg.AsyncConnection[Any] | None) -> None:
    if session is not None:
        with suppress(psycopg.Error, OSError):
            await session.close()


async def _either(awaited: Awaitable[None], gone: "asyncio.Future[None]", seconds: float) -> bool:
    """Whether what is awaited came in time, before the caller left."""
    task = asyncio.ensure_future(awaited)
    await asyncio.wait({task, gone}, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
    came = task.done() and not gone.done()
    task.cancel()
    return came


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _seconds(scope: Any) -> int:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("wait", ["0"])[-1]
    return min(int(given), LONGEST_S) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _table(scope: Any) -> str | None:
    found = PATH.fullmatch(scope["path"])
    layer = registry.get(found[1]) if found else None
    return None if layer is None or layer.base_map else layer.table
