"""Features of the quarantine judged anew, by the very steps of an import, as rows that come from there.

Those of one release came with one file and are read as it was read. What an officer corrected stands in for what came:
a drawn geometry is in storage coordinates already, so drawn and other features are not released together.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import pyarrow as pa

from gis import crs
from gis.db.acting import acting_as
from gis.history import versions
from gis.refusals import Refusal

from .choices import Choices
from .importing import Import, carry_out
from .landing import Landing
from .models import ImportRun, Quarantine, QuarantineStep
from .order import JOB
from .portions import LARGE, MostOctets, Octets, columns_of, portions
from .quarantine import said
from .readers.table import Head, batch_of
from .recording import end_as
from .refusals import ChangedSince, DecidedMeanwhile
from .source import Batch
from .staging import WEB, Asking
from .target import find_target

Item = Quarantine


def release(run: ImportRun, authority: str) -> None:
    """Carry out a run of kind "release"; a refusal is kept with it and its features stay where they are."""
    with acting_as(authorities=[run.authority_id], actor=JOB):
        released = run.settled.filter(state=Item.State.OPEN).order_by("row")
        drawn = released.filter(drawn__isnull=False).exists()
        items = list(released.defer(*LARGE).select_related("run"))
        columns = columns_of(released)
    choices = Choices.from_json(run.choices).without_places()
    if drawn:
        choices = replace(choices, crs=crs.STORAGE, swap_axes=False)
    order = choices.order(run.layer, Path(run.file_name), authority)
    order = replace(order, run=run.id, part=True, actor=f"user:{run.by}")
    try:
        carry_out(_Release(order, find_target(run.layer, authority), items, columns, drawn=drawn))
    except Refusal as refusal:
        end_as(run.id, run.authority_id, order, refusal)


class _Rows:
    """The features in place of a file, some at a time: each may be as large as one of a file may be."""

    def __init__(self, items: Sequence[Item], columns: Sequence[str], *, drawn: bool) -> None:
        self.items = items
        self.drawn = drawn
        about = items[0].run.source if items else {}
        system = crs.STORAGE if drawn else (items[0].original_crs if items else "")
        self.head = Head(str(about.get("format", "")), tuple(columns), system, "file", "", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        pass

    def batches(self) -> Iterator[Batch]:
        done = 0
        for keys in self._portions():
            with self._acting():
                some = list(Item.objects.filter(pk__in=keys).order_by("row"))
            done += len(some)
            yield self._batch(some, done / len(self.items))

    def _portions(self) -> Iterator[list[UUID]]:
        shape = "drawn" if self.drawn else "original"
        with self._acting():
            mine = Item.objects.filter(pk__in=[item.pk for item in self.items]).order_by("row")
            sizes = list(mine.annotate(size=Octets(shape) + MostOctets("attributes")).values_list("pk", "size"))
        for some in portions(sizes, lambda one: one[1]):
            yield [key for key, _size in some]

    def _acting(self) -> AbstractContextManager[None]:
        return acting_as(authorities=[item.authority_id for item in self.items[:1]], actor=JOB)

    def _batch(self, items: Sequence[Item], done: float) -> Batch:
        wanted = [item.drawn if self.drawn else item.original for item in items]
        shapes = pa.array([None if data is None else bytes(data) for data in wanted], pa.binary())
        names = self.head.columns
        values = [item.attributes | (item.values or {}) for item in items]
        columns = [pa.array([_text(row.get(name)) for row in values], pa.string()) for name in names]
        batch = batch_of([item.row for item in items], shapes, names, columns)
        return Batch(batch.column(0), batch.column(1), batch.column(2), batch.select(range(3, batch.num_columns)), done)


class _Release(Import):
    """What is taken is settled; what is not stays, with its new reason."""

    def __init__(self, order: Any, target: Any, items: Sequence[Item], columns: Sequence[str], *, drawn: bool) -> None:
        super().__init__(order, target)
        self.items = items
        self.rows = _Rows(items, columns, drawn=drawn)

    def open(self, work: Path) -> Any:
        return self.rows

    def keep(self, ask: Asking, landing: Landing) -> None:
        assert self.recorded is not None  # noqa: S101  (a release has a record)
        landing.keep_features(ask, self.recorded)
        taken = dict(ask.all("SELECT import_row, id FROM {rows}"))
        faults = {row: (code, json.loads(told)) for row, code, told in self._faults(ask)}
        steps = [self._settle(item, taken.get(item.row), faults.get(item.row)) for item in self.items]
        QuarantineStep.objects.using(WEB).bulk_create(steps)

    def hold(self, ask: Asking) -> None:
        """Raises DecidedMeanwhile where one of them is no longer what was read."""
        known = {item.pk: item.version for item in self.items}
        held = Item.objects.using(WEB).select_for_update().filter(
            pk__in=known, state=Item.State.OPEN, settled_by=self.recorded
        )  # fmt: skip
        if {item.pk: item.version for item in held.only("version")} != known:
            raise DecidedMeanwhile
        self._not_backwards(ask)

    def _not_backwards(self, ask: Asking) -> None:
        """A record that was written after the file came is newer than what the file said. Raises ChangedSince."""
        came = {item.row: item.run.started_at for item in self.items}
        for row, was, label in ask.all(
            "SELECT r.import_row, r.import_was, t.{label}::text FROM {rows} r JOIN {stored} t ON t.id = r.import_was "
            "WHERE NOT r.import_same",
            label=self.checks.label,
        ):
            if any(version.at > came[row] for version in versions(self.target.model, was, using=WEB)):
                raise ChangedSince(rival=label)

    def _faults(self, ask: Asking) -> list[tuple[Any, ...]]:
        return ask.all("SELECT import_row, code, details FROM {faults}")

    def _settle(self, item: Item, record: UUID | None, fault: tuple[str, dict[str, Any]] | None) -> QuarantineStep:
        found = Item.objects.using(WEB).filter(pk=item.pk)
        what, told = QuarantineStep.What.RELEASED, ("", "")
        if fault is None:
            found.update(state=Item.State.RELEASED, record_id=record, version=item.version + 1)
        else:
            code, details = fault
            what, told = QuarantineStep.What.RETURNED, said(self.target, code, details)
            found.update(
                code=code,
                details=details,
                reason_ar=told[0],
                reason_en=told[1],
                version=item.version + 1,
                settled_by=None,
            )
        return QuarantineStep(
            item=item, authority_id=item.authority_id, what=what, told_ar=told[0], told_en=told[1],
            by=UUID(self.order.actor.removeprefix("user:")) if fault is None else None,
        )  # fmt: skip


def _text(value: Any) -> str | None:
    """As a file of text would have it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
