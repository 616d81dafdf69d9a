"""What officers do about quarantined features: correct, release, reject, open again; each step is kept.

Every function takes the version that the officer saw of each feature. Who comes second is told so, and nothing of it
is done.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

import shapely
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.wkb import from_wkb

from .models import ImportRun, Quarantine, QuarantineStep
from .portions import LARGE
from .refusals import BeingReleased, DecidedMeanwhile, NotDrawable, SayWhyRejected, TooLong
from .runs import is_going

State, What = Quarantine.State, QuarantineStep.What
# Letters of a value or a reason that somebody types.
LONGEST = 4000
Versions = Mapping[UUID, int]


@transaction.atomic
def correct(item: UUID, *, version: int, values: Mapping[str, str], drawn: bytes | None, by: UUID) -> Quarantine:
    """Keep corrected values (by column of the file) and a geometry (WKB, storage coordinates) beside the original.

    None takes a corrected geometry back. Raises DecidedMeanwhile, BeingReleased, NotDrawable, TooLong.
    """
    (held,) = _hold({item: version})
    changed = {name: text for name, text in values.items() if text != as_written(held.attributes.get(name))}
    for name, text in changed.items():
        _not_too_long(name, text)
    if drawn is not None and not shapely.is_geometry(from_wkb(drawn)):
        raise NotDrawable
    before = held.values or {}, None if held.drawn is None else bytes(held.drawn)
    if (changed, drawn) == before:
        return held
    held.values, held.drawn, held.version = changed or None, drawn, held.version + 1
    held.save(update_fields=["values", "drawn", "version"])
    _note([held], What.CORRECTED, by, "، ".join(changed))
    return held


@transaction.atomic
def ask_to_release(items: Versions, *, by: UUID) -> list[ImportRun]:
    """Runs that will judge the features anew (`runs.take_up`); one for those that came, and are read, alike."""
    held = sorted(_hold(items), key=_alike)
    runs = []
    for _key, group in groupby(held, key=_alike):
        alike = list(group)
        run = _run_for(alike, by)
        for item in alike:
            item.settled_by, item.version = run, item.version + 1
        Quarantine.objects.bulk_update(alike, ["settled_by", "version"])
        runs.append(run)
    _note(held, What.ASKED, by)
    return runs


@transaction.atomic
def reject(items: Versions, *, reason: str, by: UUID) -> None:
    """These are not taken, and why. They stay, with who said so and when."""
    if not reason.strip():
        raise SayWhyRejected
    _not_too_long(_("Reason"), reason)
    held = _hold(items)
    for item in held:
        item.state, item.version = State.REJECTED, item.version + 1
    Quarantine.objects.bulk_update(held, ["state", "version"])
    _note(held, What.REJECTED, by, reason.strip())


@transaction.atomic
def reopen(item: UUID, *, version: int, by: UUID) -> None:
    """A rejection taken back."""
    held = _hold({item: version}, State.REJECTED)
    for one in held:
        one.state, one.version = State.OPEN, one.version + 1
    Quarantine.objects.bulk_update(held, ["state", "version"])
    _note(held, What.REOPENED, by)


def as_written(value: Any) -> str:
    """A value of the file as a form shows it."""
    return "" if value is None else str(value)


def _not_too_long(name: str | Promise, text: str) -> None:
    if len(text) > LONGEST:
        raise TooLong(name=name, letters=len(text), most=LONGEST)


def _hold(items: Versions, state: str = State.OPEN) -> list[Quarantine]:
    """The features, locked until the transaction ends; what of them may be large is read when it is asked for."""
    found = Quarantine.objects.select_for_update(of=("self",)).filter(pk__in=items, state=state, run__dry=False)
    light = found.annotate(is_drawn=Q(drawn__isnull=False)).defer(*LARGE)
    held: list[Quarantine] = [*light.select_related("run", "settled_by").order_by("pk")]
    if any(item.settled_by is not None and is_going(item.settled_by) for item in held):
        raise BeingReleased
    if {item.pk: item.version for item in held} != dict(items):
        raise DecidedMeanwhile
    return held


def _alike(item: Quarantine) -> tuple[str, bool]:
    return str(item.run_id), item.is_drawn  # type: ignore[attr-defined]  # annotated by _hold


def _run_for(items: list[Quarantine], by: UUID) -> ImportRun:
    came = items[0].run
    made: ImportRun = ImportRun.objects.create(
        authority_id=came.authority_id,
        layer=came.layer,
        file_name=came.file_name,
        snapshot=came.snapshot,
        kind=ImportRun.Kind.RELEASE,
        state=ImportRun.State.WAITING,
        choices=came.choices,
        by=by,
    )
    return made


def _note(items: Iterable[Quarantine], what: str, by: UUID, told: str = "") -> None:
    QuarantineStep.objects.bulk_create(
        QuarantineStep(item=item, authority_id=item.authority_id, what=what, by=by, told_ar=told, told_en=told)
        for item in items
    )
