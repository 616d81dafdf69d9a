"""The root that the server runs: a thin asynchronous door, and Django as WSGI in a bounded pool of threads behind it.

What is answered here takes no thread and no connection, so it is answered while both are exhausted (decision 0006).
"""

import asyncio
import os
from typing import cast
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import ASGIApp, HTTPScope, Receive, ReceiveEvent, Scope, Send

from apps.config.wsgi import application as django
from ogc import waiting
from ogc.thin import Thin

from . import metered
from .headers import BARE
from .outgoing import OUTGOING, Outgoing, while_read
from .unread import PROBLEM, Unread

ALIVE = b'{"state": "ok"}'
THREADS = int(os.environ.get("SERVER_THREADS", "8"))
HEADERS = [(name.lower().encode(), value.encode()) for name, value in BARE.items()]
# The largest file that anybody may send is a photo of 12 MB; Django would keep any length in temporary files.
LARGEST_BODY = 20 * 2**20
TOO_LARGE = Unread(
    413,
    "too_large",
    f"لا يُقبل أكثر من {LARGEST_BODY // 2**20} ميغابايت في طلب واحد. أرسل ملفًا أصغر.",
    f"One request may carry up to {LARGEST_BODY // 2**20} MB. Send a smaller file.",
)
# Without a length there would be no bound, and Django takes the body for empty.
NO_LENGTH = Unread(
    411,
    "no_length",
    "لا يقول هذا الطلب كم طوله. أرسله مع Content-Length.",
    "This request does not say how long it is. Send it with Content-Length.",
)
# A photo of the largest size on a slow phone's connection; and what all callers together may have sent of bodies that
# have not ended yet. Small ones are taken in any case.
BODY_SECONDS = float(os.environ.get("BODY_SECONDS", "300"))
MOST_HELD, SMALL = 256 * 2**20, 64 * 2**10
TOO_SLOW = Unread(
    408,
    "too_slow",
    "لم يصل هذا الطلب كاملًا في الوقت المتاح. أرسله مرة أخرى عبر اتصال أفضل.",
    "This request did not arrive in full in time. Send it again over a better connection.",
)
TOO_BUSY = Unread(
    503,
    "too_busy",
    "يرسل كثيرون ملفات في هذه اللحظة. أعد المحاولة بعد دقيقة.",
    "Many are sending files at this moment. Try again in a minute.",
)
URL_SIGNS = "".join(map(chr, range(33, 127)))

thin = Thin(HEADERS)
pooled: ASGIApp = WSGIMiddleware(while_read(django), workers=THREADS)  # type: ignore[arg-type]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what needs no thread; hand the rest to Django."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/healthz":
        await _answer(scope, send, 200, b"application/json", ALIVE)
        return
    if (standing := metered.counted(scope)) is not None:
        send = metered.telling(send, standing)
        if not standing.allowed:
            await _answer(scope, send, 429, PROBLEM.encode(), metered.refusal(standing))
            return
    if await thin.answered(scope, send):
        return
    if _length(scope) > LARGEST_BODY:
        await _refuse(scope, send, TOO_LARGE)
    elif b"transfer-encoding" in dict(scope["headers"]):
        await _refuse(scope, send, NO_LENGTH)
    elif waiting.wants(scope):
        await waiting.answer(scope, receive, send, _hand_on)
    else:
        await _hand_on(scope, receive, send)


class _Body:
    """A request's body, received before a thread is taken: those are few, and a caller may send a byte a minute."""

    held = 0  # bytes of all bodies together

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    async def arrive(self, receive: Receive) -> Unread | None:
        """What to answer instead; None when it is all there. ConnectionError when the caller has gone."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    event = await receive()
                    if event["type"] != "http.request":
                        raise ConnectionError
                    self._keep(event.get("body", b""))
                    if not event.get("more_body", False):
                        return None
                    if _Body.held > MOST_HELD and self.length > SMALL:
                        return TOO_BUSY
        except TimeoutError:
            return TOO_SLOW

    def _keep(self, part: bytes) -> None:
        self.parts.append(part)
        self.length += len(part)
        _Body.held += len(part)

    async def whole(self) -> ReceiveEvent:
        joined, self.parts = b"".join(self.parts), []
        return {"type": "http.request", "body": joined, "more_body": False}

    def let_go(self) -> None:
        _Body.held -= self.length
        self.parts, self.length = [], 0


async def _hand_on(scope: HTTPScope, receive: Receive, send: Send) -> None:
    """To Django, once all of the body is here, with the query in ASCII: the way there takes no other."""
    body = _Body()
    try:
        refused = await body.arrive(receive) if _length(scope) else None
        if refused is not None:
            await _refuse(scope, send, refused)
            return
        await _to_django(scope, body, send)
    except ConnectionError:
        return
    finally:
        body.let_go()


async def _to_django(scope: HTTPScope, body: _Body, send: Send) -> None:
    # Letters that a client sent as they are stay the letters that they were.
    query = quote(scope["query_string"], safe=URL_SIGNS).encode()
    outgoing = Outgoing(send)
    await pooled(cast(HTTPScope, {**scope, "query_string": query, OUTGOING: outgoing}), body.whole, outgoing.send)


async def _refuse(scope: HTTPScope, send: Send, refused: Unread) -> None:
    kind, body = refused.told(scope["path"])
    await _answer(scope, send, refused.status, kind.encode(), body)


async def _answer(scope: HTTPScope, send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _length(scope: HTTPScope) -> int:
    """What the caller says of the body's length; the server reads no more than that."""
    given = dict(scope["headers"]).get(b"content-length", b"0")
    return int(given[:20]) if given.isdigit() else 0
