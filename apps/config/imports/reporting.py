"""The page of a run: how far it is, then what became of each feature, in numbers, on the map and in a list."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.permissions import person_of
from gis.exchange import runs
from gis.exchange.models import ImportFeature, ImportRun
from gis.exchange.places import places_of, repaired_of
from gis.exchange.progress import TITLES as STAGES
from gis.exchange.progress import seconds_left, share_of
from gis.exchange.reasons import TITLES
from gis.exchange.report import Report
from gis.findings import Note

from .access import may_import, run_of, target_of
from .pages import page, told
from .tasks import start

ANSWERS_WITHIN = timedelta(minutes=1)  # the worker asks every second
LISTED = 200  # rows beside the map; the work list has all


def report(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """The whole page. While the run goes on it asks for `progress` every second."""
    return page(request, "config/imports/run.html", str(run), **_context(request, run))


def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """The part of the page that changes while it runs; at the end the page itself is asked for again."""
    run = run_of(request, key)
    if not runs.is_going(run):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "config/imports/progress.html", _context(request, run))


@require_POST
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    run = run_of(request, key, to_change=True)
    runs.cancel(run)
    return _back(run)


@require_POST
@told
def again(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same file as it was read: for real after a dry run, or once more after one that stopped."""
    run = run_of(request, key, to_change=True)
    if run.delivery is None:
        return _back(run)
    made = runs.ask_for(run.delivery, dry=request.POST.get("dry") == "1", by=person_of(request).pk)
    start(made)
    return _back(made)


def places(request: HttpRequest, key: UUID) -> HttpResponse:
    """GeoJSON of what is in quarantine and of what was repaired, before and after."""
    run = run_of(request, key)
    target = target_of(run.layer, run.authority_id)
    outline = target.holder.jurisdiction
    found = [*places_of(run.quarantine.all()[:LISTED], run), *(() if run.dry else repaired_of(run, target))]
    return JsonResponse({"features": found, "outline": list(outline.extent) if outline else None})


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    going = runs.is_going(run)
    counts = run.counts if "read" in run.counts else None
    work = reverse("admin:spatial_quarantine_changelist") + f"?run__id__exact={run.pk}"
    return {
        "run": run,
        "target": target_of(run.layer, run.authority_id),
        "going": going,
        "percent": round(100 * share_of(run)),
        "stage": _("Waiting for the program that imports")
        if run.state == run.State.WAITING
        else STAGES.get(run.stage, run.stage),
        "unanswered": run.state == run.State.WAITING and (timezone.now() - run.started_at) > ANSWERS_WITHIN,
        "left": seconds_left(run, timezone.now()) if going else None,
        "message": run.message_en if get_language() == "en" else run.message_ar,
        "counted": Report.from_json(run.counts) if counts else None,
        "reasons": _reasons(run, work),
        "notes": [(Note(note).label, count) for note, count in run.counts.get("notes", {}).items()],
        "work": work,
        "listed": run.quarantine.order_by("row")[:LISTED],
        "features": _features(run),
        "may_change": may_import(request, run.authority_id),
        "may_repeat": run.delivery is not None and run.delivery.kept,
    }


def _reasons(run: ImportRun, work: str) -> Iterator[tuple[str, str, int, str]]:
    for code, count in sorted(run.counts.get("quarantine", {}).items(), key=lambda one: -one[1]):
        yield code, str(TITLES.get(code, code)), count, f"{work}&code={code}&state__exact=all"


def _features(run: ImportRun) -> list[tuple[str, Any]]:
    """The records that were written, by outcome, each with the way to its own page."""
    found = run.features.all()[:LISTED]
    groups: list[tuple[str, Any]] = [(_("Repaired"), [one for one in found if one.notes])]
    groups += [
        (str(label), [one for one in found if one.outcome == code]) for code, label in ImportFeature.Outcome.choices
    ]
    return [(label, group) for label, group in groups if group]


def _back(run: ImportRun) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:spatial_importrun_change", args=[run.pk]))
