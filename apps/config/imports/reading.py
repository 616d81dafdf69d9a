"""The page of a delivered file: what is in it, how it shall be read, and where its features would land."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts.permissions import person_of
from gis.exchange import looking, mappings, runs
from gis.exchange.choices import Choices
from gis.exchange.look import lacks_unit
from gis.exchange.models import LOOK_CANCELLED, Delivery
from gis.exchange.preview import preview, systems
from gis.exchange.refusals import NameTaken
from gis.exchange.report import REMARKS
from gis.exchange.target import Target
from gis.exchange.words import Name

from .access import delivery_of, target_of
from .asking import asked_anew, names_place, of_table, read_otherwise
from .choosing import DATE_WORDS, UNIT_NAMES, lines, sent, tables
from .pages import page, told
from .placing import place_fault, place_lines, place_missing
from .previewing import in_words
from .tasks import start, start_to_look
from .waiting import still_looking

State = Delivery.State
# Text encodings that files of this region come in, besides what is found by itself.
ENCODINGS = ("UTF-8", "windows-1256", "ISO-8859-6", "windows-1252")


@told
def read_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page; what its form asks for; and the form alone, where the page's script asks for that."""
    delivery = delivery_of(request, key)
    target = target_of(delivery.layer, delivery.authority_id)
    if request.method == "POST":
        answer = _do(request, delivery, target)
        if answer is not None:
            return answer
    if request.headers.get("HX-Request") == "true" and delivery.state == State.LOOKING:
        return still_looking(request, looking.percent(delivery))
    if request.headers.get("HX-Request") == "true" and request.method == "GET":
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _context(delivery, target)
    if request.headers.get("HX-Request") == "true":
        return render(request, "config/imports/choices.html", context)
    return _whole(request, delivery, target, context)


def _whole(request: HttpRequest, delivery: Delivery, target: Target, context: dict[str, Any]) -> HttpResponse:
    """The page with what is said of the place, which a browser without a map or a script must know too."""
    if delivery.state == State.READY:
        seen = preview(delivery, target)
        context |= {"landing": in_words(seen, target), "landing_refused": seen.refusal is not None}
    return page(request, "config/imports/file.html", delivery.file_name, **context)


def _do(request: HttpRequest, delivery: Delivery, target: Target) -> HttpResponse | None:
    """What the form's button says; None: show the form again."""
    before = Choices.from_json(delivery.choices)
    what = request.POST.get("do", "keep")
    if what == "cancel":
        looking.stop(delivery)
        return HttpResponseRedirect(request.get_full_path())
    if what == "apply":
        mappings.apply(delivery, mappings.find(delivery, _key(request.POST.get("mapping", ""))))
        if read_otherwise(before, Choices.from_json(delivery.choices)):
            return _look(request, delivery)
        return HttpResponseRedirect(request.get_full_path())
    if what == "look" or "reason" in delivery.found:  # of the pages without the large form, or of one gone since
        choices = asked_anew(before, request.POST, delivery)
        _keep(delivery, choices)
        undecided = names_place(request.POST) and choices.undecided
        return None if undecided else _look(request, delivery)
    choices = of_table(sent(request.POST, delivery, target), before)
    _keep(delivery, choices)
    if read_otherwise(before, choices):
        return _look(request, delivery)
    if what in ("save", "replace"):
        return _save(request, delivery, target)
    if what in ("dry", "run"):
        run = runs.ask_for(delivery, dry=what == "dry", by=person_of(request).pk)
        start(run)
        return HttpResponseRedirect(reverse("admin:spatial_importrun_change", args=[run.pk]))
    return None


def _save(request: HttpRequest, delivery: Delivery, target: Target) -> HttpResponse:
    """Keep the mapping; a name that is taken stays typed, and whoever gave it may say that it is meant."""
    name = request.POST.get("mapping_name", "").strip()
    meant = request.POST.get("do") == "replace" and request.POST.get("taken") == name
    try:
        kept = mappings.save(delivery, name, replacing=meant)
    except NameTaken as refusal:
        say_error(request, str(refusal))
        context = _context(delivery, target) | {"taken": name}
        return _whole(request, delivery, target, context)
    success(request, _("The mapping “%s” is kept.") % kept.name)
    return HttpResponseRedirect(request.get_full_path())


def _key(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _keep(delivery: Delivery, choices: Choices) -> None:
    delivery.choices = choices.to_json()
    delivery.save(update_fields=["choices"])


def _look(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Not before all of it has come."""
    here = Delivery.objects.filter(pk=delivery.pk, kept=True).exclude(state=State.COMING)
    if here.update(state=State.LOOKING):
        start_to_look(delivery)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(request.get_full_path())


def _context(delivery: Delivery, target: Target) -> dict[str, Any]:
    ready = delivery.state == State.READY
    choices = Choices.from_json(delivery.choices)
    fields = lines(delivery, target) if ready else []
    used = {*choices.columns.values(), *delivery.found.get("places", {}).values()}
    columns, counts = delivery.found.get("columns", []), delivery.found.get("counts", {})
    return {
        "delivery": delivery,
        "layer": target.layer,
        "authority": Name.of(target.holder),
        "dated": target.dated,
        "choices": choices,
        "lines": fields,
        "missing": [
            *_missing(delivery, choices),
            *((f"source-{line.name}", line.title) for line in fields if line.missing),
        ]
        if ready
        else [],
        "tables": tables(delivery) if ready else [],
        "offered": [(name, counts.get(name)) for name in delivery.found.get("tables", [])],
        "units": UNIT_NAMES.items(),
        "date_orders": DATE_WORDS.items(),
        "no_unit": lacks_unit(delivery),
        "remarks": [str(REMARKS[code]) % details for code, details in _remarks(delivery)],
        "columns": columns,
        "places": place_lines(delivery),
        "place_fault": place_fault(choices),
        "unused": [column for column in columns if column["name"] not in used],
        "systems": [(code, en if get_language() == "en" else ar) for code, ar, en in systems()],
        "encodings": ENCODINGS,
        "message": delivery.message,
        "cancelled": delivery.found.get("reason") == LOOK_CANCELLED,
        "percent": looking.percent(delivery),
        "saved": mappings.offered(delivery) if ready or columns else [],
        "last_run": delivery.runs.order_by("-started_at").first(),
    }


def _remarks(delivery: Delivery) -> list[tuple[str, dict[str, Any]]]:
    """What else is to be said of the file; that it lacks a unit stands where one is chosen."""
    return [(code, details) for code, details in delivery.found.get("remarks", ()) if code != "dxf_unit_missing"]


def _missing(delivery: Delivery, choices: Choices) -> Iterator[tuple[str, str]]:
    """What neither the file nor the officer has said of where the features lie: the input's id and its title."""
    if lacks_unit(delivery):
        yield "unit", _("Unit of the drawing")
    yield from place_missing(choices)
    if not (delivery.found["crs"] or choices.crs):
        yield "crs", _("Coordinate system")
