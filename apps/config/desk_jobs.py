"""The queue on the desk, in the language of the page: the package's own page speaks English in inline styles."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.admin import ModelAdmin, action, display
from django.contrib.messages import info, warning
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from apps.core.admin import ByOthers
from apps.core.admin_filters import InWords
from apps.core.desk_page import DeskPage

from .job_words import EVENTS, STATUSES, TASKS, title_of

LONGEST = 20_000  # letters of arguments that are shown

# The package's models and app carry no words to translate. Read by the admin alone; migrations see none of it.
apps.get_app_config("procrastinate").verbose_name = _("Background jobs")
ProcrastinateJob._meta.verbose_name = _("Job")
ProcrastinateJob._meta.verbose_name_plural = _("Jobs")
ProcrastinateJob.__str__ = lambda job: f"{title_of(job)} ({job.pk})"  # type: ignore[method-assign]


class ByStatus(InWords):
    words = staticmethod(lambda: STATUSES)
    heading = _("Status")


class ByTask(InWords):
    words = staticmethod(lambda: TASKS)
    heading = _("Task")


class JobAdmin(DeskPage, ByOthers, ModelAdmin):
    """The queue, for superusers: looked at; what failed is run again, what waits is taken out."""

    list_display = ("number", "task", "state", "queue", "due", "tries", "last_event")
    list_display_links = ("number", "task")
    list_filter = (("status", ByStatus), ("task_name", ByTask))
    list_per_page = 50
    ordering = ("-id",)
    actions = ("run_again", "take_out")
    fields = readonly_fields = (
        "task", "name_in_program", "state", "queue", "due", "tries", "priority_number", "one_at_a_time",
        "queued_once", "arguments",
    )  # fmt: skip
    change_form_template = "config/job.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The column is an enumeration of the database, which fails at other words."""
        if lookup in ("status", "status__exact") and value not in STATUSES:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        events = ProcrastinateEvent.objects.order_by("at", "id")
        return super().get_queryset(request).prefetch_related(Prefetch("procrastinateevent_set", queryset=events))

    def render_change_form(self, request: HttpRequest, context: Any, *given: Any, **more: Any) -> HttpResponse:
        """What happened to the job stands below it."""
        events = list(_told(more["obj"]))
        return super().render_change_form(request, context | {"events": events}, *given, **more)

    @display(description=_("Number"), ordering="id")
    def number(self, job: Any) -> str:
        return str(job.pk)

    @display(description=_("Task"), ordering="task_name")
    def task(self, job: Any) -> str:
        return title_of(job)

    @display(description=_("Name in the program"))
    def name_in_program(self, job: Any) -> SafeString:
        return _code(job.task_name)

    @display(description=_("Status"), ordering="status")
    def state(self, job: Any) -> str:
        return str(STATUSES.get(job.status, job.status))

    @display(description=_("Queue"), ordering="queue_name")
    def queue(self, job: Any) -> SafeString:
        return _code(job.queue_name)

    @display(description=_("Due"), ordering="scheduled_at")
    def due(self, job: Any) -> Any:
        return job.scheduled_at or gettext("at once")

    @display(description=_("Tries so far"), ordering="attempts")
    def tries(self, job: Any) -> int:
        return int(job.attempts)

    @display(description=_("Priority"))
    def priority_number(self, job: Any) -> int:
        return int(job.priority)

    @display(description=_("Runs alone under"))
    def one_at_a_time(self, job: Any) -> SafeString | None:
        return _code(job.lock) if job.lock else None

    @display(description=_("Waits once under"))
    def queued_once(self, job: Any) -> SafeString | None:
        return _code(job.queueing_lock) if job.queueing_lock else None

    @display(description=_("Arguments"))
    def arguments(self, job: Any) -> SafeString:
        return format_html('<pre dir="ltr">{}</pre>', json.dumps(job.args, ensure_ascii=False, indent=2)[:LONGEST])

    @display(description=_("Last event"))
    def last_event(self, job: Any) -> str | None:
        told = list(_told(job))
        return f"{told[-1][0]}, {date_format(told[-1][1], 'DATETIME_FORMAT')}" if told else None

    @action(description=_("Run the chosen failed jobs again"))
    def run_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Also those whose worker is gone; a job that a worker has in hand would run twice."""
        failed = [job for job in chosen if job.status == "failed" or _abandoned(job)]
        again = sum(map(_put_back, failed))
        if again:
            info(
                request,
                ngettext("%(count)d job will run again.", "%(count)d jobs will run again.", again) % {"count": again},
            )
        if again < len(failed):
            warning(request, gettext("What waits in the queue already was not put into it a second time."))
        if not failed:
            warning(request, gettext("None of the chosen jobs has failed. Choose failed ones."))

    @action(description=_("Take the chosen waiting jobs out of the queue"))
    def take_out(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        taken = sum(app.job_manager.cancel_job_by_id(job.pk, abort=False) for job in chosen if job.status == "todo")
        if taken:
            info(
                request,
                ngettext("%(count)d job is out of the queue.", "%(count)d jobs are out of the queue.", taken)
                % {"count": taken},
            )
        else:
            warning(request, gettext("None of the chosen jobs is waiting. Choose waiting ones."))


def _told(job: Any) -> Iterator[tuple[str, Any]]:
    """What happened to a job and when, the earliest first; an event to come has no time yet."""
    for event in job.procrastinateevent_set.all():
        if event.at:
            yield str(EVENTS.get(event.type, event.type)), timezone.localtime(event.at)


def _put_back(job: Any) -> bool:
    """False where another job waits already under the name that this one may wait under once."""
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job.pk, timezone.now(), job.priority, job.queue_name, job.lock)
    except UniqueViolation:
        return False
    return True


def _abandoned(job: Any) -> bool:
    """Running, says the queue, but its worker has been forgotten."""
    return job.status == "doing" and job.worker_id is None


def _code(text: str) -> SafeString:
    return format_html('<bdi dir="ltr">{}</bdi>', text)
