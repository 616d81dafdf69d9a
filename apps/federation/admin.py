"""Subscriptions on the desk, for managers of their own authority. Each deed is a use case of `webhooks.changing`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import action, display
from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import Action, person_of
from apps.core.admin import RecordAdmin, standing
from apps.core.admin_filters import ByLayer, layer_title
from apps.core.desk_columns import written
from apps.core.once import shown_once
from apps.core.refusals import Refusal

from .forms import SubscriptionForm, TurnBackForm
from .models import Subscription
from .webhooks import changing

DELIVERIES_SHOWN = 100
SHOWN = (
    "purpose", "authority", "title", "reader", "organisation", "receiver", "told", "bbox", "values", "state", "since",
    "made_by", "made_at",
)  # fmt: skip


@admin.register(Subscription)
class SubscriptionAdmin(RecordAdmin):
    """Made, paused, resumed, tried out, turned back; what it says stays as it was made."""

    to_read = to_write = Action.MANAGE_MEMBERS
    asks_reason: ClassVar[bool] = False
    list_display = ("purpose", "state", "title", "reader", "since", "last_told", "authority")
    list_filter = ("state", ("layer", ByLayer))
    list_select_related = ("authority", "place")
    search_fields = ("purpose", "url")
    ordering = ("purpose",)
    actions = ("pause", "resume", "try_out", "renew_secret")
    change_form_template = "federation/subscription.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs | {"form": TurnBackForm if obj else SubscriptionForm})
        if not (obj or standing(request).everywhere):
            form.base_fields["reader"].choices = [
                choice for choice in Subscription.Reader.choices if choice[0] != Subscription.Reader.AGENCY
            ]
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj:
            return [*SHOWN, "token"] if self.has_change_permission(request, obj) else [*SHOWN]
        asked = [*SubscriptionForm.Meta.fields, "values", "beginning"]
        return asked if standing(request).everywhere else [name for name in asked if name != "organisation"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*SHOWN] if obj else []

    def render_change_form(self, request: HttpRequest, context: Any, *given: Any, **more: Any) -> HttpResponse:
        """Its deliveries stand below it."""
        subscription = more.get("obj")
        if subscription is not None:
            attempts = subscription.attempts.order_by("-at")[:DELIVERIES_SHOWN]
            context = {**context, "attempts": attempts, "waiting": subscription.held.count()}
        return super().render_change_form(request, context, *given, **more)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        if change:
            if given["token"]:
                changing.turn_back(obj, given["token"], by=person_of(request), at=timezone.now())
            return
        order = changing.Order(
            equals=given["values"],
            **{name: value for name, value in given.items() if name not in ("authority", "values")},
        )
        made, secret = changing.subscribe(order, authority=given["authority"], by=person_of(request), at=timezone.now())
        obj.pk, obj._state.adding, obj.secret = made.pk, False, secret

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return shown_once(request, self, {_("Signing secret"): obj.secret})

    @written
    @display(description=_("Layer"), ordering="layer")
    def title(self, subscription: Subscription) -> str:
        return layer_title(subscription.layer)

    @display(description=_("Address of the receiver"))
    def receiver(self, subscription: Subscription) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', subscription.url)

    @display(description=_("Tells of"))
    def told(self, subscription: Subscription) -> str:
        kinds = {
            _("New features"): subscription.inserts,
            _("Changed features"): subscription.updates,
            _("Deleted features"): subscription.deletions,
        }
        return " · ".join(str(name) for name, wanted in kinds.items() if wanted)

    @display(description=_("With the values"))
    def values(self, subscription: Subscription) -> str:
        return " · ".join(f"{name} = {value}" for name, value in subscription.equals.items())

    @display(description=_("Failing since"), ordering="place__failing_since")
    def since(self, subscription: Subscription) -> str | None:
        return _moment(subscription.place.failing_since)

    @display(description=_("Last told"), ordering="place__last_at")
    def last_told(self, subscription: Subscription) -> str | None:
        return _moment(subscription.place.last_at)

    @action(description=_("Pause the chosen subscriptions"))
    def pause(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        self._each(request, chosen, changing.pause)

    @action(description=_("Resume the chosen subscriptions"))
    def resume(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        self._each(request, chosen, changing.resume)

    @action(description=_("Send a test event to the chosen receivers"))
    def try_out(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        if self._each(request, chosen, changing.try_out):
            success(request, gettext("What the receivers answer stands in a few seconds among their deliveries."))

    @action(description=_("Make a new signing secret"))
    def renew_secret(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> HttpResponse | None:
        if chosen.count() != 1:
            say_error(request, gettext("Choose one subscription: each receiver has a secret of its own."))
            return None
        try:
            secret = changing.renew_secret(chosen.get(), by=person_of(request), at=timezone.now())
        except Refusal as refusal:
            say_error(request, str(refusal))
            return None
        return shown_once(request, self, {_("Signing secret"): secret})

    def _each(self, request: HttpRequest, chosen: QuerySet[Subscription], deed: Callable[..., object]) -> int:
        """For each that it can be done for; the others say why not."""
        done = 0
        for subscription in chosen:
            try:
                deed(subscription, by=person_of(request), at=timezone.now())
                done += 1
            except Refusal as refusal:
                say_error(request, f"{subscription}: {refusal}")
        if done:
            success(
                request,
                ngettext("Done for %(count)d subscription.", "Done for %(count)d subscriptions.", done)
                % {"count": done},
            )
        return done


def _moment(at: datetime | None) -> str | None:
    return date_format(localtime(at), "DATETIME_FORMAT") if at else None
