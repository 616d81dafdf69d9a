"""People, roles, keys and database logins. Each change goes through a service; secrets are shown once."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, action, display
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.messages import error as say_error
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.admin import InForce, RecordAdmin
from apps.core.admin_lookups import DeclaredLookups
from apps.core.refusals import Refusal

from . import services
from .callers import digest_of
from .forms import AgencyKeyForm, DeskLoginForm, MembershipForm
from .models import AgencyKey, DeskLogin, Membership, Organisation, Party, Unit, User
from .permissions import Action, Role, person_of


def shown_once(request: HttpRequest, page: ModelAdmin, lines: dict[Any, str]) -> HttpResponse:
    """A page with a secret that exists nowhere else: not in a message, a log or a cache."""
    context = {**page.admin_site.each_context(request), "opts": page.opts, "lines": lines, "title": _("Shown once")}
    response = TemplateResponse(request, "admin/record/shown_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


@admin.register(User)
class UserAdmin(DeclaredLookups, DjangoUserAdmin):
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


@admin.register(DeskLogin)
class DeskLoginAdmin(RecordAdmin):
    """Officers' own database logins, for QGIS. Adding one for somebody who has one gives a new password."""

    to_read = to_write = Action.MANAGE_MEMBERS
    form = DeskLoginForm
    list_display = ("rolname", "user", "authority", "active")
    list_filter = ("active",)
    list_select_related = ("user", "authority")
    search_fields = ("user__username", "rolname")
    actions = ("close",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["user", "authority", "rolname", "active"] if obj else ["person", "authority"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        obj.access = services.open_desk_login(
            person=given["person"], authority=given["authority"], by=person_of(request), at=timezone.now()
        )
        stored = DeskLogin.objects.get(rolname=obj.access.rolname)
        obj.pk, obj.user, obj.rolname, obj._state.adding = stored.pk, stored.user, stored.rolname, False

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        lines = {_("Database login"): obj.access.rolname, _("Password"): obj.access.password}
        return shown_once(request, self, lines | {_("Valid until"): f"{obj.access.ends_at:%Y-%m-%d}"})

    @action(description=_("Close the chosen logins and end their sessions"))
    def close(self, request: HttpRequest, chosen: QuerySet[DeskLogin]) -> None:
        for login in chosen:
            try:
                services.close_desk_login(login=login, by=person_of(request), at=timezone.now())
            except Refusal as refusal:
                say_error(request, f"{login}: {refusal}")


@admin.register(Organisation)
class OrganisationAdmin(DeclaredLookups, ModelAdmin):
    """For superusers."""

    list_display = ("code", "name_ar", "name_en")
    search_fields = ("code", "name_ar", "name_en")


@admin.register(AgencyKey)
class AgencyKeyAdmin(DeclaredLookups, ModelAdmin):
    """For superusers. A key is made and ended, never changed."""

    form = AgencyKeyForm
    list_display = ("organisation", "purpose", "made_at", "ends_at", "in_force")
    list_select_related = ("organisation",)
    actions = ("end",)

    @display(boolean=True, description=_("In force"))
    def in_force(self, key: AgencyKey) -> bool:
        return key.ends_at is None or key.ends_at > timezone.now()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.key = services.make_agency_key(
            organisation=obj.organisation,
            purpose=obj.purpose,
            ends_at=obj.ends_at,
            by=person_of(request),
            at=timezone.now(),
        )
        stored = AgencyKey.objects.get(digest=digest_of(obj.key))
        obj.pk, obj._state.adding = stored.pk, False

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return shown_once(request, self, {_("Agency key"): obj.key})

    @action(description=_("End the chosen keys now"))
    def end(self, request: HttpRequest, chosen: QuerySet[AgencyKey]) -> None:
        for key in chosen:
            services.end_agency_key(key=key, by=person_of(request), at=timezone.now())


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "civil_no", "register_no", "authority")
    list_filter = ("kind",)
    search_fields = ("name_ar", "name_en", "civil_no", "register_no", "phone")
