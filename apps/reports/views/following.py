"""Follow a report by its number; its own link, with the key, shows all of it."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.refusals import Refusal

from ..models import StatusNote
from ..services import find_for_follow_up, open_own_photo, open_public_photo

FOR_ALL = {"Cache-Control": "public, max-age=300"}
FOR_ONE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True)
class Note:
    """One step of the report and the answer that came with it."""

    status: str
    title: str
    when: str
    answer: str


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for a number and go to its page; a wrong number is explained at the field."""
    number = request.GET.get("number", "").strip()
    if not number:
        return render(request, "reports/follow.html", {"number": "", "error": ""})
    try:
        found = find_for_follow_up(number)
    except Refusal as refusal:
        return render(request, "reports/follow.html", {"number": number, "error": str(refusal)}, status=refusal.status)
    return HttpResponseRedirect(reverse("report-status", args=[found.number]))


@never_cache
@require_safe
def status(request: HttpRequest, number: str) -> HttpResponse:
    """What became of a report. With ?key= its reporter sees words, exact place and answers."""
    key = request.GET.get("key")
    try:
        found = find_for_follow_up(number, key)
    except Refusal as refusal:
        return render(request, "reports/follow.html", {"number": number, "error": str(refusal)}, status=refusal.status)
    page = request.build_absolute_uri(request.path)
    context = {
        "report": found,
        "category": found.category.name,
        "day": date_format(found.reported_on, "l j F Y"),
        "point": _middle(found.place),
        "notes": [_note(note) for note in reversed(found.answers)],
        "fresh": found.own and "new" in request.GET,
        "own_link": f"{page}?key={key}" if found.own else "",
        "photo_query": f"?key={key}" if found.own else "",
    }
    response = render(request, "reports/status.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"  # the key stands in the address
    return response


@require_safe
def photo(request: HttpRequest, number: str, photo_id: UUID) -> FileResponse:
    """A photo that an officer has reviewed and blurred. With ?key= its reporter sees it as it was sent."""
    key = request.GET.get("key")
    try:
        image = open_public_photo(number, photo_id) if key is None else open_own_photo(number, photo_id, key)
    except Refusal as refusal:
        raise Http404(_("There is no such photo.")) from refusal
    return FileResponse(image, content_type="image/jpeg", headers=FOR_ALL if key is None else FOR_ONE)


def _middle(place: GEOSGeometry | None) -> str:
    """Latitude, longitude of the place, or of the middle of its square."""
    return f"{place.centroid.y:.5f}, {place.centroid.x:.5f}" if place else ""


def _note(note: StatusNote) -> Note:
    when = date_format(timezone.localtime(note.noted_at), _("l j F Y, H:i"))
    return Note(note.status, note.get_status_display(), when, note.answer)
