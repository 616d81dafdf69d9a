"""Jobs: processes that are carried out while nobody waits. Kept in the database, worked off by the platform's queue.

A job belongs to its caller: a person, an organisation, or whoever knows the random id of an anonymous one. `caller`
begins with "anonymous:" and a digest of the address there, which bounds the number and is never listed.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import connections, models, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.exchange.models import of_page
from gis.exchange.reasons import in_both
from gis.layers import Audience
from gis.refusals import Refusal
from gis.rights import Held, RightsEnded

ANONYMOUS = "anonymous:"
# Jobs of one caller that wait or run, and of all anonymous ones together; and those whose results are kept.
GOING, GOING_ANONYMOUS, KEPT = 5, 50, 100
# Of one caller in a day, dismissed ones too; of all that wait or run, and the bytes of all answers that are kept.
OF_ONE_A_DAY, GOING_OF_ALL, BYTES_KEPT = 500, 200, 4 * 2**30
DAY = timedelta(days=1)
KEPT_FOR, KEPT_FOR_OWNERS = timedelta(hours=24), timedelta(days=7)
LOCK = "hashtextextended('process job ' || %s, 0)"


class Bytes(models.Func):
    """Of a text as it is stored, told without reading it."""

    function = "octet_length"
    output_field = models.BigIntegerField()


class TooManyJobs(Refusal):
    code: ClassVar[str] = "too_many_jobs"
    status: ClassVar[int] = 429
    sentence: ClassVar[str | Promise] = _(
        "%(most)s of your jobs wait or run already. Wait until one has ended, or dismiss one."
    )
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}


class TooManyAnonymousJobs(TooManyJobs):
    sentence: ClassVar[str | Promise] = _("Too many jobs of others wait already. Try again in a minute, or sign in.")


class TooManyKept(TooManyJobs):
    code: ClassVar[str] = "too_many_results"
    sentence: ClassVar[str | Promise] = _(
        "The results of %(most)s jobs are kept for you. Dismiss those that you have read."
    )


class EnoughJobs(TooManyJobs):
    code: ClassVar[str] = "enough_jobs"
    sentence: ClassVar[str | Promise] = _(
        "%(most)s jobs were asked for by you in a day. Ask again tomorrow, or for fewer things at once."
    )
    headers: ClassVar[dict[str, str]] = {"Retry-After": "3600"}


class NoRoomForJobs(Refusal):
    code: ClassVar[str] = "no_room_for_jobs"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _(
        "Many jobs wait, or their answers are kept, at this moment. Try again in some minutes."
    )


class Dismissed(Refusal):
    """Leaves a job that somebody has dismissed."""

    code: ClassVar[str] = "dismissed"
    sentence: ClassVar[str | Promise] = _("The job was dismissed.")


class Interrupted(Refusal):
    code: ClassVar[str] = "interrupted"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _("The server was stopped while it worked on this job. Ask for it again.")


class Job(models.Model):
    """One execution of a process. `wanted` is the request; `told` the answer as JSON, or the code of why there is none.

    `audience` is what the caller could see when it was asked for, and `rights` what that rested on: whoever holds less
    later does not get the answer.
    """

    history: ClassVar[None] = None

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("Waiting")
        RUNNING = "running", _("Running")
        SUCCESSFUL = "successful", _("Done")
        FAILED = "failed", _("Failed")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    process = models.CharField(max_length=60)
    caller = models.CharField(max_length=120)
    audience = models.SmallIntegerField()
    rights = models.JSONField(default=list, db_default=[])
    language = models.CharField(max_length=2)
    wanted = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTED)
    progress = models.SmallIntegerField(default=0)
    message_ar = models.TextField(default="")
    message_en = models.TextField(default="")
    told = models.TextField(default="")
    status = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("-created_at", "id")
        indexes = (
            models.Index(fields=("caller", "-created_at"), name="jobs_of_caller"),
            models.Index(fields=("expires_at",), name="jobs_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.process} {self.pk}"

    @property
    def goes(self) -> bool:
        return self.state in (self.State.ACCEPTED, self.State.RUNNING)

    @property
    def message(self) -> str:
        """In the page's language."""
        return of_page(self.message_ar, self.message_en)


