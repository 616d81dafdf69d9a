"""What a writer must have seen: the validators of one feature, and If-Match and If-Unmodified-Since held against them.

The tag of a feature is `"VERSION-CONTENT"`: which image of the record it shows, and a digest of these very bytes, so it
differs by language, format and coordinate system and when something changes that the feature shows of other records.
Writing compares the version alone: whatever representation somebody has read, they have seen that image.
"""

import hashlib
from collections.abc import Callable
from typing import ClassVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import http_date, parse_etags, parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal
from gis.writing.states import State

ANY = "*"


class NoPrecondition(Refusal):
    code: ClassVar[str] = "PreconditionRequired"
    status: ClassVar[int] = 428
    sentence: ClassVar[str | Promise] = _(
        "Say which state of the feature you have seen: send its ETag as If-Match, or its Last-Modified as "
        "If-Unmodified-Since. Otherwise a change of somebody else could be lost."
    )


class Stale(Refusal):
    """Details: the validators of the feature as it is now."""

    code: ClassVar[str] = "PreconditionFailed"
    status: ClassVar[int] = 412
    sentence: ClassVar[str | Promise] = _(
        "Nothing was changed: somebody else has changed the feature since you read it. Read it again, and repeat your "
        "change."
    )

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.details["now"])


def etag(state: State, content: bytes = b"") -> str:
    """The strong tag of these bytes; without them that of the record, for answers that do not show it."""
    shown = f"-{hashlib.blake2b(content, digest_size=8).hexdigest()}" if content else ""
    return f'"{state.version}{shown}"'


def headers(state: State, content: bytes = b"") -> dict[str, str]:
    """ETag and Last-Modified. A second that is not over yet is never told: HTTP forbids times to come.

    Then the present one is told, which is not that of the record: a writer who gives it is asked to read again.
    """
    found = {"ETag": etag(state, content)}
    if state.second:
        found["Last-Modified"] = http_date(min(state.second, int(timezone.now().timestamp())))
    return found


def comparing(request: HttpRequest) -> Callable[[State], None]:
    """What compares the record, once it is held, with what the caller has seen; it raises Stale.

    Raises NoPrecondition. If-Match goes before If-Unmodified-Since (RFC 9110, 13.2.2); weak tags match nothing.
    """
    tags, since = request.headers.get("If-Match"), request.headers.get("If-Unmodified-Since")
    if tags is not None:
        seen = {tag.strip('"').partition("-")[0] for tag in parse_etags(tags) if not tag.startswith("W/")}
        return lambda state: _check(seen & {ANY, state.version}, state)
    moment = parse_http_date_safe(since) if since is not None else None
    if moment is None:
        raise NoPrecondition
    return lambda state: _check(0 < state.second <= moment, state)


def _check(passes: object, state: State) -> None:
    if not passes:
        raise Stale(now=headers(state))
