"""People and their roles. Each change goes through a service."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import action
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.messages import error as say_error
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.admin import InForce, RecordAdmin
from apps.core.desk_page import DeskPage
from apps.core.refusals import Refusal

from .. import services
from ..forms import MembershipForm
from ..models import Membership, Party, Unit, User
from ..permissions import Action, Role, person_of


@admin.register(User)
class UserAdmin(DeskPage, DjangoUserAdmin):
    """For superusers. A person is deactivated, never deleted: the history speaks of them."""

    list_display = ("username", "name_ar", "name_en", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "name_ar", "name_en", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("name_ar", "name_en", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            services.deactivate(person=obj, by=person_of(request))


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    to_write = Action.MANAGE_MEMBERS
    list_display = ("code", "name_ar", "name_en", "parent", "authority")
    search_fields = ("code", "name_ar", "name_en")


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    """Roles are given and withdrawn; one that has begun is not rewritten."""

    to_read = to_write = Action.MANAGE_MEMBERS
    form = MembershipForm
    list_display = ("user", "role", "unit", "authority", "valid_from", "valid_to")
    list_filter = (InForce, "role")
    list_select_related = ("user", "unit", "authority")
    search_fields = ("user__username", "user__name_ar", "user__name_en")
    actions = ("withdraw",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        first = "user" if obj else "person"
        return [first, "authority", "role", "unit", "valid_from", "valid_to"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        made = services.grant_membership(
            person=given["person"], authority=given["authority"], role=Role(given["role"]), unit=given["unit"],
            since=given["valid_from"], until=given["valid_to"], by=person_of(request), at=timezone.now(),
        )  # fmt: skip
        obj.pk, obj.user, obj._state.adding = made.pk, made.user, False

    @action(description=_("Withdraw the chosen roles today"))
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Membership]) -> None:
        for membership in chosen:
            try:
                services.withdraw_membership(membership=membership, by=person_of(request), at=timezone.now())
            except Refusal as refusal:
                say_error(request, f"{membership}: {refusal}")


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "civil_no", "register_no", "authority")
    list_filter = ("kind",)
    search_fields = ("name_ar", "name_en", "civil_no", "register_no", "phone")
