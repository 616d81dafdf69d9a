"""Followers inside the platform: what keeps derived tables (words for search, generalised shapes) in line.

A follower has a name and, for each table it follows, a place in the change log: the snapshot up to which it has seen
the history (see `gis.changes`, why by snapshot and not by number or clock). A step takes the records that changed in a
window between two snapshots, does its work and moves the place, in one transaction: whoever is killed in the middle
has done nothing, and the next one begins there. What is derived is made from the records as they are, so a record that
comes twice does no harm.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

from gis.changes import ALL_SEEN, NOTHING_SEEN, without_own

Take = Callable[[str, list[UUID]], None]

VERSIONS = 20_000  # of the history in one step
KEY = "hashtextextended('follower ' || name, 0)"  # of the lock that a follower's step holds


class Follower(models.Model):
    """Where a follower stands with a table: the window from `seen` to `until`, after the version `seq`.

    `known` is a number of the history that every version of an earlier era lies below; `taken` counts the versions that
    it has seen since it began.
    """

    name = models.TextField()
    table_name = models.TextField()
    era = models.IntegerField()
    seen = models.TextField()
    until = models.TextField(default="", db_default="")
    seq = models.BigIntegerField(default=0, db_default=0)
    known = models.BigIntegerField(default=0, db_default=0)
    taken = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("name", "table_name"),
                name="follower_has_one_place",
                violation_error_message=_("The follower has a place in this table already. Move that one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.table_name}"


@dataclass(frozen=True)
class _Now:
    era: int
    snapshot: str
    known: int


def follow(name: str, tables: Iterable[str], take: Take, begin: Callable[[], None], *, using: str = "default") -> int:
    """Bring what is derived up to now; returns how many changed records were taken.

    `begin` makes everything anew, for a follower that has no place in one of the tables; `take` is given a table and
    the records of it that have changed or gone. Both run in the transaction that moves the place. Somebody else who
    follows under the same name at the moment does the work: then nothing is done here.
    """
    wanted = tuple(tables)
    if not _begun(name, wanted, begin, using):
        return 0
    taken = 0
    for table in wanted:
        more = True
        while more:
            count, more = _step(name, table, take, using)
            taken += count
    return taken


def forget(name: str, *, using: str = "default") -> None:
    """Let the follower begin anew next time."""
    Follower.objects.using(using).filter(name=name).delete()


@contextmanager
def held(names: Iterable[str], *, using: str = "default") -> Iterator[None]:
    """Nobody else follows under these names meanwhile, this session may: for a load after which all is made anew.

    Waits for the step that somebody is at. If the session breaks off, the others go on.
    """
    wanted = list(names)
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"SELECT pg_advisory_lock({KEY}) FROM unnest(%s::text[]) AS name", [wanted])  # noqa: S608
        cursor.execute("RESET statement_timeout")
    try:
        yield
    finally:
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({KEY}) FROM unnest(%s::text[]) AS name", [wanted])  # noqa: S608


def _begun(name: str, tables: tuple[str, ...], begin: Callable[[], None], using: str) -> bool:
    with transaction.atomic(using=using):
        if not alone(name, using):
            return False
        places = Follower.objects.using(using).filter(name=name)
        if set(places.values_list("table_name", flat=True)) == set(tables):
            return True
        now = _now(using)  # before anything is read: what is committed meanwhile comes again
        begin()
        places.delete()
        Follower.objects.using(using).bulk_create(
            Follower(name=name, table_name=table, era=now.era, seen=now.snapshot, known=now.known) for table in tables
        )
    return True


def _step(name: str, table: str, take: Take, using: str) -> tuple[int, bool]:
    """Take the next versions of a table: how many records, and whether there may be more."""
    with transaction.atomic(using=using):
        if not alone(name, using):
            return 0, False
        place = Follower.objects.using(using).get(name=name, table_name=table)
        now = _now(using)
        until = place.until or (now.snapshot if place.era == now.era else ALL_SEEN)
        ids, last, counted = _changed(place, until, using)
        if ids:
            take(table, ids)
        place.taken += counted
        if counted == VERSIONS:
            place.until, place.seq = until, last
        else:
            ended = until == ALL_SEEN
            place.era, place.seen = (place.era + 1, NOTHING_SEEN) if ended else (place.era, until)
            place.until, place.seq = "", 0
            place.known = place.known if ended else now.known
        place.save(using=using)
    return len(ids), counted == VERSIONS or until != now.snapshot


def _changed(place: Follower, until: str, using: str) -> tuple[list[UUID], int, int]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT ids, last_seq, counted FROM history_changed(%s, %s, %s, %s::pg_snapshot, %s::pg_snapshot, %s)",
            [place.table_name, place.era, place.seq, place.seen, until, VERSIONS],
        )
        ids, last, counted = cursor.fetchone()
    return ids, last or 0, counted


def _now(using: str) -> _Now:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT era, snapshot::text, own::text, known FROM history_place(), history_known() AS known")
        era, snapshot, own, known = cursor.fetchone()
    return _Now(era, without_own(snapshot, own), known)


def alone(name: str, using: str) -> bool:
    """Whether nobody else follows under this name now; nor do the limits of an answer hold for what follows."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({KEY}) FROM (SELECT %s AS name) n", [name])  # noqa: S608
        (free,) = cursor.fetchone()
    return bool(free)
