"""Documents of another server, with bounds on everything that it could do to us.

Only http and https, only the host that the operator named (it may be a private one: the operator says so): a redirect
or a link to another host is refused. Bytes, seconds and attempts are bounded; a server that asks for patience gets it.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, NoReturn
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

logger = logging.getLogger(__name__)

MOST_BYTES = 256 * 2**20  # of one answer, unpacked
MOST_SECONDS = 300.0  # for one answer
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
REDIRECTS, ATTEMPTS = 5, 8
LONGEST_PAUSE = 300.0
MOST_DIGITS = 4000
REDIRECTING = (301, 302, 303, 307, 308)
PORTS = {"http": 80, "https": 443}


class NoAddress(Refusal):
    code: ClassVar[str] = "no_address"
    sentence: ClassVar[str | Promise] = _(
        '"%(given)s" is no address of a server. Write one such as https://maps.example.org/ogc'
    )


class OtherHost(Refusal):
    code: ClassVar[str] = "other_host"
    sentence: ClassVar[str | Promise] = _(
        "The server points to another host: %(given)s. Nothing is read from there; if it is right, name that host."
    )


class Unreachable(Refusal):
    code: ClassVar[str] = "unreachable"
    sentence: ClassVar[str | Promise] = _(
        "%(address)s does not answer after %(attempts)s attempts (%(why)s). What has been read is kept; try later."
    )


class Declined(Refusal):
    code: ClassVar[str] = "declined"
    sentence: ClassVar[str | Promise] = _("%(address)s answers %(status)s: %(said)s")


class TooLarge(Refusal):
    code: ClassVar[str] = "too_large"
    sentence: ClassVar[str | Promise] = _(
        "The answer of %(address)s is larger than %(most)s MB. Ask for smaller pages."
    )


class Unreadable(Refusal):
    code: ClassVar[str] = "unreadable"
    sentence: ClassVar[str | Promise] = _("What %(address)s answers is no JSON. Is it the address of an OGC API?")


class Gone(Refusal):
    """The server knows the address no more (410), or does not take a token of its own any more."""

    code: ClassVar[str] = "gone"
    sentence: ClassVar[str | Promise] = _("The server says that %(address)s is gone. Look for it at the landing page.")


class _Failed(Exception):
    """An attempt that may be repeated, at the earliest after `pause` seconds (None: as we like)."""

    def __init__(self, why: str, pause: float | None = None) -> None:
        super().__init__(why)
        self.why, self.pause = why, pause


class Server:
    """One host, asked for documents. `key` goes with each question, and to no other host."""

    def __init__(self, address: str, *, key: str = "", pause: Callable[[float], object] = time.sleep) -> None:
        self._scheme, self._host, self._port = _origin(address)
        self._pause = pause
        self._pool = urllib3.PoolManager(retries=False, maxsize=1)
        self._headers = {
            "Accept": "application/geo+json, application/json;q=0.9, application/schema+json;q=0.8, */*;q=0.1",
            "Accept-Encoding": "gzip",
            "User-Agent": "baladiya-follow",
        }
        if key:
            self._headers["X-API-Key"] = key

    def document(self, address: str, *, patience: float = 0) -> dict[str, Any]:
        """The JSON object at the address, its fractions as Decimal. The server may take `patience` seconds longer.

        Raises Gone and the refusals of this module.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _parsed(address, self._answer(address, patience))
            except _Failed as failed:
                why = failed.why
                if attempt < ATTEMPTS:
                    wanted = 2.0 ** (attempt - 1) if failed.pause is None else failed.pause
                    logger.warning("%s: %s; once more in %.0f s", address, why, min(wanted, LONGEST_PAUSE))
                    self._pause(min(wanted, LONGEST_PAUSE))
        raise Unreachable(address=address, attempts=ATTEMPTS, why=why)

    def here(self, base: str, link: str) -> str:
        """A link of the server's, at the address by which we know it. Raises OtherHost."""
        parts = urlsplit(urljoin(base, link))
        if parts.scheme not in PORTS or (parts.hostname or "").lower() != self._host:
            raise OtherHost(given=urljoin(base, link)[:200])
        return urlunsplit(parts._replace(scheme=self._scheme, netloc=self._netloc(), fragment=""))

    def _netloc(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return host if self._port == PORTS[self._scheme] else f"{host}:{self._port}"

    def _answer(self, address: str, patience: float) -> bytes:
        ends = time.monotonic() + MOST_SECONDS + patience
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS + patience)
        try:
            for _redirect in range(REDIRECTS + 1):
                response = self._pool.request(
                    "GET", address, headers=self._headers, redirect=False, preload_content=False, timeout=timeout
                )
                try:
                    if response.status in REDIRECTING and (to := response.headers.get("Location")):
                        address = self._redirected(address, to)
                        continue
                    body = _body(response, address, ends)
                finally:
                    response.close()
                return body if response.status == 200 else _say(address, response, body)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise _Failed(type(error).__name__) from error
        raise Declined(address=address, status=310, said="…")

    def _redirected(self, address: str, to: str) -> str:
        target = urljoin(address, to)
        scheme, host, port = _origin(target)
        same = (scheme, host, port) == (self._scheme, self._host, self._port)
        upgraded = host == self._host and (self._scheme, scheme, port) == ("http", "https", 443)
        if not (same or upgraded):
            raise OtherHost(given=target[:200])
        return target


def _origin(address: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NoAddress(given=address[:200]) from error
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise NoAddress(given=address[:200])
    return parts.scheme, parts.hostname.lower(), port or PORTS[parts.scheme]


def _body(response: Any, address: str, ends: float) -> bytes:
    """What is sent, unpacked, part for part: neither a bomb nor a byte a minute holds us."""
    parts, length = [], 0
    while part := response.read1(65536, decode_content=True):
        length += len(part)
        if length > MOST_BYTES:
            raise TooLarge(address=address, most=MOST_BYTES // 2**20)
        if time.monotonic() > ends:
            raise _Failed("too slow")
        parts.append(part)
    return b"".join(parts)


def _say(address: str, response: Any, body: bytes) -> NoReturn:
    """Any status but 200."""
    if response.status == 410:
        raise Gone(address=address)
    if response.status in (408, 425, 429) or response.status >= 500:
        raise _Failed(f"HTTP {response.status}", _asked_for(response.headers.get("Retry-After")))
    said = body[:20_000].decode("utf-8", "replace")
    try:
        problem = json.loads(body[:20_000])
        said = str(problem.get("detail") or problem.get("description") or said)
        if response.status == 400 and problem.get("code") in ("bad_token", "token_of_another_question"):
            raise Gone(address=address)  # a token of ours that the server does not take any more
    except (ValueError, AttributeError, RecursionError):
        pass
    raise Declined(address=address, status=response.status, said=" ".join(said.split())[:300])


def _asked_for(text: str | None) -> float | None:
    """Retry-After in seconds: it is written as such or as a moment."""
    if text is None:
        return None
    if text.strip().isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(tz=UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _parsed(address: str, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body, parse_float=_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable(address=address) from error
    if not isinstance(found, dict):
        raise Unreadable(address=address)
    return found


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(text[:20])
    return number


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
