"""Where a page ended, as text in the links "next": bound to what was asked, but not to how many at once, and signed.

A cursor that is used with another filter or order would leave features out without a word, so it is refused. It holds
what the last feature was sorted by, as its reader saw it, so it is refused from every reader who sees otherwise too,
and from whoever wrote it himself: no place is begun from that was not told on a page.
"""

import base64
import binascii
import hashlib
import json
from typing import ClassVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import published
from gis.layers import Audience, Layer
from gis.parameters import BadParameter

from .query import Cursor, Query

ID = 16  # bytes


class BadCursor(BadParameter):
    parameter: ClassVar[str] = "after"
    sentence: ClassVar[str | Promise] = _(
        '"after" is written by the links "next" only and belongs to the question they came from; "%(given)s" does not.'
        " Follow the link as it is, or leave it out to begin anew."
    )


def write(cursor: Cursor, signer: Signer) -> str:
    """The cursor as text of letters, digits, - and _, and its signature after a point."""
    packed = bytes([cursor.dense]) + cursor.id.bytes
    if cursor.values:
        packed += json.dumps(cursor.values, ensure_ascii=False, separators=(",", ":")).encode()
    return signer.sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def read(text: str, layer: Layer, audience: Audience, query: Query) -> Cursor:
    """The cursor that was written for this question of this reader. Raises BadCursor."""
    try:
        written = signer(layer, audience, query).unsign(text)
        packed = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
        dense, key, said = packed[0], packed[1 : 1 + ID], packed[1 + ID :]
        return Cursor(UUID(bytes=key), tuple(json.loads(said)) if said else (), dense == 1)
    except (BadSignature, binascii.Error, ValueError, TypeError, IndexError) as error:
        raise BadCursor(given=text[:80]) from error


def signer(layer: Layer, audience: Audience, query: Query) -> Signer:
    """Signs the cursors of this question of this reader, and no others."""
    asked = (
        layer.id,
        audience.name,
        published.whose(audience),
        query.areas,
        sorted(query.equals.items()),
        query.during,
        query.order,
        query.filter,
        query.filter_system,
        *([query.words] if query.words else []),
        *([query.days, query.past] if query.elsewhere else []),
    )
    return Signer(salt=f"{__name__} {hashlib.blake2b(repr(asked).encode(), digest_size=16).hexdigest()}", sep=".")
