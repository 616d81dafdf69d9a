"""Bringing one file into one layer: read apart, judge as a set, write in one step."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, OperationalError, ProgrammingError
from psycopg.errors import DeadlockDetected, InsufficientPrivilege, LockNotAvailable

from .checks import Checks
from .intake import Intake
from .landing import Landing
from .mapping import Plan, plan
from .models import ImportRun
from .order import Order, Progress
from .overtaking import overtake
from .recording import alone, end, recorded
from .refusals import NotTheirs, NoValidTime, OthersAtWork, RuleOfTheTable
from .report import Report, count
from .rivals import Rivals
from .source import Source
from .spool import Spool
from .staging import Asking, Staging
from .target import Target, find_target
from .words import Name

MOST_DEADLOCKS = 3
# Where the judging of the rows alone ends, and that of the rows among themselves: about their shares of its time.
ALONE, TOGETHER = 0.3, 0.6


@dataclass(frozen=True)
class Done:
    """The report of an import, and what was found out about the file."""

    report: Report
    about: dict[str, Any]


def import_file(order: Order, progress: Progress = lambda stage, done, rows: None) -> Done:
    """Import the file. Raises a Refusal; then nothing of it is in the layer.

    Every run is kept (ImportRun), with its message when it was refused; but a dry one only where its record is there
    already (`order.run`).
    """
    target = find_target(order.layer, order.authority)
    if order.snapshot and not target.dated:
        raise NoValidTime(layer=order.layer)
    return carry_out(Import(order, target), progress)


def carry_out(work: "Import", progress: Progress = lambda stage, done, rows: None) -> Done:
    """The work, alone in its layer, with a record where it has or gets one."""
    with alone(work.target):
        if work.order.dry_run and work.order.run is None:
            return work.run(None, progress)
        with recorded(work.order, work.target, progress) as (run, tell):
            return work.run(run, tell)


class _Undone(Exception):
    """Takes back what a dry run wrote: all rules of the database have been asked, and nothing stays."""


class Import:
    """One run; `recorded` is None for a dry one of which no record is kept."""

    def __init__(self, order: Order, target: Target) -> None:
        self.order = order
        self.target = target
        self.gave_way = 0

    def run(self, recorded: UUID | None, progress: Progress) -> Done:
        order, self.recorded, self.progress = self.order, recorded, progress
        with TemporaryDirectory(prefix="import-") as folder:
            work = Path(folder)
            self.spool = Spool(work)
            run = recorded or uuid4()
            self.staging = Staging(self.target, run, order.path.name, order.snapshot, order.actor)
            with self.open(work) as source, self.staging:
                self.plan = self._plan(source)
                self.intake = Intake(order, source, self.staging, self.plan, self.spool)
                self.intake.run(self.progress)
                self.about = self._about(source)
                return Done(self._judge_and_write(), self.about)

    def open(self, work: Path) -> Source:
        """Where the rows come from."""
        order = self.order
        return Source(
            order.path,
            work,
            table=order.table,
            encoding=order.encoding,
            places=order.wishes.reading,
            waiting=lambda done, rows: self.progress("reading", done, rows),
        )

    def _plan(self, source: Source) -> Plan:
        with self.staging.acting() as ask:
            has_rows = bool(ask.all("SELECT FROM {stored} LIMIT 1"))
        snapshot = self.order.snapshot is not None
        head, places = source.head, tuple(source.head.places.values())
        return plan(self.target, self.order.wishes, head.columns, snapshot=snapshot, has_rows=has_rows, places=places)

    def _judge_and_write(self) -> Report:
        self._checking(0.0)
        self.checks = Checks(self.target, self.plan, self.order.snapshot, whole=not self.order.part)
        self.staging.analyze()
        with self.staging.acting(whole=True) as ask:
            for done, check in enumerate((self.checks.identify, self.checks.values, self.checks.doubles), start=1):
                check(ask)
                self._checking(ALONE * done / 3)
        if not self.checks.some_new:
            self.staging.all_same()
        self.rivals = Rivals(self.target, self.staging)
        if self.checks.some_new:
            self._index()
            self.rivals.among_themselves(
                self.intake.take_extents(), lambda done: self._checking(ALONE + (TOGETHER - ALONE) * done)
            )
        while True:
            self._settle_with_stored()
            try:
                return self._write()
            except IntegrityError as error:
                self._look_again(error)
            except OperationalError as error:
                self._give_way(error)
            except ProgrammingError as error:
                if isinstance(error.__cause__, InsufficientPrivilege):
                    raise NotTheirs(authority=Name.of(self.target.holder)) from error
                raise

    def _index(self) -> None:
        """Once each row is known for what it is: rows that are rewritten then would be indexed twice."""
        with self.staging.acting() as ask:
            some_known = ask.one("SELECT EXISTS (SELECT FROM {rows} WHERE import_was IS NOT NULL)")
        # By their records they are asked for only beside rows that bring something.
        self.staging.index(*(["import_was"] if some_known else []))
        self.staging.analyze()

    def _checking(self, done: float) -> None:
        """How much has been judged, in the rows that this would be."""
        self.progress("checking", done, int(self.intake.read * done))

    def _look_again(self, error: IntegrityError) -> None:
        """Somebody was quicker than us, or the database's library is stricter than ours.

        Raises RuleOfTheTable when nothing new is found, so this ends.
        """
        with self.staging.acting() as ask:
            before = ask.one("SELECT count(*) FROM {faults}")
            self.checks.values(ask, geometry=True)
        self.rivals.ask_anew()
        self._settle_with_stored()
        with self.staging.acting() as ask:
            if ask.one("SELECT count(*) FROM {faults}") > before:
                return
        diagnosis = getattr(error.__cause__, "diag", None)
        rule = getattr(diagnosis, "constraint_name", None)
        raise RuleOfTheTable(
            rule=rule or "-", told=getattr(diagnosis, "message_primary", None) or str(error)
        ) from error

    def _give_way(self, error: OperationalError) -> None:
        """Of two writers that wait for each other the database ends one; what is staged can be written again.

        Raises OthersAtWork when that does not help, or when somebody holds what is needed for longer than we wait.
        """
        if not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
            raise error
        self.gave_way += 1
        if self.gave_way > MOST_DEADLOCKS or isinstance(error.__cause__, LockNotAvailable):
            raise OthersAtWork(layer=self.order.layer) from error

    def _settle_with_stored(self) -> None:
        """A change that is refused leaves the old record in its place, which may refuse another: until all is quiet."""
        refused = int(self.checks.some_new)
        while refused:
            with self.staging.acting(whole=True) as ask:
                refused = self.checks.taken(ask)
            refused += self.rivals.with_stored(lambda done: self._checking(TOGETHER + (1 - TOGETHER) * done))
        self._checking(1.0)
        self.staging.analyze()

    def _write(self) -> Report:
        landing = Landing(self.staging, self.plan, self.checks, self.intake.positions.operation)
        self.progress("writing", 0.0, 0)
        with suppress(_Undone), self.staging.acting() as ask:
            report = count(ask, self.intake.read)
            self.hold(ask)
            landing.write(ask, self.order.snapshot, self.progress)
            if not self.order.dry_run:
                self.keep(ask, landing)
            landing.judge(ask, self.progress)
            if self.order.dry_run:
                raise _Undone
            self._end(report)  # the last of all: from here on the record is locked, and nobody can cancel
        if self.order.dry_run and self.recorded:
            self._keep_dry(landing, report)
        return report

    def hold(self, ask: Asking) -> None:
        """Asked in the transaction that writes, before it does."""

    def keep(self, ask: Asking, landing: Landing) -> None:
        """What is written about the rows besides the rows themselves, in the same transaction."""
        assert self.recorded is not None  # noqa: S101  (only a dry run has no record)
        landing.keep_features(ask, self.recorded)
        landing.quarantine(ask, self.recorded, self.spool)
        overtake(ask, self.target, self.recorded, whole=self.order.snapshot is not None)

    def _keep_dry(self, landing: Landing, report: Report) -> None:
        """What would be in quarantine is shown before anything is."""
        assert self.recorded is not None  # noqa: S101  (the caller has looked)
        with self.staging.acting() as ask:
            landing.quarantine(ask, self.recorded, self.spool)
            self._end(report)

    def _end(self, report: Report) -> None:
        assert self.recorded is not None  # noqa: S101  (only a dry run has no record)
        end(self.recorded, ImportRun.State.DONE, counts=report.to_json(), source=self.about)

    def _about(self, source: Source) -> dict[str, Any]:
        head, operation = source.head, self.intake.positions.operation
        return {
            "format": head.format,
            "system": operation.source,
            "system_from": "option" if self.order.crs else head.crs_from,
            "operation": operation.name,
            "accuracy_m": operation.accuracy_m,
            "swapped": self.order.swap_axes,
            "place_checked": self.intake.positions.inside is not None,
            "encoding": head.encoding,
            "encoding_from": head.encoding_from,
            "remarks": head.remarks,
            "columns": self.plan.columns,
            "values": self.plan.values,
            "places": dict(head.places),
            "unused": self.plan.unused,
        }
