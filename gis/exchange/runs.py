"""Runs that somebody asks for and a worker carries out; how the work is queued is not known here."""

import logging
from dataclasses import replace
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from psycopg import sql

from gis.db.acting import acting_as
from gis.refusals import Refusal

from .choices import Choices
from .deliveries import forget_file, path_of
from .importing import import_file
from .look import lacks_unit
from .mapping import Wishes, plan
from .models import Delivery, ImportFeature, ImportRun, Quarantine
from .order import JOB
from .reasons import in_both
from .recording import STOPPED, end_as
from .refusals import Cancelled, NoLongerKept, NoUnit, ReadOtherwiseSince, StillGoing, TryFirst, UnreadableFile
from .releasing import release
from .target import authority_model, find_target
from .watch import in_hand, lives

State = ImportRun.State
log = logging.getLogger(__name__)
# Rows of a dry run that are deleted in one transaction.
AT_ONCE = 5000


@transaction.atomic
def ask_for(delivery: Delivery, *, dry: bool, by: UUID) -> ImportRun:
    """A run of the file as it is to be read now; it waits for `take_up`.

    Raises NoLongerKept, StillGoing, NoUnit, TryFirst, UnreadableFile where the columns of the place are undecided, and
    those of `mapping.plan`.

    What an earlier dry run said is dropped with the work (`take_up`): the question has changed.
    """
    held = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if not held.kept or held.state != Delivery.State.READY:
        raise NoLongerKept
    if any(is_going(run) for run in held.runs.all()):
        raise StillGoing
    if lacks_unit(held):
        raise NoUnit
    _sayable(held)
    if not dry and held.choices.get("snapshot") and not _tried(held):
        raise TryFirst
    made: ImportRun = ImportRun.objects.create(
        authority_id=held.authority_id,
        layer=held.layer,
        file_name=held.file_name,
        sha256=held.found.get("sha256", ""),
        snapshot=held.choices.get("snapshot") or None,
        state=State.WAITING,
        dry=dry,
        delivery=held,
        choices=held.choices,
        by=by,
    )
    return made


@transaction.atomic
def ask_again(run: ImportRun, *, dry: bool, by: UUID) -> ImportRun:
    """The file of a run once more, as that run read it. Raises ReadOtherwiseSince and what `ask_for` raises."""
    held = Delivery.objects.select_for_update().get(runs=run)
    if held.choices != run.choices:
        raise ReadOtherwiseSince
    return ask_for(held, dry=dry, by=by)


@transaction.atomic
def discard(delivery: Delivery) -> None:
    """Delete a file that nobody needs. Raises StillGoing where a run waits for it or reads it."""
    held = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if any(is_going(run) for run in held.runs.all()):
        raise StillGoing
    forget_file(held)


def _sayable(held: Delivery) -> None:
    """What the reading would refuse after minutes is refused now: half a place, fields that nothing is named for."""
    choices = Choices.from_json(held.choices)
    if choices.undecided:
        raise UnreadableFile(choices.undecided)
    code = authority_model()._base_manager.values_list("code", flat=True).get(pk=held.authority_id)
    wishes = Wishes(choices.columns, choices.values, choices.recodes)
    columns = tuple(column["name"] for column in held.found["columns"])
    # Whether records are there that the file may complete is known only then.
    plan(find_target(held.layer, code), wishes, columns, snapshot=bool(choices.snapshot), has_rows=True)


def _tried(held: Delivery) -> bool:
    """Somebody has seen what becomes of the records with these choices, or has begun it already after that."""
    alike = held.runs.filter(choices=held.choices)
    return bool(alike.filter(Q(dry=True, state=State.DONE) | Q(dry=False)).exists())


