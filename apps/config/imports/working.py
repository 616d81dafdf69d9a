"""The page of one quarantined feature: what came, where it lies and beside what, and what can be done about it."""

import json
from typing import Any
from uuid import UUID

from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.accounts.permissions import person_of
from apps.core.admin import sentence_of
from apps.core.refusals import Refusal
from gis.codes import CodesField, choices_of
from gis.exchange import worklist
from gis.exchange.choices import Choices
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.places import stored_shape
from gis.exchange.runs import is_going
from gis.exchange.target import Target

from .access import may_import, target_of
from .numbers import whole
from .pages import names_of, page, record_page
from .shaping import around, as_text, editor, placed, widget_of
from .tasks import start
from .trail import Trail
from .waiting import said_of, still_waiting


def feature(request: HttpRequest, item: Quarantine, trail: Trail) -> HttpResponse:
    """The page, and what its buttons ask for. Refused, it still holds what was typed and drawn.

    Decided, it leads to the next of the list that waits; the last one of all stays.
    """
    typed, fault = QueryDict(), ""
    if request.method == "POST":
        if not may_import(request, item.authority_id) or item.run.dry:
            raise PermissionDenied
        try:
            told = _do(request, item)
            return _lead_on(request, item, trail, told)
        except ValidationError as error:
            fault, typed = " ".join(error.messages), request.POST
            say_error(request, fault)
        except (Refusal, DatabaseError) as error:
            say_error(request, sentence_of(error))
            item.refresh_from_db()
            typed = request.POST
    title = _("Row %(row)s") % {"row": item.row}
    context = _context(request, item, typed) | {"trail": trail, "fault": fault}
    return page(request, "config/imports/feature.html", title, **context)


def _lead_on(request: HttpRequest, item: Quarantine, trail: Trail, told: str) -> HttpResponse:
    """After a decision to the next that waits; what was decided can be seen from there."""
    ahead = trail.waiting() if told else None
    if ahead is not None:
        here = _("To row %(row)s again") % {"row": item.row}
        success(request, format_html('{} <a href="{}">{}</a>', told, trail.way(item), here))
        return HttpResponseRedirect(trail.way(ahead))
    if told:
        success(request, told)
    return HttpResponseRedirect(request.get_full_path())


def _do(request: HttpRequest, item: Quarantine) -> str:
    """What the button asks for. Returns what is told on the way to the next; "" where the officer stays."""
    by, what = person_of(request).pk, request.POST.get("do", "keep")
    version = whole(request.POST.get("version", ""), otherwise=-1)
    if what == "reject":
        with transaction.atomic():
            if _values(request, item):  # corrections are kept with the rejected feature
                version = _correct(request, item, version).version
            worklist.reject({item.pk: version}, reason=request.POST.get("reason", ""), by=by)
        return _("Row %(row)s is rejected and keeps its reason.") % {"row": item.row}
    if what == "reopen":
        worklist.reopen(item.pk, version=version, by=by)
        return ""
    held = _correct(request, item, version)
    if what == "release":
        for run in worklist.ask_to_release({held.pk: held.version}, by=by):
            start(run)
        return _("Row %(row)s is being judged anew. If it cannot be taken it waits here again.") % {"row": item.row}
    success(request, _("Your corrections are kept."))
    return ""


def _correct(request: HttpRequest, item: Quarantine, version: int) -> Quarantine:
    values = _values(request, item)
    drawn = placed(request.POST, item, target_of(item.run.layer, item.authority_id))
    return worklist.correct(item.pk, version=version, values=values, drawn=drawn, by=person_of(request).pk)


def _values(request: HttpRequest, item: Quarantine) -> dict[str, str]:
    """Those that can be typed; what is longer is shown from its beginning, and not sent back."""
    sent = {
        name: request.POST.get(f"value:{number}")
        for number, (name, came) in enumerate(item.attributes.items())
        if len(worklist.as_written(came)) <= worklist.LONGEST
    }
    return {name: text for name, text in sent.items() if text is not None}


