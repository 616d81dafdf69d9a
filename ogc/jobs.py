"""Jobs of OGC API Processes 1.0: the caller's list, where one stands, what it has answered, and ending it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.exchange.models import of_page
from gis.parameters import BadParameter
from gis.processes import jobs
from gis.processes.jobs import ANONYMOUS, Job
from gis.processes.offered import registry
from gis.refusals import Refusal
from gis.rights import RightsEnded

from . import answers, documents, media, pages, parameters, process_documents, times
from .asker import caller_of, held_by
from .border import answering
from .processes import PROBLEMS, bounds, calling_as, page_links, process_of, written
from .wishes import chosen_format

FILTERS = ("type", "processID", "status", "datetime", "minDuration", "maxDuration")
LONGEST_S = 10**9
MOST_ROWS = 500


class NoSuchJob(Refusal):
    code: ClassVar[str] = "NoSuchJob"
    status: ClassVar[int] = 404
    problem_type: ClassVar[str] = f"{PROBLEMS}no-such-job"
    sentence: ClassVar[str | Promise] = _(
        "There is no such job, it is somebody else's, or its time is over. Ask for it again."
    )


class ResultNotReady(Refusal):
    code: ClassVar[str] = "ResultNotReady"
    status: ClassVar[int] = 404
    problem_type: ClassVar[str] = f"{PROBLEMS}result-not-ready"
    sentence: ClassVar[str | Promise] = _("The job is not done yet. Look at its status until it is.")


class ResultGone(Refusal):
    code: ClassVar[str] = "ResultGone"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _("The job was dismissed, and there is no answer. Ask for it again.")


class NoDuration(BadParameter):
    sentence: ClassVar[str | Promise] = _('%(name)s must be a whole number of seconds, not "%(given)s".')


class Failed(Refusal):
    """Why a job has no answer, as it was said then."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job, self.code, self.status = job, job.told or "failed", job.status or 500  # type: ignore[misc]
        self.problem_type = f"urn:x-baladiya:problem:{self.code}"

    def __str__(self) -> str:
        return of_page(self.job.message_ar, self.job.message_en)


@answering()
def listing(request: HttpRequest) -> HttpResponse:
    """The caller's jobs, the newest first. Anonymous ones are in no list: who knows its id looks at one."""
    given = parameters.check(request.GET, (*parameters.PAGE, "limit", "offset", *FILTERS))
    first, limit = bounds(given)
    found = list(_chosen(caller_of(request), given)[first : first + limit + 1])
    with calling_as(request, given) as base:
        document = {
            "jobs": [process_documents.status(job) for job in found[:limit]],
            "links": page_links(f"{base}/jobs", given, first, limit, more=len(found) > limit),
        }
        return written(request, given, document, "jobs/index.html", kept=False)


@answering("GET", "HEAD", "OPTIONS", "DELETE")
def one(request: HttpRequest, job: str) -> HttpResponse:
    """Where a job stands; DELETE ends it."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS, DELETE"})
    given = parameters.check(request.GET, parameters.PAGE)
    found = _job(request, job)
    if request.method == "DELETE":
        jobs.dismiss(found)
    with calling_as(request, given):
        return written(request, given, process_documents.status(found), "jobs/job.html", kept=False)


@answering()
def results(request: HttpRequest, job: str) -> HttpResponse:
    """What the job has answered, as its request wanted it; of a failed one, why it has not."""
    given = parameters.check(request.GET, parameters.PAGE)
    found = _job(request, job)
    if found.state == Job.State.FAILED:
        raise Failed(found)
    if found.state == Job.State.DISMISSED:
        raise ResultGone
    if found.state != Job.State.SUCCESSFUL:
        raise ResultNotReady
    if not held_by(found.caller).covers(found.audience, found.rights):
        raise RightsEnded
    process, wish = process_of(found.process), str(found.wanted.get("response"))
    kind, text = process_documents.result(process, found.told, wish)
    if chosen_format(given.get("f", ""), request.headers.get("Accept", "")) == "html":
        with calling_as(request, given):
            kind, text = media.HTML, pages.render(None, None, "jobs/results.html", _rows(found))
    headers = {"Content-Type": kind, "Content-Language": str(get_language())}
    response = answers.document(request, headers, 200, text)
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def _job(request: HttpRequest, name: str) -> Job:
    """Raises NoSuchJob."""
    try:
        found = jobs.find(UUID(name), caller_of(request))
    except ValueError as error:
        raise NoSuchJob from error
    if found is None:
        raise NoSuchJob
    return found


def _chosen(caller: str, given: Mapping[str, str]) -> "QuerySet[Job]":
    """Raises EmptyName, NotOneOf, NoTime and NoDuration."""
    found = jobs.of(caller) if not caller.startswith(ANONYMOUS) else Job.objects.none()
    known = {"type": ["process"], "processID": [one.id for one in registry], "status": list(Job.State.values)}
    for name, column in (("type", ""), ("processID", "process"), ("status", "state")):
        wanted = parameters.listed(given, name)
        for value in wanted:
            if value not in known[name]:
                raise parameters.NotOneOf(name=name, given=value[:80], known=", ".join(known[name]))
        if wanted and column:
            found = found.filter(**{f"{column}__in": wanted})
    if "datetime" in given:
        begins, ends = times.read(given["datetime"])
        found = found.filter(created_at__gte=begins) if begins else found
        found = found.filter(created_at__lte=ends) if ends else found
    return _of_duration(found, given)


def _of_duration(found: "QuerySet[Job]", given: Mapping[str, str]) -> "QuerySet[Job]":
    """Those that ran, or run already, so long."""
    found = found.annotate(took=Coalesce("ended_at", Now()) - F("started_at"))
    for name, lookup in (("minDuration", "took__gte"), ("maxDuration", "took__lte")):
        if name in given:
            found = found.filter(**{lookup: _seconds(name, given[name])})
    return found


def _seconds(name: str, text: str) -> timedelta:
    """Raises NoDuration."""
    try:
        return timedelta(seconds=parameters.whole(text, 0, LONGEST_S, NoDuration))
    except NoDuration as refused:
        raise NoDuration(**refused.details, name=name) from refused


def _rows(job: Job) -> dict[str, Any]:
    """The answer as a table for people: the first features with what they say."""
    answer = documents.parse(job.told)
    features = answer.get("features", [answer])
    names = list(dict.fromkeys(name for one in features[:MOST_ROWS] for name in one["properties"]))
    rows = [[one["properties"].get(name, "") for name in names] for one in features[:MOST_ROWS]]
    return {"names": names, "rows": rows, "number": len(features), "job": str(job.pk)}
