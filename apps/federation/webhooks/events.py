"""A change as a CloudEvent 1.0 in structured mode, so that the signature covers all that it says.

`source` is the collection's address and `subject` the feature's identifier. `sequence` (its extension) is in the order
of one subject; of different subjects it says nothing, since the log follows the commits. `id` is the same at every
repetition: it is made of the subscription, the feature, the number of the version and what became of it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings

from gis.change_feed import Told

from ..models import Subscription

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
TYPES = {
    "insert": "om.baladiya.feature.inserted",
    "update": "om.baladiya.feature.updated",
    "delete": "om.baladiya.feature.deleted",
}
RESTARTED = "om.baladiya.collection.restarted"
TEST = "om.baladiya.webhook.test"
DIGITS = 19  # of a bigint: as texts the numbers have the same order


@dataclass(frozen=True)
class Event:
    """What is sent, and what the log of deliveries says of it."""

    id: UUID
    kind: str
    subject: str
    body: bytes


def of_change(subscription: Subscription, change: Told) -> Event:
    """A feature as the reader may see it now, or that it is gone."""
    address, kind, subject = _collection(subscription), TYPES[change.op], str(change.id)
    identity = uuid5(subscription.pk, f"{subject} {change.era} {change.seq} {change.op}")
    said = {
        **_said(identity, address, kind, change.at),
        "subject": subject,
        "dataschema": f"{address}/schema",
        "sequence": f"{change.seq:0{DIGITS}d}",
    }
    if change.feature is None:
        return Event(identity, kind, subject, _written(said))
    head = _written(said | {"datacontenttype": "application/geo+json"})
    return Event(identity, kind, subject, head[:-1] + b',"data":' + change.feature.encode() + b"}")


def of_restart(subscription: Subscription, *, token: str) -> Event:
    """The log has begun anew: the receiver reads the collection again, and is told what changes from here on."""
    identity = uuid5(subscription.pk, f"restarted {token}")
    address = _collection(subscription)
    items = {"collection": address, "items": f"{address}/items"}
    said = _said(identity, address, RESTARTED, None) | {"datacontenttype": "application/json", "data": items}
    return Event(identity, RESTARTED, "", _written(said))


def of_test(subscription: Subscription, *, number: UUID, at: datetime) -> Event:
    """Something to try a receiver with; it tells of no feature."""
    said = _said(number, _collection(subscription), TEST, at)
    return Event(number, TEST, "", _written(said | {"datacontenttype": "application/json", "data": {"test": True}}))


def _said(identity: UUID, source: str, kind: str, at: datetime | None) -> dict[str, object]:
    said: dict[str, object] = {"specversion": "1.0", "id": str(identity), "source": source, "type": kind}
    return said | {"time": at.isoformat()} if at else said


def _collection(subscription: Subscription) -> str:
    return f"{settings.SITE_ADDRESS}/ogc/collections/{subscription.layer}"


def _written(said: dict[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
