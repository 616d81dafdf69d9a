"""OGC API Processes 1.0: what can be computed, and asking for it, at once or as a job (`ogc.jobs`)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from gis.features import nearest
from gis.processes import inputs, jobs, working
from gis.processes.offered import registry
from gis.processes.registry import Process, answer
from gis.refusals import Refusal

from . import answers, border, documents, media, pages, parameters, process_documents, process_requests
from .asker import audience_of, caller_of, rights_of
from .border import answering, base_of
from .caller import Caller, calling
from .process_requests import Wanted
from .relations import link
from .wishes import chosen_format

PROBLEMS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
DEFAULT_LIMIT, MOST = 20, 1000


class NoSuchProcess(Refusal):
    code: ClassVar[str] = "NoSuchProcess"
    status: ClassVar[int] = 404
    problem_type: ClassVar[str] = f"{PROBLEMS}no-such-process"
    sentence: ClassVar[str | Promise] = _('There is no process "%(name)s". The nearest is "%(nearest)s".')


@answering()
def listing(request: HttpRequest) -> HttpResponse:
    """The processes."""
    given = parameters.check(request.GET, (*parameters.PAGE, "limit", "offset"))
    first, limit = bounds(given)
    every = list(registry)
    with calling_as(request, given) as base:
        document = {
            "processes": [process_documents.summary(one) for one in every[first : first + limit]],
            "links": page_links(f"{base}/processes", given, first, limit, more=len(every) > first + limit),
        }
        return written(request, given, document, "processes/index.html")


@answering()
def one(request: HttpRequest, process: str) -> HttpResponse:
    """One process with its inputs and its output."""
    found, given = process_of(process), parameters.check(request.GET, parameters.PAGE)
    with calling_as(request, given):
        return written(request, given, process_documents.description(found), "processes/process.html")


@answering("POST", "OPTIONS")
def execution(request: HttpRequest, process: str) -> HttpResponse:
    """The answer, or (`Prefer: respond-async`) a job that will have it."""
    found = process_of(process)
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": "POST, OPTIONS", "Accept-Post": media.JSON})
    given = parameters.check(request.GET, ("lang",))
    audience = audience_of(request)
    wanted = process_requests.read(request, found)
    question = inputs.read(found, wanted.inputs, audience)
    if not process_requests.wants_to_wait(request):
        return _accepted(request, found, wanted, given)
    kind, text = process_documents.result(found, working.written(answer(found, question)), wanted.response)
    return HttpResponse(text, content_type=kind, headers=_headers())


def _accepted(request: HttpRequest, process: Process, wanted: Wanted, given: Mapping[str, str]) -> HttpResponse:
    with transaction.atomic():
        job = jobs.accept(
            process=process.id,
            caller=caller_of(request),
            audience=audience_of(request),
            rights=rights_of(request),
            language=str(get_language()),
            wanted={"inputs": wanted.inputs, "response": wanted.response},
        )
        import_string(settings.OGC_JOBS)(job.pk, job.caller)
    job.refresh_from_db()
    with calling_as(request, given) as base:
        text = documents.dumps(process_documents.status(job))
    told = {"Location": f"{base}/jobs/{job.pk}", "Preference-Applied": "respond-async"}
    return HttpResponse(text, status=201, content_type=media.JSON, headers=_headers() | told)


def _headers() -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Language": str(get_language())}


def process_of(name: str) -> Process:
    """Raises NoSuchProcess."""
    found = registry.get(name)
    if found is None:
        raise NoSuchProcess(name=name[:80], nearest=nearest(name, [process.id for process in registry]))
    return found


def bounds(given: Mapping[str, str]) -> tuple[int, int]:
    """How many to leave out, and how many to list. Raises NoLimit and NoOffset."""
    limit = parameters.whole(given.get("limit", str(DEFAULT_LIMIT)), 1, None, parameters.NoLimit)
    return parameters.whole(given.get("offset", "0"), 0, parameters.FARTHEST, parameters.NoOffset), min(limit, MOST)


def page_links(here: str, given: Mapping[str, str], first: int, limit: int, *, more: bool) -> list[dict[str, str]]:
    """This page of a list as a document and for people, and the ones beside it."""
    links = [
        link("self", media.JSON, _with(here, given, f="json")),
        link("alternate", media.HTML, _with(here, given, f="html")),
    ]
    if more:
        links.append(link("next", media.JSON, _with(here, given, offset=str(first + limit)), gettext("Next page")))
    if first:
        links.append(
            link("prev", media.JSON, _with(here, given, offset=str(max(0, first - limit))), gettext("Previous page"))
        )
    return links


def _with(here: str, given: Mapping[str, str], **more: str) -> str:
    return f"{here}?{urlencode({**given, **more})}"


@contextmanager
def calling_as(request: HttpRequest, given: Mapping[str, str]) -> Iterator[str]:
    """The request as the current caller's; gives the address of the landing page."""
    base = base_of(request)
    with calling(Caller(request, base, str(get_language()), border.audience_of(request), given)):
        yield base


def written(
    request: HttpRequest, given: Mapping[str, str], document: dict[str, Any], page: str, *, kept: bool = True
) -> HttpResponse:
    """A document, or its page for people; what changes by itself is not `kept`."""
    headers = {"Content-Language": str(get_language()), "Content-Type": media.JSON}
    if chosen_format(given.get("f", ""), request.headers.get("Accept", "")) == "html":
        text, headers["Content-Type"] = pages.render(None, None, page, document), media.HTML
    else:
        text = documents.dumps(document)
    response = answers.document(request, headers, 200, text)
    if not kept:
        response["Cache-Control"] = "no-store"
    return response
