"""What the desk says to the managers of subscriptions that tell nobody any more."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import ngettext

from apps.accounts.permissions import NOBODY, Action, Standing

from .models import Subscription

LEFT = (Subscription.State.STOPPED, Subscription.State.UNENTITLED, Subscription.State.ENDED)


def notices(request: HttpRequest) -> dict[str, object]:
    """`desk_notices`: sentences, each with the page where something can be done. Asked for on the desk's first page."""
    standing: Standing = getattr(request, "standing", NOBODY)
    return {"desk_notices": SimpleLazyObject(lambda: _notices(standing))}


def _notices(standing: Standing) -> list[tuple[str, str]]:
    if not standing.may(Action.MANAGE_MEMBERS):
        return []
    left = Subscription.objects.filter(state__in=LEFT)
    if not standing.everywhere:
        left = left.filter(authority__in=standing.authorities(Action.MANAGE_MEMBERS))
    count = left.count()
    if not count:
        return []
    said = ngettext(
        "%(count)d subscription tells its receiver nothing any more. Look why, and resume it.",
        "%(count)d subscriptions tell their receivers nothing any more. Look why, and resume them.",
        count,
    )
    return [(said % {"count": count}, reverse("admin:federation_subscription_changelist"))]
