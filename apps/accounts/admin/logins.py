"""Officers' own database logins, for QGIS."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import action
from django.contrib.messages import error as say_error
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.admin import RecordAdmin, standing
from apps.core.once import shown_once
from apps.core.refusals import Refusal

from .. import services
from ..forms import DeskLoginForm
from ..models import DeskLogin
from ..permissions import Action, person_of


@admin.register(DeskLogin)
class DeskLoginAdmin(RecordAdmin):
    """Officers' own database logins, for QGIS. A manager gives one; the person whose it is takes the password."""

    to_read: ClassVar[str] = Action.USE_DESK
    to_write: ClassVar[str] = Action.MANAGE_MEMBERS
    form = DeskLoginForm
    list_display = ("rolname", "user", "authority", "active")
    list_filter = ("active",)
    list_select_related = ("user", "authority")
    search_fields = ("user__username", "rolname")
    actions = ("take_password", "close")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One's own, and all of the authorities that one manages."""
        rows = super().get_queryset(request)
        caller = standing(request)
        if caller.everywhere:
            return rows
        return rows.filter(Q(user=person_of(request)) | Q(authority__in=caller.authorities(Action.MANAGE_MEMBERS)))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["user", "authority", "rolname", "active"] if obj else ["person", "authority"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        stored = services.grant_desk_login(
            person=given["person"], authority=given["authority"], by=person_of(request), at=timezone.now()
        )
        obj.pk, obj.user, obj.rolname, obj._state.adding = stored.pk, stored.user, stored.rolname, False

    @action(description=_("Take a new password for my login"))
    def take_password(self, request: HttpRequest, chosen: QuerySet[DeskLogin]) -> HttpResponse | None:
        own = chosen.filter(user=person_of(request))
        if chosen.count() != 1 or not own:
            say_error(request, _("Choose one login, your own: nobody else learns its password."))
            return None
        try:
            access = services.take_password(login=own.get(), by=person_of(request), at=timezone.now())
        except Refusal as refusal:
            say_error(request, str(refusal))
            return None
        lines = {_("Database login"): access.rolname, _("Password"): access.password}
        return shown_once(request, self, lines | {_("Valid until"): f"{access.ends_at:%Y-%m-%d}"})

    @action(description=_("Close the chosen logins and end their sessions"))
    def close(self, request: HttpRequest, chosen: QuerySet[DeskLogin]) -> None:
        for login in chosen:
            try:
                services.close_desk_login(login=login, by=person_of(request), at=timezone.now())
            except Refusal as refusal:
                say_error(request, f"{login}: {refusal}")
