"""Signatures by Standard Webhooks (https://www.standardwebhooks.com), version 1: HMAC-SHA256 with a shared secret.

Signed is "id.timestamp.body". A receiver gets the secret as "whsec_" and base64. At rest it is sealed with a key made
of SECRET_KEY, so that a copy of the database signs nothing.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

from ..models import Secret, Subscription

PREFIX = "whsec_"
BYTES = 32
BOTH = timedelta(days=1)  # the old secret still signs after a new one was made


class Unsealable(Refusal):
    code: ClassVar[str] = "secret_unreadable"
    sentence: ClassVar[str | Promise] = _(
        "The signing secret cannot be read: the platform's key has changed. Make a new secret and give it to the "
        "receiver."
    )


def new_secret(subscription: Subscription, *, at: datetime) -> str:
    """A secret for the receiver, seen this once. The one before it signs for another day beside it."""
    subscription.secrets.filter(ends_at__lte=at).delete()
    subscription.secrets.filter(ends_at__isnull=False).delete()
    subscription.secrets.update(ends_at=at + BOTH)
    secret = secrets.token_bytes(BYTES)
    Secret.objects.create(
        subscription=subscription,
        authority_id=subscription.authority_id,
        sealed=_sealing().encrypt(secret).decode(),
        made_at=at,
    )
    return PREFIX + base64.b64encode(secret).decode()


def secrets_of(subscription: Subscription, *, at: datetime) -> list[bytes]:
    """Those in force, the newest first. Raises Unsealable."""
    in_force = subscription.secrets.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).order_by("-made_at")
    try:
        return [_sealing().decrypt(one.sealed.encode()) for one in in_force]
    except InvalidToken as error:
        raise Unsealable from error


def headers(event: str, body: bytes, *, at: datetime, with_secrets: Iterable[bytes]) -> dict[str, str]:
    """The three headers of a request; one signature for each secret, parted by spaces."""
    moment = str(int(at.timestamp()))
    signed = f"{event}.{moment}.".encode() + body
    made = (base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in with_secrets)
    return {
        "webhook-id": event,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }


def _sealing() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(of: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"baladiya webhooks " + of.encode()).digest())
