"""The first page: which layer, whose records, which file; and the file as it comes, piece by piece."""

from uuid import UUID

from django.contrib.messages import error as say_error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.permissions import person_of
from gis.exchange import deliveries, runs
from gis.exchange.limits import LIMITS, MIB
from gis.exchange.models import Delivery
from gis.exchange.refusals import StillGoing
from gis.exchange.sizes import Size

from .access import authorities_to_import_for, delivery_of, layers_to_import
from .numbers import whole
from .pages import answered, page
from .tasks import start_to_look


def choose_file(request: HttpRequest) -> HttpResponse:
    """The page, and what its script sends first: then there is room for the file."""
    layers = layers_to_import(request)
    if not layers:
        raise PermissionDenied
    if request.method == "POST":
        return _begin(request, {layer.id for layer in layers})
    return page(
        request,
        "config/imports/start.html",
        _("Import a file"),
        layers=layers,
        chosen=_chosen(request.GET.get("layer", ""), [layer.id for layer in layers]),
        authorities=authorities_to_import_for(request),
        waiting=Delivery.objects.filter(by=person_of(request).pk, kept=True),  # all that count for the limit
        most_mb=LIMITS.file // MIB,
        most=str(Size(LIMITS.file)),
        unpacked=str(Size(LIMITS.unpacked)),
        days=deliveries.DAYS_KEPT,
        piece=deliveries.PIECE,
    )


def _chosen(asked: str, ids: list[str]) -> str:
    """The layer that somebody came for, or the only one; otherwise none: a file must not go where nobody meant it."""
    return asked if asked in ids else ids[0] if len(ids) == 1 else ""


@answered
def _begin(request: HttpRequest, layers: set[str]) -> HttpResponse:
    own = {str(body.pk): body.pk for body in authorities_to_import_for(request)}
    authority, layer = own.get(request.POST.get("authority", "")), request.POST.get("layer", "")
    if authority is None or layer not in layers:
        raise PermissionDenied
    size = request.POST.get("size", "")
    made = deliveries.begin(
        layer=layer,
        authority=authority,
        file_name=request.POST.get("name", ""),
        size=whole(size, otherwise=LIMITS.file + 1 if size.isdecimal() else 0),
        by=person_of(request).pk,
    )
    names = ("piece", "complete", "discard")
    addresses = {name: reverse(f"admin:import_{name}", args=[made.pk]) for name in names}
    return JsonResponse(addresses | {"page": reverse("admin:import_file", args=[made.pk])})


@require_POST
@answered
def take_piece(request: HttpRequest, key: UUID) -> HttpResponse:
    """One piece of the file is the body; `at` says where it begins."""
    at = request.GET.get("at", "")
    held = deliveries.add(delivery_of(request, key), request, at=whole(at, otherwise=-1))
    return JsonResponse({"received": held.received})


@require_POST
@answered
def complete(request: HttpRequest, key: UUID) -> HttpResponse:
    delivery = delivery_of(request, key)
    deliveries.complete(delivery)
    start_to_look(delivery)
    return JsonResponse({})


@require_POST
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    delivery = delivery_of(request, key)
    try:
        runs.discard(delivery)
    except StillGoing as refusal:
        say_error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:import_file", args=[key]))
    return HttpResponseRedirect(reverse("admin:import_start"))
