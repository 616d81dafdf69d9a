"""How many features everybody sees of a layer: exact, though nobody counts a million rows for an answer.

The history is what is added to with each change; it is folded into one number a layer by a job of every minute, and
what has changed since is reckoned from it when somebody asks (`gis.db.counts`). A counter kept by the writers
themselves would put them all in single file.
"""

from collections.abc import Callable

from django.db import connections, models, transaction
from psycopg import sql

from gis.changes import without_own
from gis.db.publish import stamp_of
from gis.layers import Audience, Layer, registry

KEY = "hashtextextended('count ' || %s, 0)"


class Count(models.Model):
    """What was counted of a layer: on which day, from which declaration, and up to which place in the history."""

    layer = models.TextField(primary_key=True)
    number = models.BigIntegerField()
    day = models.DateField()
    stamp = models.TextField()
    era = models.IntegerField()
    seen = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.layer}: {self.number}"


def follow(*, using: str = "default", say: Callable[[str], object] = lambda line: None) -> int:
    """Fold what has changed into the numbers; returns how many layers were counted whole."""
    return sum(_fold(layer, using, say) for layer in registry if not layer.base_map)


def _fold(layer: Layer, using: str, say: Callable[[str], object]) -> bool:
    """One layer, in one snapshot: number and place are of the same moment. Somebody else's turn is left to them."""
    reader = sql.Identifier("pub", f"{layer.view}_count")
    view = sql.Identifier(Audience.PUBLIC.schema, layer.view)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({KEY}), gis_today()", [layer.id])
        free, day = cursor.fetchone()
        if not free:
            return False
        # After a restore this begins the new run of transaction numbers, so that what was counted in the old one ends.
        cursor.execute("SELECT history_era()")
        (era,) = cursor.fetchone()
        cursor.execute("SELECT snapshot::text, own::text FROM history_place()")
        snapshot, own = cursor.fetchone()
        cursor.execute(sql.SQL("SELECT {}()").format(reader).as_string())
        (number,) = cursor.fetchone()
        whole = number is None
        if whole:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(view).as_string())
            (number,) = cursor.fetchone()
            say(f"Counted {layer.id}: {number:,}")
        Count.objects.using(using).update_or_create(
            layer=layer.id,
            defaults={
                "number": number,
                "day": day,
                "stamp": stamp_of(cursor, layer) or "",
                "era": era,
                "seen": without_own(snapshot, own),
            },
        )
    return whole
