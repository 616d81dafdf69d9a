"""Where a page ended, as text in the links "next": opaque, and bound to what was asked but not to how many at once.

A cursor that is used with another filter or order would leave features out without a word, so it is refused.
"""

import base64
import binascii
import hashlib
import json
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.layers import Layer
from gis.parameters import BadParameter

from .query import Cursor, Query

MARK = 6  # bytes: not a secret, only a check


class BadCursor(BadParameter):
    parameter: ClassVar[str] = "after"
    sentence: ClassVar[str | Promise] = _(
        '"after" is written by the links "next" only and belongs to the question they came from; "%(given)s" does not.'
        " Follow the link as it is, or leave it out to begin anew."
    )


def write(cursor: Cursor, layer: Layer, query: Query) -> str:
    """The cursor as text of letters, digits, - and _."""
    packed = _mark(layer, query) + bytes([cursor.dense]) + cursor.id.bytes
    if cursor.values:
        packed += json.dumps(cursor.values, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: str, layer: Layer, query: Query) -> Cursor:
    """The cursor that was written for this question. Raises BadCursor."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        mark, dense, key, said = packed[:MARK], packed[MARK], packed[MARK + 1 : MARK + 17], packed[MARK + 17 :]
        values = json.loads(said) if said else []
        cursor = Cursor(UUID(bytes=key), tuple(values), dense == 1)
    except (binascii.Error, ValueError, TypeError, IndexError) as error:
        raise BadCursor(given=text[:80]) from error
    sound = all(value is None or isinstance(value, str) for value in cursor.values)
    if mark != _mark(layer, query) or not sound or len(cursor.values) != len(query.order):
        raise BadCursor(given=text[:80])
    return cursor


def _mark(layer: Layer, query: Query) -> bytes:
    asked = (
        layer.id,
        query.areas,
        sorted(query.equals.items()),
        query.during,
        query.order,
        query.filter,
        query.filter_system,
        *([query.words] if query.words else []),
        *([query.days, query.past] if query.elsewhere else []),
    )
    return hashlib.blake2b(repr(asked).encode(), digest_size=MARK).digest()
