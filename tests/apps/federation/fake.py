"""A server that behaves as it is told: well, strangely or hostile."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CHANGES = "urn:x-baladiya:rel:changes"
Answer = tuple[int, dict[str, str], bytes]


class Fake:
    """`features` by id; `rules` answer a path before the usual does; `asked` is what was asked for."""

    def __init__(self) -> None:
        self.base = ""
        self.features: dict[Any, dict[str, Any]] = {}
        self.rules: dict[str, Callable[[dict[str, str]], Answer | None]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.tells_changes = False
        self.properties: dict[str, Any] = {}
        self.most = 2

    def put(self, key: Any, geometry: Any = None, **properties: Any) -> None:
        self.features[key] = {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        rule = self.rules.get(path)
        if rule is not None and (found := rule(query)) is not None:
            return found
        if path == "/c":
            return said({"id": "c", "links": list(self._links())})
        if path == "/c/items":
            return said(self.page(int(query.get("offset", 0)), int(query.get("limit", 10))))
        if path == "/c/schema":
            return said({"properties": self.properties})
        return said({"detail": "nothing here"}, 404)

    def page(self, offset: int, limit: int) -> dict[str, Any]:
        rows = list(self.features.values())[offset : offset + min(limit, self.most)]
        after = offset + len(rows)
        links = [{"rel": "next", "href": f"/c/items?offset={after}"}] if after < len(self.features) else []
        return {"type": "FeatureCollection", "features": rows, "links": links}

    def _links(self) -> Iterator[dict[str, str]]:
        yield {"rel": "items", "href": f"{self.base}/c/items?f=json", "type": "application/geo+json"}
        if self.tells_changes:
            yield {"rel": CHANGES, "href": "changes"}
        if self.properties:
            yield {"rel": "http://www.opengis.net/def/rel/ogc/1.0/schema", "href": "/c/schema"}


def said(document: Any, status: int = 200, **headers: str) -> Answer:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(document).encode()


def zipped(document: Any) -> Answer:
    return 200, {"Content-Encoding": "gzip"}, gzip.compress(json.dumps(document).encode())


@contextmanager
def running() -> Iterator[Fake]:
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fake.asked.append(self.path)
            fake.headers.append(dict(self.headers))
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            status, headers, body = fake.answer(parts.path, query)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
