"""A receiver of webhooks that fails on demand, and keeps what it has taken by feature."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Answer = tuple[int, dict[str, str]]


@dataclass
class Taken:
    """A request that came: its headers, the event, and what was answered."""

    headers: dict[str, str]
    body: bytes
    event: dict[str, Any]
    status: int


@dataclass
class Receiver:
    """What came, in order; `answer` says what is answered to an event, `secrets` are those that it verifies with."""

    url: str = ""
    consent: Answer = (200, {"WebHook-Allowed-Origin": "127.0.0.1"})
    answer: Callable[[dict[str, Any]], Answer] = lambda event: (204, {})
    secrets: list[str] = field(default_factory=list)
    requests: list[Taken] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Events that were answered 2xx, each once: what came again is told by its id."""
        seen: dict[str, dict[str, Any]] = {}
        for one in self.requests:
            if 200 <= one.status < 300:
                seen.setdefault(one.event["id"], one.event)
        return list(seen.values())

    @property
    def bytes_of_all(self) -> bytes:
        return b"".join(repr(one.headers).encode() + one.body for one in self.requests)

    def names(self) -> dict[str, list[Any]]:
        """By feature, what was told of it in its order: its name, None for a deletion."""
        told = defaultdict(list)
        for event in self.taken:
            if "subject" in event:
                told[event["subject"]].append(event.get("data", {}).get("properties", {}).get("name_ar"))
        return told

    def copy(self) -> dict[str, Any]:
        """What whoever applies each event as it comes now holds."""
        held: dict[str, Any] = {}
        for event in self.taken:
            if event["type"].endswith("deleted"):
                held.pop(event["subject"], None)
            elif "subject" in event:
                held[event["subject"]] = event["data"]["properties"]["name_ar"]
        return held


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at an address of its own, until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_OPTIONS(self) -> None:
            receiver.origins.append(self.headers.get("WebHook-Request-Origin", ""))
            self._say(*receiver.consent)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = dict(self.headers.items())
            for secret in receiver.secrets:
                Webhook(secret).verify(body, headers)
            event = json.loads(body)
            assert event["id"] == self.headers["webhook-id"]
            with receiver.lock:
                status, more = receiver.answer(event)
                receiver.requests.append(Taken(headers, body, event, status))
            receiver.paths.append(self.path)
            self._say(status, more)

        def _say(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            text = b"" if status == 204 else b"<b>said</b>\x00\n"
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?to=us"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def until(true: Callable[[], bool], patience_s: float = 90) -> None:
    ends = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.05)
