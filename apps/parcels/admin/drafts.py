"""Drafts: what somebody proposes for a parcel, beside what is there, until another officer decides."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import person_of
from apps.core.admin import RecordAdmin

from .. import services
from ..forms import DecisionForm, ProposalForm
from ..models import Parcel, ParcelDraft
from ..services import Particulars
from .difference import differences

SHOWN = (
    "state", "parcel", "authority", "difference", "on_map", "system", "valid_from", "reason", "proposed_by",
    "proposed_at",
)  # fmt: skip
DECIDED = ("decided_by", "decided_at", "answer")


@admin.register(ParcelDraft)
class ParcelDraftAdmin(RecordAdmin):
    """Proposed once and decided once; nobody decides on what they proposed themselves."""

    asks_reason = False
    history_hides = ("original", "seen")
    list_display = ("plot_no", "block_no", "parcel", "state", "valid_from", "proposed_by", "proposed_at", "authority")
    linked_by = ("parcel__id__exact",)  # the way from a parcel to its drafts
    list_filter = ("state",)
    list_select_related = ("parcel", "proposed_by", "authority")
    search_fields = ("plot_no", "block_no", "krooki_no", "deed_no", "reason")
    ordering = ("-proposed_at",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=DecisionForm if change else ProposalForm, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            named = _parcel_of(request) is not None
            return _with_corners([name for name in ProposalForm.Meta.fields if not (named and name == "authority")])
        return [*SHOWN, *(("decision", "answer") if self.has_change_permission(request, obj) else _told(obj))]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return []
        return [*SHOWN, *(() if self.has_change_permission(request, obj) else _told(obj))]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (obj.state == ParcelDraft.State.PROPOSED and obj.proposed_by_id != request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def view_on_site(self, obj: Any) -> None:
        """It is nowhere but here."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A change begins with what is there."""
        parcel = _parcel_of(request)
        first = {**super().get_changeform_initial_data(request), "valid_from": timezone.localdate()}
        return first | {"parcel": parcel.pk, "geom": parcel.geom} | Particulars.of(parcel).values if parcel else first

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """After a refusal for overlap, the other parcel is drawn too, where the caller may see it."""
        draft = super().get_object(request, object_id, from_field)
        refusal = getattr(request, "refusal", None)
        if draft is not None and isinstance(refusal, services.Overlap):
            named = refusal.details.get("rival")
            draft.rival = Parcel.objects.filter(pk=named).first() if named else None
        return draft

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id is None:
            title = _("Propose a change") if _parcel_of(request) else _("Propose a new parcel")
            extra_context = {"title": title, **(extra_context or {})}
        once = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, once | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given, by, now = form.cleaned_data, person_of(request), timezone.now()
        if not change:
            made = services.propose_parcel(
                authority=given["authority"], outline=given["outline"], parcel=given["parcel"], by=by, at=now,
                particulars=Particulars.of(obj), since=given["valid_from"], reason=given["reason"],
            )  # fmt: skip
            obj.pk, obj._state.adding = made.pk, False
        elif given["decision"] == DecisionForm.APPROVE:
            services.approve_draft(draft=obj, by=by, at=now, answer=given["answer"])
        else:
            services.reject_draft(draft=obj, by=by, at=now, answer=given["answer"])

    @display(description=_("What is proposed"))
    def difference(self, draft: ParcelDraft) -> SafeString:
        return render_to_string("parcels/difference.html", {"lines": differences(draft), "new": not draft.parcel_id})

    @display(description=_("Outline"))
    def on_map(self, draft: Any) -> SafeString:
        """Proposed and present outline, and after a refusal the parcel in the way."""
        present = draft.parcel.geom if draft.parcel else None
        rival = getattr(draft, "rival", None)
        context = {"geometry": draft.geom, "present": present, "rival": rival.geom if rival else None}
        return render_to_string("admin/record/map.html", context)


def _with_corners(names: list[str]) -> list[str]:
    """The typed corners stand below the map that they replace."""
    place = names.index("geom") + 1
    return [*names[:place], "system", "corners", *names[place:]]


def _told(draft: ParcelDraft) -> tuple[str, ...]:
    return DECIDED if draft.state != ParcelDraft.State.PROPOSED else ()


def _parcel_of(request: HttpRequest) -> Parcel | None:
    """The parcel that a change is proposed for: named by the link from its page, then by the form."""
    named = request.POST.get("parcel") or request.GET.get("parcel")
    try:
        return Parcel.objects.filter(pk=named).first() if named else None
    except ValidationError:
        return None