def _context(request: HttpRequest, item: Quarantine, typed: QueryDict) -> dict[str, Any]:
    target = target_of(item.run.layer, item.authority_id)
    settling = item.settled_by if item.settled_by and item.state == Quarantine.State.OPEN else None
    # What was typed and refused stays on the page, which then does not change by itself.
    judged = settling is not None and is_going(settling) and not typed
    shape = stored_shape(item, item.run)
    may = may_import(request, item.authority_id) and not item.run.dry
    steps = _steps(item)
    waiting = said_of(settling) | {"judged_with": settling.settled.count() - 1} if settling and judged else {}
    return waiting | {
        "item": item,
        "target": target,
        "judged": judged,
        "settling": settling,
        "last_message": _last_message(settling),
        "media": widget_of(target).media if may else "",
        "open": item.state == Quarantine.State.OPEN and not judged,
        "may_change": may and item.state == Quarantine.State.OPEN and not judged,
        "may_cancel": may,
        "may_reopen": may and item.state == Quarantine.State.REJECTED,
        "lines": _lines(item, target, typed),
        "typed": typed,
        "map": editor(request, target, shape, typed),
        "placeless": shape is None,
        "middle": "" if shape is None else f"{shape.centroid.y:.6f}, {shape.centroid.x:.6f}",
        "pointed": target.geometry.geom_type == "POINT",
        "around": around(target.layer, shape, but=item.record_id),
        "shape": None if shape is None else json.loads(as_text(shape)),
        "steps": steps,
        "because": next((step["told"] for step in reversed(steps) if step["told"]), ""),
        "record": _record_page(item, target),
    }


def _lines(item: Quarantine, target: Target, typed: QueryDict) -> list[dict[str, Any]]:
    """Every column of the file, those that become fields first, with the field's title and the values it knows."""
    choices = Choices.from_json(item.run.choices) if item.run.choices else Choices()
    used = item.run.source.get("columns") or choices.columns
    fields = {column: name for name, column in used.items() if name in target.fields}
    corrected = item.values or {}
    concerned = item.details.get("fields") or [item.details.get("field")]
    lines = []
    for number, (column, came) in enumerate(item.attributes.items()):
        name = fields.get(column)
        written = worklist.as_written(came)
        kept = corrected.get(column, written)
        long = len(written) > worklist.LONGEST
        value = kept[: worklist.LONGEST] if long else typed.get(f"value:{number}", kept)
        lines.append({
            "number": number, "column": column, "title": str(target.title(name)) if name else "",
            "left_out": column in item.run.source.get("unused", ()),
            "came": written[: worklist.LONGEST], "value": value, "long": long, "letters": len(written),
            "kept": kept if column in corrected and value != kept else "",
            "corrected": column in corrected, "concerned": name is not None and name in concerned,
            "codes": _one_of(target.fields[name]) if name else [],
        })  # fmt: skip
    return sorted(lines, key=lambda line: (not line["title"], line["number"]))


def _one_of(field: "Field[Any, Any]") -> list[tuple[str, Any]]:
    """Codes to choose one from; several at once are written."""
    return [] if isinstance(field, CodesField) else choices_of(field)


def _last_message(settling: ImportRun | None) -> str:
    return settling.message if settling else ""


def _steps(item: Quarantine) -> list[dict[str, Any]]:
    steps = list(item.steps.all())
    names, program = names_of(step.by for step in steps), _("The program (%s)") % "import"
    return [
        {"at": step.at, "what": step.get_what_display(), "told": step.told, "who": names.get(step.by, program)}
        for step in steps
    ]


def _record_page(item: Quarantine, target: Target) -> str:
    """The way to what it became."""
    if item.record_id is None:
        return ""
    return record_page(target.layer, item.record_id)


def judging(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asked every second while the feature is judged; then the page is asked for again."""
    item = Quarantine.objects.select_related("settled_by").filter(pk=key).first()
    run = item.settled_by if item is not None else None
    if run is None or not is_going(run):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return still_waiting(request, said_of(run))
