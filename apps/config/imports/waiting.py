"""What a page that waits for the worker says: that nobody answers, and whether anybody is there to answer."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from gis.exchange.models import ImportRun

ANSWERS_WITHIN = timedelta(minutes=1)  # the worker asks every second
SILENT = timedelta(minutes=1)  # it tells every ten seconds that it lives


def said_of(run: ImportRun) -> dict[str, Any]:
    """What there is to say of a run that goes on, and under which name: a page says each thing once."""
    waits = run.state == ImportRun.State.WAITING and timezone.now() - run.started_at > ANSWERS_WITHIN
    return _said(waits, {"cancelling": run.to_cancel, "said": run.stage})


def said_since(request: HttpRequest) -> dict[str, Any]:
    """The same for what keeps no time of its own: the page says since when it waits (`since`, seconds of the epoch)."""
    since = request.GET.get("since", "")
    waits = since.isdecimal() and timezone.now().timestamp() - int(since[:12]) > ANSWERS_WITHIN.total_seconds()
    return _said(waits, {"said": ""})


def is_new(request: HttpRequest, said: dict[str, Any]) -> bool:
    """A live region that is filled anew is read anew, so what stands there is not sent again."""
    return request.GET.get("said", "") != said["said"]


def still_waiting(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """The answer to a page that asks every second."""
    return render(request, "config/imports/said.html", said) if is_new(request, said) else HttpResponse(status=204)


def still_looking(request: HttpRequest, percent: int | None) -> HttpResponse:
    """The same for a look at a file, which may know how much of it has been gone through."""
    said = said_since(request)
    new, moved = is_new(request, said), request.GET.get("percent", "") != ("" if percent is None else str(percent))
    if not (new or moved):
        return HttpResponse(status=204)
    return render(request, "config/imports/looking.html", said | {"percent": percent, "new": new})


def _said(waits: bool, about: dict[str, Any]) -> dict[str, Any]:
    """`unanswered` is "off" where no worker tells that it lives, "busy" where one does, "" before its time."""
    unanswered = ("busy" if _somebody_lives() else "off") if waits else ""
    cancelling = "cancelling" if about.get("cancelling") else ""
    return about | {"unanswered": unanswered, "said": " ".join(filter(None, (about["said"], unanswered, cancelling)))}


def _somebody_lives() -> bool:
    return bool(ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - SILENT).exists())
