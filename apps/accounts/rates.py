"""How much of the feed a caller may ask for: so that one program does not take what is there for all.

Each caller has a bucket of requests that fills again steadily: an address for those who show no key, else the key.
Officers have none, whatever the others behind their address do, and neither has the server's own machine. Buckets are
kept by each process for itself, in its memory: with several, a caller may get as much of each. How it stands is told in
the fields of draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy, RateLimit).
"""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil
from threading import Lock
from time import monotonic
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import address_of
from apps.core.refusals import Refusal
from gis.layers import Audience

from .callers import Caller
from .showing import in_feed

WINDOW_S = 60
MOST_CALLERS = 50_000  # buckets kept; those that were asked of longest ago go first, and are full again by then or soon
ADDRESS, KEY = "address", "key"
COUNTED = "baladiya.counted"  # stands in the scope of a request that the server's root has counted


class TooMuch(Refusal):
    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429
    sentence: ClassVar[str | Promise] = _(
        "More was asked than %(most)s times in a minute. Ask again in %(seconds)s s, or ask the authority for a key."
    )


@dataclass(frozen=True)
class Standing:
    """After a request was counted: whether it may be made, and how many more of `most` may."""

    policy: str
    most: int
    left: int
    full_in_s: int
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Policy": f'"{self.policy}";q={self.most};w={WINDOW_S}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.full_in_s}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.wait_s)}

    @property
    def wait_s(self) -> int:
        """Until one more may be made."""
        return max(1, ceil(WINDOW_S / self.most))

    @property
    def refusal(self) -> TooMuch:
        return TooMuch(most=self.most, seconds=self.wait_s)


class Buckets:
    """Of one process: threads and the loop ask the same ones."""

    def __init__(self, most_callers: int = MOST_CALLERS) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()
        self._most_callers = most_callers

    def take(self, policy: str, who: str, most: int, *, at: float) -> Standing:
        """Count a request: `most` in a minute, all of them at once if need be. What is refused does not count."""
        name = (policy, who)
        with self._lock:
            left, since = self._kept.pop(name, (float(most), at))
            left = min(float(most), left + (at - since) * most / WINDOW_S)
            allowed = left >= 1
            left -= allowed
            self._kept[name] = (left, at)
            if len(self._kept) > self._most_callers:
                self._kept.popitem(last=False)
        return Standing(policy, most, int(left), ceil((most - left) * WINDOW_S / most), allowed)

    def forget(self) -> None:
        self._kept.clear()


buckets = Buckets()


def of_address(address: str) -> Standing | None:
    """Counted for an address; None where nothing is counted."""
    most = int(settings.RATE_PER_ADDRESS)
    if not most or not address or _is_own(address):
        return None
    return buckets.take(ADDRESS, address, most, at=monotonic())


def of_key(key: str) -> Standing | None:
    """Counted for a key (its id), whichever way it is shown; None where nothing is counted."""
    most = int(settings.RATE_PER_KEY)
    return buckets.take(KEY, key, most, at=monotonic()) if most else None


def counted(request: HttpRequest, caller: Caller) -> Standing | None:
    """How the caller stands after this request to the feed; None where it is not counted, or in the server's root."""
    if not in_feed(request) or caller.audience is Audience.OFFICER:
        return None
    if caller.key is not None:
        return of_key(str(caller.key.pk))
    if request.META.get("asgi.scope", {}).get(COUNTED):
        return None
    return of_address(address_of(request))


def told[R: HttpResponseBase](response: R, standing: Standing | None) -> R:
    """The answer, with how the caller stands."""
    for name, value in standing.headers.items() if standing else ():
        response[name] = value
    return response


def _is_own(address: str) -> bool:
    return ip_address(address.partition("/")[0]).is_loopback
