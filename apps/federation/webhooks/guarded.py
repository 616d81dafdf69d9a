"""Requests to addresses that somebody else has chosen: nothing inside the house can be reached by them.

The name is resolved once, every address that it has must be a public one, and the connection goes to an address that
was looked at: a name that answers otherwise the second time changes nothing. Only https, its certificate checked for
the name; http and private addresses for hosts in WEBHOOK_HOSTS alone, which the operator names. No proxy, no redirect,
no cookie. Bytes and seconds are bounded for the whole of the answer, however slowly it drips.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Self
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

CONNECT_SECONDS = 5.0
MOST_SECONDS = 15.0  # from the request's first byte to the answer's last
MOST_BYTES = 4096  # of the answer, which nobody reads further
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024
# Addresses that carry an IPv4 address within: NAT64, and IPv4 written as IPv6 in two older ways.
CARRIERS = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "2001::/32", "2002::/16")))
# Machines of a cloud ask it for their own secrets there, though the address is not a private one.
OF_CLOUDS = ("168.63.129.16",)


class NotForWebhooks(Refusal):
    code: ClassVar[str] = "not_for_webhooks"
    sentence: ClassVar[str | Promise] = _(
        "Nothing is sent to %(given)s. Give an address that begins with https://, without a name or password in it, "
        "at port 443 or one above 1023."
    )


class InsideTheHouse(Refusal):
    code: ClassVar[str] = "inside_the_house"
    sentence: ClassVar[str | Promise] = _(
        "%(host)s is not an address of the public internet. Events go there only if the operator names it in "
        "WEBHOOK_HOSTS."
    )


class Unanswered(Exception):
    """No whole answer came; the text says why, for the log of deliveries."""


@dataclass(frozen=True)
class Answer:
    """Status, headers by lower-case name, the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked(url: str) -> SplitResult:
    """The parts of an address that events may go to. Raises NotForWebhooks. Asks nobody for the host."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotForWebhooks(given=url[:200]) from error
    known = _is_known(parts)
    plain = url.isascii() and url.isprintable() and " " not in url
    sound = plain and parts.hostname and parts.username is None and parts.password is None and not parts.fragment
    schemes = PORTS if known else ("https",)
    free = known or port in (None, 443) or (port or 0) >= FIRST_FREE_PORT
    if not sound or parts.scheme not in schemes or not free:
        raise NotForWebhooks(given=url[:200])
    return parts


def addresses(parts: SplitResult) -> list[str]:
    """Where the host is, each address looked at. Raises InsideTheHouse; Unanswered where the name is not known."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unanswered(f"no address: {error}") from error
    named = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not _is_known(parts) and not all(map(is_public, named)):
        raise InsideTheHouse(host=parts.hostname)
    return named


def is_public(address: str) -> bool:
    """Can whoever sits there be anywhere on the internet? What embeds an IPv4 address is refused whatever it embeds."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address) and (one.ipv4_mapped or any(one in net for net in CARRIERS)):
        return False
    return (
        one.is_global and str(one) not in OF_CLOUDS and not (one.is_multicast or one.is_reserved or one.is_unspecified)
    )


class Line:
    """A connection to one receiver, opened at its checked address; open again after each failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def ask(self, method: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Raises NotForWebhooks, InsideTheHouse, and Unanswered: then nobody knows whether the receiver has taken it.

        A connection that was kept may have been closed at the other end meanwhile: then once more on a new one.
        """
        kept = self._connection is not None
        try:
            return self._asked(method, headers, body)
        except Unanswered:
            if not kept:
                raise
            return self._asked(method, headers, body)

    def _asked(self, method: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        parts = checked(self._url)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            connection = self._connection or self._opened(parts)
            answer = _answer(connection, method, target, headers, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unanswered(f"{type(error).__name__}: {error}"[:300]) from error
        except BaseException:
            self.close()
            raise
        if connection.sock is None or len(answer.body) >= MOST_BYTES:
            self.close()
        return answer

    def _opened(self, parts: SplitResult) -> http.client.HTTPConnection:
        where, port, name = addresses(parts), _port(parts), parts.hostname or ""
        connection = self._connection = http.client.HTTPConnection(name, port)
        connection.auto_open = 0  # by itself it would look the name up once more
        connection.sock = _reached(where, port)
        if parts.scheme == "https":
            connection.default_port = PORTS["https"]
            connection.sock = _wrapped(connection.sock, name)
        return connection


def _reached(where: list[str], port: int) -> socket.socket:
    """The first address that takes the connection."""
    ends = time.monotonic() + CONNECT_SECONDS
    failed: OSError = TimeoutError("no address answers")
    for address in where:
        try:
            line = socket.create_connection((address, port), max(ends - time.monotonic(), 0.1))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a body behind its headers would wait 40 ms
            return line
        except OSError as error:
            failed = error
    raise failed


def _answer(
    connection: http.client.HTTPConnection, method: str, target: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    with _at_most(MOST_SECONDS, connection.sock):
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        begun = response.read(MOST_BYTES)
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, begun)


def _wrapped(line: socket.socket, name: str) -> ssl.SSLSocket:
    with _at_most(CONNECT_SECONDS, line):
        return ssl.create_default_context().wrap_socket(line, server_hostname=name)


@contextmanager
def _at_most(seconds: float, line: socket.socket) -> Iterator[None]:
    """The seconds are for all that happens on the line meanwhile; a socket's own timeout begins anew at each byte."""
    line.settimeout(seconds)
    watch = threading.Timer(seconds, _cut, [line])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _cut(line: socket.socket) -> None:
    """What waits at the line ends at once."""
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # below TLS, whose own would wait for the other side


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _is_known(parts: SplitResult) -> bool:
    """Has the operator named the host, with its port or without?"""
    return parts.hostname in settings.WEBHOOK_HOSTS or parts.netloc in settings.WEBHOOK_HOSTS
