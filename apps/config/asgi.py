"""The root that the server runs: a thin asynchronous door, and Django as WSGI in a bounded pool of threads behind it.

What is answered here takes no thread and no connection, so it is answered while both are exhausted (decision 0006).
"""

import os

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import ASGIApp, HTTPScope, Receive, Scope, Send

from apps.config.wsgi import application as django

from .headers import BARE

ALIVE = b'{"state": "ok"}'
THREADS = int(os.environ.get("SERVER_THREADS", "8"))
HEADERS = [(name.lower().encode(), value.encode()) for name, value in BARE.items()]

pooled: ASGIApp = WSGIMiddleware(django, workers=THREADS)  # type: ignore[arg-type]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what needs no thread; hand the rest to Django."""
    if scope["type"] == "http":
        await (_alive(scope, send) if scope["path"] == "/healthz" else pooled(scope, receive, send))


async def _alive(scope: HTTPScope, send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else ALIVE
    await send({"type": "http.response.body", "body": body})
