"""What waits in quarantine must not go backwards: a newer file that brings the same number overtakes it.

Exact, because it is asked while the newer file's numbers are all there, taken or not. A snapshot is the whole state of
its day, so it overtakes also what it does not bring. What was overtaken is kept, and is released no more.
"""

from uuid import UUID

from psycopg import sql

from .models import ImportRun, Quarantine, QuarantineStep
from .reasons import in_both
from .refusals import Overtaken
from .staging import Asking
from .target import Target


def overtake(ask: Asking, target: Target, run: UUID, *, whole: bool) -> None:
    """Close the open features of earlier runs whose number this run brings, or all that have one if it is `whole`."""
    if not target.key:
        return
    brought = ask.compose(
        "q.source_id IN (SELECT r.{key}::text FROM {rows} r UNION ALL SELECT f.key FROM {faults} f)",
        key=sql.Identifier(target.column(target.key)),
    )
    arabic, english = in_both(Overtaken(), {})
    ask.run(
        "WITH gone AS (UPDATE {quarantine} q SET state = 'overtaken', version = version + 1, settled_by_id = {run} "
        "FROM {runs} o WHERE o.id = q.run_id AND q.state = 'open' AND q.source_id <> '' AND q.run_id <> {run} "
        "AND NOT o.dry AND o.layer = {layer} AND q.authority_id = {holder} AND {brought} RETURNING q.id) "
        "INSERT INTO {steps} (item_id, authority_id, what, told_ar, told_en) "
        "SELECT id, {holder}, 'overtaken', {arabic}, {english} FROM gone",
        quarantine=sql.Identifier(Quarantine._meta.db_table),
        runs=sql.Identifier(ImportRun._meta.db_table),
        steps=sql.Identifier(QuarantineStep._meta.db_table),
        run=sql.Literal(run),
        layer=sql.Literal(target.layer.id),
        holder=sql.Literal(target.holder.id),
        brought=sql.SQL("true") if whole else brought,
        arabic=sql.Literal(arabic),
        english=sql.Literal(english),
    )
