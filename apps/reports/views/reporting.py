"""Report a problem: one form, shown in steps where scripts run."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.addresses import address_of
from apps.core.refusals import Refusal
from apps.core.views.map import words as map_words

from ..forms import ReportForm
from ..groups import grouped
from ..models import Category, Report
from ..services import TooManyReports, paced, submit_report
from ..services.keys import key_of

# The field at which a refusal of the service is shown; others stand above the form.
FIELDS = {
    "outside_every_authority": "point",
    "category_not_offered": "category",
    "photo_too_large": "photo",
    "photo_too_many_pixels": "photo",
    "photo_unreadable": "photo",
    "bad_email": "email",
}


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; when sent, the way to the report's own page. What is wrong is said at its field (422)."""
    if request.method != "POST":
        return _page(request, ReportForm(initial=_begun(request)), status=200)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return HttpResponseRedirect(own_page(_submit(request, form), key_of(form.id_of_report()), fresh=True))
        except TooManyReports as refusal:
            form.add_error(None, str(refusal))
            response = _page(request, form, status=refusal.status)
            response["Retry-After"] = str(refusal.seconds)
            return response
        except Refusal as refusal:
            form.add_error(FIELDS.get(refusal.code), str(refusal))
    return _page(request, form, status=422)


def own_page(report: Report, key: str, *, fresh: bool = False) -> str:
    """The reporter's own address of the report: it carries the key that opens it."""
    query = {"key": key} | ({"new": "1"} if fresh else {})
    return f"{reverse('report-status', args=[report.number])}?{urlencode(query)}"


def _submit(request: HttpRequest, form: ReportForm) -> Report:
    data, client_id, now = form.cleaned_data, form.id_of_report(), timezone.now()
    # The cookie against forged forms tells one browser from another, so none is set for that alone.
    browser = str(request.META.get("CSRF_COOKIE", ""))
    with paced(client_id=client_id, browser=browser, address=address_of(request), at=now):
        return _stored(data, client_id, now)


def _stored(data: dict[str, Any], client_id: UUID, now: datetime) -> Report:
    return submit_report(
        category=data["category"],
        location=data["point"],
        text=data["text"],
        photos=[data["photo"]] if data["photo"] else [],
        client_id=client_id,
        language=get_language() or "ar",
        at=now,
        reporter_name=data["name"],
        reporter_phone=data["phone"],
        reporter_email=data["email"],
    )


def _begun(request: HttpRequest) -> dict[str, object]:
    """A place that the map gave along; the phone makes the report's id, without scripts we do."""
    return {"point": request.GET.get("point", "")[:80], "client_id": ReportForm().initial["client_id"]}


def _page(request: HttpRequest, form: ReportForm, *, status: int) -> HttpResponse:
    offered = list(Category.objects.filter(active=True))
    context = {
        "form": form,
        "groups": grouped(offered, str(form["category"].value() or "")),
        "words": words(),
        "map_words": map_words(),
    }
    return render(request, "reports/report.html", context, status=status)


def words() -> dict[str, str]:
    """The texts that the form's script says."""
    return {
        "no_place": _("Say where it is: tap the map, search, or type coordinates."),
        "which_place": _("Choose below which place is meant."),
        "no_category": _("Choose what it is about."),
        "none": _("None"),
        "place_set": _("Place set: %s"),
        "sending": _("Sending…"),
        "offline": _("Not sent: there is no connection. Everything is kept on this device; send it again later."),
        "failed": _("Not sent: the server did not take it. Everything is kept; try again in a minute."),
    }
