"""An answer goes out as long as its caller reads it: what makes it holds a thread and a session of the database.

Callers who read nothing, or a byte now and then, would hold all of both for as long as they like. Whoever does not take
a part of the answer in time is given up: what makes the answer ends with its next part, and the connection without the
sign of an answer's end, so that nobody takes what came for the whole.
"""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

from a2wsgi.asgi_typing import Send
from a2wsgi.wsgi_typing import Environ, StartResponse, WSGIApp

# A part is 100 kB or so of what streams, less of a file. In all, an hour is a country's parcels at 1 Mbit/s.
PART_SECONDS = float(os.environ.get("PART_SECONDS", "60"))
ANSWER_SECONDS = float(os.environ.get("ANSWER_SECONDS", "3600"))
OUTGOING = "baladiya.outgoing"  # stands in the scope of a request that goes to Django


class Outgoing:
    """Sends what Django answers; written by the loop, looked at by the thread that makes the answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._ends = time.monotonic() + ANSWER_SECONDS
        self.given_up = False

    async def send(self, message: Any) -> None:
        """What comes after it was given up goes nowhere, so that the thread finds out and never waits."""
        if self.given_up:
            return
        try:
            async with asyncio.timeout(min(PART_SECONDS, max(0.0, self._ends - time.monotonic()))):
                await self._send(message)
        except (TimeoutError, OSError):
            self.given_up = True


class _Parts:
    """The parts of an answer while somebody reads them. Closed as what it was made of."""

    def __init__(self, parts: Iterable[bytes], outgoing: Outgoing) -> None:
        self._parts, self._outgoing = parts, outgoing

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if self._outgoing.given_up:
                return
            yield part

    def close(self) -> None:
        getattr(self._parts, "close", lambda: None)()


def while_read(application: WSGIApp) -> WSGIApp:
    """The application, whose answers end when they are not read any more."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        parts = application(environ, start_response)
        outgoing = environ["asgi.scope"].get(OUTGOING)  # type: ignore[typeddict-item]
        return parts if outgoing is None else _Parts(parts, outgoing)

    return answer
