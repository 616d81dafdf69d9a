"""On whose behalf somebody works at the desk."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.territory.models import Authority

from .permissions import NOBODY, Action, Standing


def desk(request: HttpRequest) -> dict[str, object]:
    """`acting_for`: the authorities of the caller, by name; a superuser's are all, and `acting_everywhere` says so."""
    standing: Standing = getattr(request, "standing", NOBODY)
    return {"acting_for": SimpleLazyObject(lambda: _authorities(standing)), "acting_everywhere": standing.everywhere}


def _authorities(standing: Standing) -> list[Authority]:
    own = standing.authorities(Action.READ_PRIVATE)
    return list(Authority.objects.defer("geom").filter(pk__in=own)) if own else []
