"""Who may import what, and whose deliveries and features a caller may reach."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from apps.accounts.permissions import Action
from apps.core.admin import standing
from apps.territory.models import Authority
from gis.exchange.models import Delivery, ImportRun
from gis.exchange.target import Target, find_target
from gis.layers import Layer, registry

Claim = Action.EDIT_LAYER


def layers_to_import(request: HttpRequest) -> list[Layer]:
    """Layers of an authority's own records whose declaration lets people write or bring files, the base map last.

    None for those who may not import.
    """
    if not may_import(request):
        return []
    open_ones = [layer for layer in registry if layer.owned and (layer.writes != "none" or layer.importing.offered)]
    return sorted(open_ones, key=lambda layer: layer.base_map)


def authorities_to_import_for(request: HttpRequest) -> list[Authority]:
    caller = standing(request)
    bodies = Authority.objects.defer("geom").order_by("code")
    return list(bodies if caller.everywhere else bodies.filter(pk__in=caller.authorities(Claim)))


def may_import(request: HttpRequest, authority: UUID | None = None) -> bool:
    return standing(request).may(Claim, authority)


def delivery_of(request: HttpRequest, key: UUID) -> Delivery:
    """Raises Http404 for what is not there or another authority's, PermissionDenied for who may not import."""
    if not may_import(request):
        raise PermissionDenied
    found = Delivery.objects.filter(pk=key).first()
    if found is None or not may_import(request, found.authority_id):
        raise Http404
    return found


def run_of(request: HttpRequest, key: UUID, *, to_change: bool = False) -> ImportRun:
    """A run that the caller may read, or `to_change` one that they may cancel or begin again."""
    caller = standing(request)
    action = Claim if to_change else Action.READ_PRIVATE
    if not caller.may(action):
        raise PermissionDenied
    found = ImportRun.objects.select_related("delivery").filter(pk=key).first()
    if found is None or not caller.may(action, found.authority_id):
        raise Http404
    return found


def target_of(layer: str, authority: UUID) -> Target:
    return find_target(layer, Authority.objects.values_list("code", flat=True).get(pk=authority))
