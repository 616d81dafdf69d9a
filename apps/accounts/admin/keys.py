"""Organisations and their keys."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, action, display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.desk_page import DeskPage
from apps.core.once import shown_once

from .. import services
from ..callers import digest_of
from ..key_form import AgencyKeyForm
from ..models import AgencyKey, Organisation
from ..permissions import person_of


@admin.register(Organisation)
class OrganisationAdmin(DeskPage, ModelAdmin):
    """For superusers."""

    list_display = ("code", "name_ar", "name_en")
    search_fields = ("code", "name_ar", "name_en")


@admin.register(AgencyKey)
class AgencyKeyAdmin(DeskPage, ModelAdmin):
    """For superusers. A key is made and ended, never changed."""

    form = AgencyKeyForm
    list_display = ("organisation", "purpose", "opens", "made_at", "ends_at", "in_force")
    list_select_related = ("organisation",)
    actions = ("end",)

    @display(boolean=True, description=_("In force"))
    def in_force(self, key: AgencyKey) -> bool:
        return key.ends_at is None or key.ends_at > timezone.now()

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgencyKey]:
        return super().get_queryset(request).prefetch_related("scopes__authority")

    @display(description=_("Opens"))
    def opens(self, key: AgencyKey) -> str:
        if not key.scoped:
            return str(_("Reads all that agencies see"))
        return "; ".join(line.in_words() for line in key.scopes.all())

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
            grants=form.grants(),
        )
        stored = AgencyKey.objects.get(digest=digest_of(obj.key))
        obj.pk, obj._state.adding = stored.pk, False

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return shown_once(request, self, {_("Agency key"): obj.key})

    @action(description=_("End the chosen keys now"))
    def end(self, request: HttpRequest, chosen: QuerySet[AgencyKey]) -> None:
        for key in chosen:
            services.end_agency_key(key=key, by=person_of(request), at=timezone.now())
