"""What a worker does with a job: step by step, so that between two steps others see how far it is and can end it."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar
from uuid import UUID

from django.db import connections
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from gis.db.acting import acting_as
from gis.exchange.reasons import in_both
from gis.layers import Audience
from gis.refusals import Refusal
from gis.rights import Held, RightsEnded

from . import inputs
from .jobs import LOCK, Dismissed, Job, fail, succeed
from .offered import registry
from .registry import LATER_S, Answer, Process, Step, TooLong

MOST_LETTERS = 16_000_000
State = Job.State


class TooMuch(Refusal):
    code: ClassVar[str] = "too_much"
    status: ClassVar[int] = 413
    sentence: ClassVar[str | Promise] = _(
        "The answer has more than %(most)s letters. Ask for fewer features, or without geometries."
    )
    counts: ClassVar[tuple[str, ...]] = ("most",)


class Broken(Refusal):
    code: ClassVar[str] = "broken"
    status: ClassVar[int] = 500
    sentence: ClassVar[str | Promise] = _("Something went wrong on the server. It was written down; try again later.")


def take_up(key: UUID, held: Held) -> None:
    """Carry out a job as its caller, who holds this now. A refusal is kept with the job.

    A queue may hand out a job twice: the second leaves alone what the first holds, and what has ended.
    """
    with _held(key) as ours:
        begun = Job.objects.filter(pk=key, state=State.ACCEPTED)
        now = timezone.now()
        if not ours or not begun.update(state=State.RUNNING, started_at=now, updated_at=now):
            return
        job = Job.objects.get(pk=key)
        try:
            if not held.covers(job.audience, job.rights):
                raise RightsEnded
            succeed(job, written(_answer(job, held.user)))
        except Dismissed:
            return
        except Refusal as refused:
            fail(job, refused)
        except Exception:
            fail(job, Broken())
            raise


def written(answer: Answer) -> str:
    """The answer as JSON. Raises TooMuch."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
    if len(text) > MOST_LETTERS:
        raise TooMuch(most=MOST_LETTERS)
    return text


def _answer(job: Job, user: UUID | None) -> Answer:
    """The work, each step in a transaction of its own that acts for the caller, and with the caller's language."""
    process = registry.get(job.process)
    if process is None:
        raise RightsEnded  # an older version of the platform offered it
    audience = Audience(job.audience)
    with override(job.language):
        work, ends = _begun(process, job, audience), time.monotonic() + LATER_S
        while True:
            if time.monotonic() > ends:
                raise TooLong(seconds=LATER_S)
            with _as(user):
                step, answer = _next(work)
            if step is None:
                return answer
            _tell(job, step)


def _begun(process: Process, job: Job, audience: Audience) -> Any:
    return process.work(inputs.read(process, job.wanted.get("inputs", {}), audience))


def _next(work: Any) -> tuple[Step | None, Answer]:
    try:
        return next(work), {}
    except StopIteration as done:
        return None, done.value


def _tell(job: Job, step: Step) -> None:
    """Raises Dismissed."""
    share, sentence, details = step
    arabic, english = in_both(sentence, details)
    told = {"progress": share, "message_ar": arabic, "message_en": english, "updated_at": timezone.now()}
    if not Job.objects.filter(pk=job.pk, state=State.RUNNING).update(**told):
        raise Dismissed


def _as(user: UUID | None) -> AbstractContextManager[None]:
    return acting_as(user=user) if user else nullcontext()


@contextmanager
def _held(key: UUID) -> Iterator[bool]:
    """Is the job ours? The lock of our session shows that it lives, and goes with the process, however that ends."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({LOCK})", [str(key)])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connections["default"].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({LOCK})", [str(key)])