@transaction.atomic
def accept(*, process: str, caller: str, audience: Audience, language: str, wanted: dict[str, Any], **more: Any) -> Job:
    """A job that waits for `working.take_up`; `more` fields of it may be given. Raises TooManyJobs, NoRoomForJobs."""
    with connections["default"].cursor() as cursor:  # callers are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('process jobs are asked for', 0))")
    _check_bounds(caller)
    anonymous = caller.startswith(ANONYMOUS)
    arabic, english = in_both(Job.State.ACCEPTED.label, {})
    return Job.objects.create(
        process=process, caller=caller, audience=int(audience), language=language, wanted=wanted, **more,
        message_ar=arabic, message_en=english,
        expires_at=timezone.now() + (KEPT_FOR if anonymous else KEPT_FOR_OWNERS),
    )  # fmt: skip


def _check_bounds(caller: str) -> None:
    """Raises TooManyJobs and NoRoomForJobs: of one caller, of the anonymous ones, and of all."""
    now, mine = timezone.now(), of(caller)
    going = Job.objects.filter(state__in=(Job.State.ACCEPTED, Job.State.RUNNING), expires_at__gt=now)
    if going.filter(caller=caller).count() >= GOING:
        raise TooManyJobs(most=GOING)
    if mine.exclude(state=Job.State.DISMISSED).count() >= KEPT:
        raise TooManyKept(most=KEPT)
    if mine.filter(created_at__gt=now - DAY).count() >= OF_ONE_A_DAY:
        raise EnoughJobs(most=OF_ONE_A_DAY)
    if caller.startswith(ANONYMOUS) and going.filter(caller__startswith=ANONYMOUS).count() >= GOING_ANONYMOUS:
        raise TooManyAnonymousJobs(most=GOING_ANONYMOUS)
    if going.count() >= GOING_OF_ALL or (Job.objects.aggregate(size=Sum(Bytes("told")))["size"] or 0) >= BYTES_KEPT:
        raise NoRoomForJobs


def of(caller: str) -> "QuerySet[Job]":
    """The jobs of this caller that are still kept."""
    return Job.objects.filter(caller=caller, expires_at__gt=timezone.now())


def find(key: UUID, caller: str) -> Job | None:
    """The job, where it is the caller's or an anonymous one; a run whose process is no more is told to have failed."""
    job = Job.objects.filter(pk=key, expires_at__gt=timezone.now()).first()
    if job is None or not (job.caller == caller or job.caller.startswith(ANONYMOUS)):
        return None
    if job.state == Job.State.RUNNING and not _lives(job.pk):
        fail(job, Interrupted())
        job.refresh_from_db()
    return job


def dismiss(job: Job) -> None:
    """End the job: one that waits at once, one that runs after its present step. What it has answered is deleted."""
    arabic, english = in_both(Dismissed(), {})
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DISMISSED,
        message_ar=arabic,
        message_en=english,
        told="",
        wanted={},
        ended_at=now,
        updated_at=now,
    )
    job.refresh_from_db()


def fail(job: Job, refused: Refusal) -> None:
    """Keep why there is no answer, with its code; of a job that has ended meanwhile nothing changes."""
    arabic, english = in_both(refused, {})
    _end(job, Job.State.FAILED, told=refused.code, status=refused.status, message_ar=arabic, message_en=english)


def succeed(job: Job, told: str) -> None:
    """Keep the answer."""
    arabic, english = in_both(Job.State.SUCCESSFUL.label, {})
    _end(job, Job.State.SUCCESSFUL, told=told, status=200, progress=100, message_ar=arabic, message_en=english)


def _end(job: Job, state: str, **told: Any) -> None:
    now = timezone.now()
    going = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    going.update(state=state, ended_at=now, updated_at=now, **told)


def forget_old() -> int:
    """Delete jobs whose time is over; those that nobody has begun too. Returns how many there were."""
    return int(Job.objects.filter(expires_at__lte=timezone.now()).delete()[0])


def forget_ended(held_by: Callable[[str], Held]) -> int:
    """Fail the done jobs, with their answers, whose caller has lost what they were made by; returns how many."""
    arabic, english = in_both(RightsEnded(), {})
    ended = [
        job.pk
        for job in Job.objects.filter(state=Job.State.SUCCESSFUL, audience__gt=Audience.PUBLIC).defer("told", "wanted")
        if not held_by(job.caller).covers(job.audience, job.rights)
    ]
    return Job.objects.filter(pk__in=ended).update(
        state=Job.State.FAILED,
        told=RightsEnded.code,
        status=RightsEnded.status,
        wanted={},
        message_ar=arabic,
        message_en=english,
        updated_at=timezone.now(),
    )


def _lives(key: UUID) -> bool:
    """Does a process hold the job? Asked in a transaction or as one statement."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock_shared({LOCK})", [str(key)])
        return not cursor.fetchone()[0]
