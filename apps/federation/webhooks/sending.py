"""One request to a receiver, and what its answer means for the event, for the subscription and for the next attempt."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from gis.refusals import Refusal

from ..models import Subscription
from .events import CONTENT_TYPE, Event
from .guarded import Answer, Line, Unanswered
from .signing import headers, secrets_of

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # by the receiver's Retry-After
SHOWN = 300  # letters of an answer that are kept
AGENT = "baladiya-webhooks"
# What says that the receiver is not there, or does not know us; any other refusal is about the event.
OF_THE_RECEIVER = (401, 403, 404, 405, 407, 408, 421, 425, 429, 502, 503, 504)
HANDSHAKE = "handshake"

Meaning = Literal["taken", "refused", "failing", "gone"]


@dataclass(frozen=True)
class Outcome:
    """What came of a request. `wait`: how long the receiver asks us to. `a_minute`: how many events it allows."""

    event: UUID
    kind: str
    subject: str
    meaning: Meaning
    status: int | None
    took_ms: int
    answer: str
    wait: timedelta | None = None
    a_minute: int | None = None


def send(line: Line, subscription: Subscription, event: Event) -> Outcome:
    """POST the event, signed. 2xx: taken; 410: gone. Raises nothing that a receiver could cause."""

    def ask() -> Answer:
        at = timezone.now()
        signed = headers(str(event.id), event.body, at=at, with_secrets=secrets_of(subscription, at=at))
        return line.ask("POST", {"Content-Type": CONTENT_TYPE, "User-Agent": AGENT, **signed}, event.body)

    return _told(event.id, event.kind, event.subject, ask)


def ask_consent(line: Line) -> Outcome:
    """The handshake of CloudEvents webhooks: whoever is there must say that events from us are wanted."""
    origin = urlsplit(settings.SITE_ADDRESS).hostname or ""

    def ask() -> Answer:
        return line.ask("OPTIONS", {"WebHook-Request-Origin": origin, "User-Agent": AGENT})

    return _told(uuid4(), HANDSHAKE, "", ask, consent=origin)


def pause(tries: int, wait: timedelta | None) -> timedelta:
    """Until the next attempt after so many: doubling from seconds to an hour, less up to half by chance, so that what
    failed together does not come back together. What the receiver asks for is waited at least."""
    doubled = min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)
    chosen = doubled * random.uniform(0.5, 1)  # noqa: S311 -- spreads load, guards nothing
    return max(chosen, min(wait or timedelta(0), LONGEST_ASKED))


def _told(identity: UUID, kind: str, subject: str, ask: Callable[[], Answer], consent: str = "") -> Outcome:
    began = time.monotonic()
    try:
        answer = ask()
    except (Unanswered, Refusal) as error:
        took = _since(began)
        return Outcome(identity, kind, subject, "failing", None, took, str(error)[:SHOWN])
    allowed = answer.headers.get("webhook-allowed-origin", "")
    meaning = _meaning(answer.status)
    if consent and meaning == "taken" and allowed.strip().lower() not in ("*", consent):
        meaning = "failing"
    if consent and meaning == "refused":
        meaning = "failing"
    return Outcome(
        identity, kind, subject, meaning, answer.status, _since(began), _shown(answer.body),
        wait=_asked_for(answer.headers.get("retry-after")),
        a_minute=_rate(answer.headers.get("webhook-allowed-rate")) if consent else None,
    )  # fmt: skip


def _meaning(status: int) -> Meaning:
    if 200 <= status < 300:
        return "taken"
    if status == 410:
        return "gone"
    return "failing" if status in OF_THE_RECEIVER or 300 <= status < 400 else "refused"


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _shown(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:SHOWN]


def _rate(text: str | None) -> int | None:
    """Events a minute; "*" and what is no number set no bound."""
    number = (text or "").strip()
    return max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else None


def _asked_for(text: str | None) -> timedelta | None:
    """Retry-After: seconds or a moment."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit() and len(text) < 10:
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
        return max(moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(tz=UTC), timedelta(0))
    except (ValueError, TypeError, OverflowError):
        return None
