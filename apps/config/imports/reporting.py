"""The page of a run: how far it is, then what became of each feature, in numbers, on the map and in a list."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.contrib.messages import error as say_error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.permissions import person_of
from gis.exchange import runs
from gis.exchange.models import ImportRun
from gis.exchange.places import Room, places_of, repaired_of
from gis.exchange.portions import LARGE
from gis.exchange.progress import TITLES as STAGES
from gis.exchange.progress import seconds_left, share_of
from gis.exchange.reasons import TITLES
from gis.exchange.report import Report, understood
from gis.exchange.taking_out import MOST
from gis.exchange.target import Target
from gis.findings import Note
from gis.refusals import Refusal

from .access import may_import, run_of, target_of
from .outcome import LISTED, Group, features_of, figures
from .pages import desk_page, names_of, page
from .tasks import start
from .trail import came_from
from .waiting import is_new, said_of


def report(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """The whole page. While the run goes on it asks for `progress` every second."""
    return page(request, "config/imports/run.html", str(run), **_context(request, run))


def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """The part of the page that changes while it runs; at the end the page itself is asked for again."""
    run = run_of(request, key)
    if not runs.is_going(run):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _context(request, run)
    return render(request, "config/imports/progress.html", context | {"new": is_new(request, context)})


@require_POST
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """From the run's own page, or from that of a feature which the run judges (`back`)."""
    run = run_of(request, key, to_change=True)
    runs.cancel(run)
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back) if ours else _back(run)


@require_POST
def again(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same file as it was read: for real after a dry run, or once more after one that stopped."""
    run = run_of(request, key, to_change=True)
    if run.delivery is None:
        return _back(run)
    try:
        made = runs.ask_again(run, dry=request.POST.get("dry") == "1", by=person_of(request).pk)
    except Refusal as refusal:
        say_error(request, str(refusal))
        return _back(run)
    start(made)
    return _back(made)


def places(request: HttpRequest, key: UUID) -> HttpResponse:
    """GeoJSON of what is in quarantine and of what was repaired, before and after."""
    run = run_of(request, key)
    target = target_of(run.layer, run.authority_id)
    outline = target.holder.jurisdiction
    room = Room()
    found = [*places_of(run, room, most=LISTED), *(() if run.dry else repaired_of(run, target, room))]
    words = ngettext(
        "%(n)s large feature is not drawn here.", "%(n)s large features are not drawn here.", room.left_out
    )
    return JsonResponse({
        "features": found,
        "outline": list(outline.extent) if outline else None,
        "left_out": words % {"n": intcomma(room.left_out)} if room.left_out else "",
    })  # fmt: skip


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    going = runs.is_going(run)
    counted = Report.from_json(run.counts) if "read" in run.counts else None
    target = target_of(run.layer, run.authority_id)
    groups: list[Group] = features_of(run, counted) if counted else []
    work = work_of(run)
    return said_of(run) | {
        "run": run,
        "target": target,
        "desk_page": desk_page(target.layer),
        "going": going,
        "percent": round(100 * share_of(run)),
        "stage": _("Waiting for the program that imports")
        if run.state == run.State.WAITING
        else STAGES.get(run.stage, run.stage),
        "minutes": _minutes(seconds_left(run, timezone.now())) if going else None,
        "message": run.message,
        "counted": counted,
        "figures": figures(run, counted, groups) if counted else [],
        "most": MOST,
        "reasons": _reasons(run, work),
        "understood": understood(run.source, _titles(target)) if counted and run.source.get("format") else [],
        "notes": [(Note(note).label, count) for note, count in run.counts.get("notes", {}).items()],
        "work": work,
        "came": came_from(f"run__id__exact={run.pk}&state__exact=all"),
        "asker": names_of([run.by]).get(run.by, ""),
        "listed": run.quarantine.order_by("row").defer(*LARGE)[:LISTED],
        "shown": LISTED,
        "features": groups,
        "drawn": counted is not None and _is_drawn(run, counted),
        "may_change": may_import(request, run.authority_id),
        "may_repeat": run.delivery is not None and run.delivery.kept,
        "left": len(runs.left(run.delivery)) if run.delivery is not None and run.delivery.kept else 0,
    }


def _is_drawn(run: ImportRun, counted: Report) -> bool:
    """Is anything for the map? A release has its quarantine under the file; of a dry run nothing repaired is kept."""
    held = counted.quarantined and run.kind == run.Kind.FILE
    return bool(held or (counted.repaired and not run.dry))


def work_of(run: ImportRun) -> str:
    """The work list of a run. What a release sent back is still of the run that it came with."""
    of_run = f"run__id__exact={run.pk}" if run.kind == run.Kind.FILE else ""
    return reverse("admin:spatial_quarantine_changelist") + f"?{of_run}"


def _reasons(run: ImportRun, work: str) -> Iterator[tuple[str, str, int, str]]:
    for code, count in sorted(run.counts.get("quarantine", {}).items(), key=lambda one: -one[1]):
        yield code, str(TITLES.get(code, code)), count, f"{work}&code={code}&state__exact=all"


def _titles(target: Target) -> Callable[[str], object]:
    """Of a field of the layer; a place is filled from columns too, and is no field."""
    return lambda name: target.title(name) if name in target.fields else name


def _minutes(seconds: int | None) -> int | None:
    """0 says less than one."""
    return seconds if seconds is None else (0 if seconds < 60 else round(seconds / 60))


def _back(run: ImportRun) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:spatial_importrun_change", args=[run.pk]))
