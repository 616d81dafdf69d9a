"""The seal over the history: a chain of blocks that shows any byte changed behind it, and by whom it cannot be made.

The database makes the blocks (`history_seal`), apart from the writing; each is signed here with the platform's secret,
which a superuser of the database does not have. Verifying recomputes everything: the rows' digests in the database,
the chain and the signatures here. Keep the newest digest somewhere else, and give it to `faults` as `head`: then not
even the last blocks can be cut off.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import connections, transaction

from gis.history import LONG

LEAF = struct.Struct(">q32s")  # number of the version, digest of its row
NO_BOUND = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = "number, era, from_xid::text, to_xid::text, after_seq, last_seq, closes, leaves, sealed_at, previous, digest"


@dataclass(frozen=True)
class Block:
    """A part of the chain, as stored."""

    number: int
    era: int
    from_xid: str
    to_xid: str
    after_seq: int
    last_seq: int
    closes: bool
    leaves: bytes
    sealed_at: datetime
    previous: bytes
    digest: bytes
    signature: str | None

    @property
    def computed(self) -> bytes:
        """The digest that the block's content gives."""
        microseconds = (self.sealed_at - EPOCH) // timedelta(microseconds=1)
        bounds = (self.number, self.era, self.from_xid, self.to_xid, self.after_seq, self.last_seq)
        text = "|".join((*map(str, bounds), "t" if self.closes else "f", str(microseconds)))
        return hashlib.sha256(self.previous + text.encode() + self.leaves).digest()


@dataclass(frozen=True)
class Fault:
    """The first thing found wrong in one place. `seq` is the version's number, where it is a version's."""

    what: str
    table: str = ""
    seq: int | None = None

    def __str__(self) -> str:
        return self.what if self.seq is None else f"{self.table} version {self.seq}: {self.what}"


def seal(*, using: str = "default") -> list[Block]:
    """Seal what is finished, and sign it. Returns the new blocks; no block when nothing is new."""
    made = []
    while block := _seal_one(using):
        made.append(block)
    return made


def _seal_one(using: str) -> Block | None:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(LONG)
        cursor.execute("SELECT history_seal()")
        (number,) = cursor.fetchone()
        if number is None:
            return None
        block = next(_blocks(cursor, after=number - 1))
        cursor.execute("SELECT history_sign(%s, %s)", [number, _signer().signature(_signed(block))])
        return block


def faults(*, head: str = "", using: str = "default") -> Iterator[Fault]:
    """What does not hold: of the chain the first fault only, since all after it rests on it; then personal versions.

    `head` is a digest (hex) noted earlier, which must still be in the chain.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(LONG)
        yield from _first(_chain_faults(cursor, head))
        cursor.execute("SELECT seq, source, fault FROM history_personal_faults()")
        for seq, table, fault in cursor.fetchall():
            yield Fault(f"its personal part is {fault}", table, seq)


def _first(found: Iterator[Fault]) -> Iterator[Fault]:
    for fault in found:
        yield fault
        return


def _chain_faults(cursor: Any, head: str) -> Iterator[Fault]:
    previous, next_number, seen = b"", 1, head == ""
    bounds = ("0", 0)
    for block in _blocks(cursor, after=0):
        if block.number != next_number or block.previous != previous:
            yield Fault(f"block {next_number} does not follow the one before it")
        if block.digest != block.computed:
            yield Fault(f"block {block.number} is not what was sealed")
        yield from _row_faults(cursor, block)
        yield from _signature_faults(block)
        if (block.from_xid, block.after_seq) != bounds and block.from_xid != "0":
            yield Fault(f"block {block.number} leaves a gap")
        previous, next_number = block.digest, block.number + 1
        seen = seen or block.digest.hex() == head
        bounds = (block.to_xid, 0) if block.closes else (block.from_xid, block.last_seq)
    if not seen:
        yield Fault(f"the chain no longer holds the digest {head}")


def _row_faults(cursor: Any, block: Block) -> Iterator[Fault]:
    """Versions of the block's window against the leaves that were sealed."""
    last = NO_BOUND if block.closes else block.last_seq
    cursor.execute(
        "SELECT seq, source, digest FROM history_leaves(%s, %s::xid8, %s::xid8, %s, %s)",
        [block.era, block.from_xid, block.to_xid, block.after_seq, last],
    )
    present = {seq: (source, bytes(digest)) for seq, source, digest in cursor.fetchall()}
    sealed = dict(LEAF.iter_unpack(block.leaves))
    for seq in sorted(present.keys() | sealed.keys()):
        table, digest = present.get(seq, ("", b""))
        if seq not in present:
            yield Fault("is missing", "a sealed", seq)
        elif seq not in sealed:
            yield Fault("was added behind the seal", table, seq)
        elif digest != sealed[seq]:
            yield Fault("is not what was sealed", table, seq)


def _signature_faults(block: Block) -> Iterator[Fault]:
    try:
        _signer().unsign(f"{_signed(block)}:{block.signature}")
    except BadSignature:
        yield Fault(f"block {block.number} is not signed by this platform (is its old SECRET_KEY in the fallbacks?)")


def _blocks(cursor: Any, *, after: int) -> Iterator[Block]:
    while True:
        cursor.execute(
            f"SELECT {COLUMNS}, signature FROM history.block WHERE number > %s ORDER BY number LIMIT 1",  # noqa: S608
            [after],
        )
        row = cursor.fetchone()
        if row is None:
            return
        block = Block(*map(_plain, row))
        yield block
        after = block.number


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _signed(block: Block) -> str:
    return f"{block.number}-{block.digest.hex()}"


def _signer() -> Signer:
    return Signer(salt="gis.sealing")
