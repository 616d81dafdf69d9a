"""All features by the links to the next page, and how the server's memory stands it."""

import json
import re
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from urllib.error import HTTPError

import psycopg

from .peers import Server
from .raw_app import FEATURE

PAGE = 10_000
EVERY_S = 0.1
NEXT = re.compile(rb'"links": ?\[.*?\](?=[,}])', re.DOTALL)
MEMORY = re.compile(r"^Pss_Anon:\s+(\d+) kB", re.MULTILINE)


def read(address: str) -> bytes:
    """The answer's body. Raises urllib's errors."""
    with urllib.request.urlopen(address, timeout=600) as answer:
        body: bytes = answer.read()
        return body


def next_link(body: bytes) -> str | None:
    """Where a page says that the next one is; its features are not read."""
    edge = body.rfind(b'"links"')
    if (found := NEXT.match(body, edge)) is None or b'"features"' in found.group():
        links = json.loads(body)["links"]
    else:
        links = json.loads(b"{" + found.group() + b"}")["links"]
    return next((str(link["href"]) for link in links if link["rel"] == "next"), None)


@dataclass(frozen=True)
class Walk:
    """`addresses` of the pages in their order; seconds of their answers alone; `refused` says what ended it early."""

    addresses: tuple[str, ...]
    seconds: float
    features: int
    refused: str = ""

    def page(self, part: float, limit: int) -> str:
        """A page of this length that begins so far behind the first one: a cursor goes with any length."""
        address = self.addresses[min(int(part * len(self.addresses)), len(self.addresses) - 1)]
        return address.replace(f"limit={PAGE}", f"limit={limit}")


def walk(server: Server) -> Walk:
    """From the first page to the last, or to one that is refused."""
    address: str | None = server.items.format(f"&limit={PAGE}")
    addresses, seconds, features = [], 0.0, 0
    while address:
        began = time.perf_counter()
        try:
            body = read(address)
        except HTTPError as error:
            return Walk(tuple(addresses), seconds, features, f"page {len(addresses) + 1}: {error}")
        seconds += time.perf_counter() - began
        addresses.append(address)
        features += body.count(b'"type":"Feature"')
        address = next_link(body)
    return Walk(tuple(addresses), seconds, features)


def copied(root: psycopg.Connection) -> float:
    """Seconds that COPY takes for the same text from the plain table."""
    began = time.perf_counter()
    with root.cursor().copy(f"COPY (SELECT {FEATURE} FROM bench.parcels AS t ORDER BY t.id) TO STDOUT") as text:
        for _part in text:
            pass
    return time.perf_counter() - began


class Memory(Thread):
    """Samples what the processes of a server hold for themselves, in MiB, until `stop`."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        port = server.items.split("/")[2].partition(":")[2]
        self.processes = [file.parent for file in Path("/proc").glob("[0-9]*/environ") if _carries(file, port)]
        self.samples: list[float] = []
        self.ended = Event()

    def run(self) -> None:
        while not self.ended.wait(EVERY_S):
            self.samples.append(max(map(_held, self.processes)))

    def stop(self) -> None:
        self.ended.set()
        self.join()


def _carries(file: Path, port: str) -> bool:
    try:
        return f"PORT={port}".encode() in file.read_bytes().split(b"\0")
    except OSError:
        return False


def _held(process: Path) -> float:
    try:
        found = MEMORY.search((process / "smaps_rollup").read_text())
    except OSError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0
