"""The log that a follower reads to keep a copy of a layer: what has changed since a token, in an order that is right.

A page lies between two snapshots of the database. A snapshot is a consistent cut: if it sees a transaction, it sees
everything that transaction built on, and no transaction still open can add behind it. Inside, changes are ordered by
the number that each drew under the lock of its row. A bound by transaction number instead of by snapshot would be
wrong: an old transaction that overwrites a newer one's row may pass the bound before it (a test shows the copy that
comes of it), as would order by transaction number or by clock.

The log is an index over the history, through the views of `gis.db.past`: what a reader may not see is not in it.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple, Protocol
from uuid import UUID

from django.db import connections, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import published
from gis.db.past import changes_schema, tenants
from gis.db.publish import columns
from gis.history import Row, rows
from gis.layers import Audience, Layer
from gis.refusals import Refusal

NOTHING_SEEN = "1:1:"
ALL_SEEN = "999999999999999999:999999999999999999:"
VERSIONS = 2000  # looked at in one question, so that each takes milliseconds whatever the log's length
STRETCHES = 20  # questions a page; a stretch may hold nothing that the reader may see
NUMBER = r"\d{1,18}"
SNAPSHOT = rf"{NUMBER}:{NUMBER}:(?:{NUMBER}(?:,{NUMBER})*)?"
SHAPE = re.compile(
    rf"(?P<mark>[0-9a-f]{{16}})\|(?P<era>\d{{1,9}})\|(?P<seen>{SNAPSHOT})\|(?P<until>(?:{SNAPSHOT})?)\|(?P<seq>{NUMBER})"
)


class BadToken(Refusal):
    code: ClassVar[str] = "bad_token"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        "This is not a token of this log. Use the one that came with the last page, unchanged."
    )


class LogRestarted(Refusal):
    code: ClassVar[str] = "log_restarted"
    status: ClassVar[int] = 410
    sentence: ClassVar[str | Promise] = _(
        "The log has begun anew since this token: the database was restored or the layer is declared differently. "
        "Read the layer again from the start."
    )


@dataclass(frozen=True)
class Token:
    """A place in the log `mark`: from snapshot `seen` to `until` (empty: not chosen yet), after the number `seq`."""

    mark: str
    era: int
    seen: str
    until: str = ""
    seq: int = 0

    def __str__(self) -> str:
        text = "|".join((self.mark, str(self.era), self.seen, self.until, str(self.seq)))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def is_ahead_of(self, place: "_Place") -> bool:
        """Does it know transactions that this database does not?"""
        known = max(_snapshot(snapshot)[1] for snapshot in (self.seen, self.until or self.seen))
        return (self.era, known) > (place.era, _snapshot(place.now)[1])

    def next_window(self) -> "Token":
        """The place after the last version of this window."""
        if self.until == ALL_SEEN:
            return Token(self.mark, self.era + 1, NOTHING_SEEN)
        return Token(self.mark, self.era, self.until)

    @classmethod
    def parse(cls, text: str) -> "Token":
        try:
            padded = text + "=" * (-len(text) % 4)
            plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, ValueError) as error:
            raise BadToken from error
        if not (found := SHAPE.fullmatch(plain)):
            raise BadToken
        token = cls(found["mark"], int(found["era"]), found["seen"], found["until"], int(found["seq"]))
        if not (_is_sound(token.seen) and _is_sound(token.until or token.seen)):
            raise BadToken
        return token


@dataclass(frozen=True)
class Change:
    """What became of a feature: "put" carries it as the reader may see it, "delete" only its id."""

    seq: int
    op: Literal["put", "delete"]
    id: UUID
    at: datetime
    row: Row | None


class Numbered(Protocol):
    @property
    def seq(self) -> int: ...


class Page[C: Numbered](NamedTuple):
    """Changes in their order, the token to go on with, and whether there may be more already."""

    changes: list[C]
    token: Token
    more: bool


class Stretch[C: Numbered](NamedTuple):
    """What the reader may see of the next VERSIONS versions, and the number they reach; None when the window ends.

    `full`: the last of them fills the page, however many it may hold.
    """

    changes: list[C]
    reached: int | None
    full: bool = False


class _Place(NamedTuple):
    mark: str
    era: int
    now: str


def start(layer: Layer, *, audience: Audience, using: str) -> Token:
    """The token of this moment, for a follower that reads the whole layer next. Changes may repeat what it read."""
    place = _place(layer, audience, using)
    return Token(place.mark, place.era, place.now)


def page(
    layer: Layer, *, audience: Audience, using: str, since: Token | None = None, limit: int = 1000
) -> Page[Change]:
    """Up to `limit` changes after the token (None: from the very beginning), and the token to go on with.

    Without `more` the follower is where the database was when the page was asked for. An officer needs `acting_as`
    around it. Raises LogRestarted when the token is of another log.
    """

    def look(token: Token, room: int) -> Stretch[Change]:
        return _stretch(layer, audience, using, token)

    return walk(layer, audience=audience, using=using, since=since, limit=limit, look=look)


def walk[C: Numbered](
    layer: Layer,
    *,
    audience: Audience,
    using: str,
    since: Token | None,
    limit: int,
    look: Callable[[Token, int], Stretch[C]],
) -> Page[C]:
    """A page of what `look` tells of the stretch after a token; it is also told how many the page has room for."""
    found: list[C] = []
    with transaction.atomic(using=using):
        place = _place(layer, audience, using)
        token = since or Token(place.mark, 1, NOTHING_SEEN)
        if token.mark != place.mark or token.is_ahead_of(place):
            raise LogRestarted
        for _ in range(STRETCHES):
            token = replace(token, until=token.until or (place.now if token.era == place.era else ALL_SEEN))
            room = limit - len(found)
            stretch = look(token, room)
            found += stretch.changes[:room]
            if len(found) == limit or stretch.full:
                return Page(found, replace(token, seq=found[-1].seq), more=True)
            token = token.next_window() if stretch.reached is None else replace(token, seq=stretch.reached)
            if token.seen == place.now:
                return Page(found, token, more=False)
    return Page(found, token, more=True)


def reach(cursor: Any, layer: Layer, token: Token) -> tuple[int, int, int]:
    """The numbers of the first and the last of the next VERSIONS versions, and how many they are."""
    cursor.execute(
        "SELECT * FROM history_reach(%s, %s, %s, %s::pg_snapshot, %s::pg_snapshot, %s)",
        [layer.table, token.era, token.seq, token.seen, token.until, VERSIONS],
    )
    first, last, counted = cursor.fetchone()
    return first, last, counted


def _stretch(layer: Layer, audience: Audience, using: str, token: Token) -> Stretch[Change]:
    named = ", ".join(f'"{name}"' for name in columns(layer, audience))
    with connections[using].cursor() as cursor:
        first, last, counted = reach(cursor, layer, token)
        if not counted:
            return Stretch([], None)
        cursor.execute(
            f"""
            SELECT v_seq, op, v_at, {named} FROM {changes_schema(audience)}."{layer.view}"
            WHERE v_seq >= %s AND v_seq <= %s AND v_era = %s
              AND NOT pg_visible_in_snapshot(v_xid, %s::pg_snapshot) AND pg_visible_in_snapshot(v_xid, %s::pg_snapshot)
            ORDER BY v_seq
            """,  # noqa: S608 -- names from the declaration
            [first, last, token.era, token.seen, token.until],
        )
        return Stretch([_change(row) for row in rows(cursor)], last if counted == VERSIONS else None)


def _change(row: Row) -> Change:
    seq, op, at = row.pop("v_seq"), row.pop("op"), row.pop("v_at")
    return Change(seq=seq, op=op, id=row["id"], at=at, row=row if op == "put" else None)


def opening(layer: Layer, audience: Audience) -> int:
    """The number of the last change that may have opened or closed rows of the layer; 0 where all are always open.

    Raises what `published.reading` raises.
    """
    if layer.open_rows is None:
        return 0
    with published.reading(audience) as cursor:
        cursor.execute("SELECT last FROM history_place(%s)", [tenants(layer)])
        (last,) = cursor.fetchone()
    return int(last)


def _place(layer: Layer, audience: Audience, using: str) -> _Place:
    """Where the log stands now. Another identity, declaration or rule of what is open makes it another log."""
    deciding = tenants(layer) if layer.open_rows is not None else None
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT identity, era, snapshot::text, own::text, last FROM history_place(%s)", [deciding])
        identity, era, snapshot, own, last = cursor.fetchone()
    declared = (layer.id, audience.name, columns(layer, audience), str(layer.open_rows), last)
    mark = hashlib.sha256(repr((identity, declared)).encode()).hexdigest()[:16]
    return _Place(mark, era, without_own(snapshot, own))


def without_own(snapshot: str, own: str | None) -> str:
    """The snapshot with the asking transaction counted as unfinished, for it may still write or be undone."""
    low, high, open_ones = _snapshot(snapshot)
    if own is None or int(own) >= high:
        return snapshot
    listed = ",".join(str(number) for number in sorted({*open_ones, int(own)}))
    return f"{min(low, int(own))}:{high}:{listed}"


def _snapshot(text: str) -> tuple[int, int, tuple[int, ...]]:
    """The first number not finished, the first not given out, and those open in between (pg_snapshot)."""
    low, high, listed = text.split(":")
    return int(low), int(high), tuple(int(number) for number in listed.split(",") if number)


def _is_sound(text: str) -> bool:
    low, high, open_ones = _snapshot(text)
    return 0 < low <= high and list(open_ones) == sorted({*open_ones}) and all(low <= one < high for one in open_ones)