def take_up(run: UUID, authority: UUID) -> None:
    """What the worker does. A refusal is kept with the run. Must not be called inside a transaction.

    A queue may hand out a job twice: the second leaves alone what the first has in hand, and what has ended.
    """
    with in_hand(run) as ours:
        if not ours:
            log.warning("Import %s is in another worker's hands already", run)
            return
        with acting_as(authorities=[authority], actor=JOB):
            held = ImportRun.objects.select_related("delivery").get(pk=run)
            code = authority_model()._base_manager.values_list("code", flat=True).get(pk=authority)
            waits = is_going(held) and held.state == State.WAITING
        if waits:
            _carry_out(held, code)


def _carry_out(held: ImportRun, code: str) -> None:
    if held.kind == ImportRun.Kind.RELEASE:
        release(held, code)
        return
    assert held.delivery is not None  # noqa: S101  (a run that waits for a worker has one)
    order = Choices.from_json(held.choices).order(held.layer, path_of(held.delivery), code)
    order = replace(order, run=held.id, dry_run=held.dry, actor=f"user:{held.by}")
    try:
        import_file(order)
    except Refusal as refusal:
        end_as(held.id, held.authority_id, order, refusal)
    else:
        if not held.dry:
            with acting_as(authorities=[held.authority_id], actor=order.actor, reason=held.file_name):
                if not left(held.delivery):
                    forget_file(held.delivery)
    _forget_tries(held)


def left(delivery: Delivery) -> list[str]:
    """The tables of the file that no run has imported, such as the CAD layers of a drawing; it is kept for them."""
    tables, whole = delivery.found.get("tables", []), delivery.found.get("whole")
    read = {run.choices.get("table", "") for run in delivery.runs.filter(dry=False, state=State.DONE)}
    return [] if len(tables) < 2 or whole in read else [name for name in tables if name not in read]


def _forget_tries(run: ImportRun) -> None:
    """The dry runs of a file before `run`, in pieces: of a country's file their quarantine has 100,000s of rows."""
    with acting_as(authorities=[run.authority_id], actor=JOB):
        before = ImportRun.objects.filter(delivery=run.delivery_id, dry=True, started_at__lte=run.started_at)
        tries = [tried.pk for tried in before.exclude(pk=run.pk).exclude(state__in=ImportRun.GOING)]
    for tried in tries:
        for model in (Quarantine, ImportFeature):
            while _some_gone(model, tried, run.authority_id):
                pass
        with acting_as(authorities=[run.authority_id], actor=JOB):
            ImportRun.objects.filter(pk=tried).delete()


def _some_gone(model: type[Model], run: UUID, authority: UUID) -> bool:
    """Deletes some rows of a dry run, of which nothing was decided, so that no step hangs on one. Were there any?"""
    table = sql.Identifier(model._meta.db_table)
    some = sql.SQL("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE run_id = %s LIMIT %s)")
    with acting_as(authorities=[authority], actor=JOB), connection.cursor() as cursor:
        cursor.execute(some.format(table=table).as_string(), [run, AT_ONCE])
        return bool(cursor.rowcount)


def cancel(run: ImportRun) -> None:
    """A waiting run ends at once; a running one within a second or two, unless it is being committed."""
    found = ImportRun.objects.filter(pk=run.pk)
    arabic, english = in_both(Cancelled(), {})
    found.filter(state=State.WAITING).update(
        state=State.CANCELLED, ended_at=timezone.now(), message_ar=arabic, message_en=english
    )
    found.filter(state=State.RUNNING).update(to_cancel=True)


def is_going(run: ImportRun) -> bool:
    """Is it waiting or running? One whose process is no more is told to have stopped, and kept so."""
    if run.state == State.RUNNING and not lives(run.id):
        arabic, english = in_both(STOPPED, {})
        with acting_as(authorities=[run.authority_id], actor=JOB):  # whoever looks may have no right to write
            dead = ImportRun.objects.filter(pk=run.pk, state=State.RUNNING)
            dead.update(state=State.STOPPED, ended_at=timezone.now(), message_ar=arabic, message_en=english)
            run.refresh_from_db()
    return run.state in ImportRun.GOING
