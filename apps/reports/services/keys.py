"""The key that opens the reporter's own page. The database keeps what a key is checked against, never the key.

Key and stored id both follow from the id that the phone made: the key by the platform's secret, so that a resend gets
the same one; the id by a digest, so that whoever reads the table can neither make the key nor send again for the
reporter and be given it.
"""

import hashlib
import secrets
from uuid import UUID

from django.utils.crypto import salted_hmac

from ..models import Report


def key_of(client_id: UUID) -> str:
    """The reporter's key for the report that the phone calls so."""
    return salted_hmac("reports.key", str(client_id), algorithm="sha256").hexdigest()[:40]


def kept_id(client_id: UUID) -> UUID:
    """What is stored of the phone's id: enough to know a resend."""
    return UUID(bytes=hashlib.sha256(b"reports.client" + client_id.bytes).digest()[:16])


def kept(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def opens(key: str, report: Report) -> bool:
    """Is it the report's key?"""
    return secrets.compare_digest(report.token, kept(key))
