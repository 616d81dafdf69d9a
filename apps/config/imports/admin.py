"""Imports and their quarantine on the desk: Django's lists, with pages of our own behind them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter, action, display
from django.contrib.admin.views.main import ChangeList
from django.contrib.humanize.templatetags.humanize import intcomma
from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import person_of
from apps.core.admin import ByOthers, ByStanding, standing
from apps.core.admin_filters import ByLayer, InWords, RelatedInUse, layer_title
from apps.core.desk_page import DeskPage
from apps.core.refusals import Refusal
from gis.exchange import worklist
from gis.exchange.models import ImportRun, Quarantine, SavedMapping
from gis.exchange.portions import LARGE
from gis.exchange.reasons import TITLES

from . import downloads, kept, previewing, reading, reporting, starting, working
from .access import may_import
from .bulk import as_seen, chosen, seen_in
from .pages import names_of, page
from .tasks import start
from .trail import Trail, Unread


class DeliveredAdmin(DeskPage, ByOthers, ByStanding, ModelAdmin):
    """Rows that an import wrote: read by officers of the authority it was for."""

    list_per_page = 50
    heading: Any = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        caller = standing(request)
        return rows if caller.everywhere else rows.filter(authority_id__in=caller.authorities(self.to_read))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        about = {"may_import": may_import(request), "title": self.heading or self.opts.verbose_name_plural}
        return super().changelist_view(request, about | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return self.own_page(request, found)

    def own_page(self, request: HttpRequest, found: Any) -> HttpResponse:
        raise NotImplementedError


class RunList(ChangeList):
    """Runs, each with the name of who asked for it (`asker`)."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = names_of(run.by for run in self.result_list)
        for run in self.result_list:
            run.asker = names.get(run.by)


class ImportRunAdmin(DeliveredAdmin):
    change_list_template = "config/imports/runs.html"
    list_display = (
        "started_at", "into", "file_name", "what", "state", "added", "changed", "ended", "held", "asker", "finished",
    )  # fmt: skip
    list_filter = ("state", "dry", ("layer", ByLayer))
    search_fields = ("file_name", "layer")

    def get_changelist(self, request: HttpRequest, **named: Any) -> type[ChangeList]:
        made: type[ChangeList] = super().get_changelist(request, **named)
        return RunList if made is ChangeList else made

    def own_page(self, request: HttpRequest, found: Any) -> HttpResponse:
        return reporting.report(request, found)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("new/", wrap(starting.choose_file), name="import_start"),
            path("file/<uuid:key>/", wrap(reading.read_file), name="import_file"),
            path("file/<uuid:key>/piece/", wrap(starting.take_piece), name="import_piece"),
            path("file/<uuid:key>/complete/", wrap(starting.complete), name="import_complete"),
            path("file/<uuid:key>/discard/", wrap(starting.discard), name="import_discard"),
            path("file/<uuid:key>/preview/", wrap(previewing.preview_of_file), name="import_preview"),
            path("<uuid:key>/progress/", wrap(reporting.progress), name="import_progress"),
            path("<uuid:key>/cancel/", wrap(reporting.cancel), name="import_cancel"),
            path("<uuid:key>/again/", wrap(reporting.again), name="import_again"),
            path("<uuid:key>/places/", wrap(reporting.places), name="import_places"),
            path("<uuid:key>/quarantine.csv", wrap(downloads.quarantine_csv), name="import_csv"),
            path("<uuid:key>/quarantine.gpkg", wrap(downloads.quarantine_geopackage), name="import_gpkg"),
        ]
        return [*own, *super().get_urls()]

    @display(description=gettext_lazy("Layer"), ordering="layer")
    def into(self, run: ImportRun) -> str:
        return layer_title(run.layer)

    @display(description=gettext_lazy("Kind"))
    def what(self, run: ImportRun) -> str:
        return gettext("Dry run") if run.dry else str(run.get_kind_display())

    @display(description=gettext_lazy("New"))
    def added(self, run: ImportRun) -> str | None:
        return _number(run, "added")

    @display(description=gettext_lazy("Changed"))
    def changed(self, run: ImportRun) -> str | None:
        return _number(run, "changed")

    @display(description=gettext_lazy("Ended"))
    def ended(self, run: ImportRun) -> str | None:
        return _number(run, "ended")

    @display(description=gettext_lazy("In quarantine"))
    def held(self, run: ImportRun) -> str | None:
        """Leads to them; those of a dry run and of a release are in no list under this run."""
        number = _number(run, "quarantine")
        if number in (None, "0") or run.dry or run.kind != run.Kind.FILE:
            return number
        return format_html('<a href="{}">{}</a>', reporting.work_of(run) + "&state__exact=all", number)

    @display(description=gettext_lazy("Asked by"))
    def asker(self, run: Any) -> str | None:
        return run.asker

    @display(description=gettext_lazy("Ended at"), ordering="ended_at")
    def finished(self, run: ImportRun) -> str | None:
        """As text, which takes two lines where Django keeps a time on one."""
        return date_format(localtime(run.ended_at), "DATETIME_FORMAT") if run.ended_at else None


def _number(run: ImportRun, name: str) -> str | None:
    """A count of the report; None while there is none."""
    count = run.counts.get(name)
    if count is None:
        return None
    return str(intcomma(sum(count.values()) if isinstance(count, dict) else count))


class ByReason(InWords):
    """The reasons that occur, in a few words."""

    words = staticmethod(lambda: TITLES)


class ByState(SimpleListFilter):
    """What waits for somebody, unless something else is chosen."""

    title = _("State")
    parameter_name = "state__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*(one for one in Quarantine.State.choices if one[0] != Quarantine.State.OPEN), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        waiting, *others = super().choices(changelist)
        return [waiting | {"display": Quarantine.State.OPEN.label}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or Quarantine.State.OPEN)


class ByLayerOfRun(ByLayer):
    heading = _("Layer")


class WorkList(ChangeList):
    """Features, and the versions that the page shows of them (`seen`): what is decided in bulk goes with these."""

    @property
    def seen(self) -> str:
        return seen_in(self)


class QuarantineAdmin(DeliveredAdmin):
    """The work list: correct, release, reject. Features of dry runs are seen with their run only."""

    change_list_template = "config/imports/work.html"
    heading = _("Work list of the quarantine")
    counted_as = _("Quarantined features")  # one does not count a quarantine
    list_display = ("row", "why", "source_id", "into", "came", "stands")
    list_filter = (
        ByState, ("run__layer", ByLayerOfRun), ("code", ByReason), ("run", RelatedInUse),
    )  # fmt: skip
    list_select_related = ("run",)
    search_fields = ("source_id", "reason_ar", "reason_en")
    actions = ("release", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("run", "settled_by")
        listed = ((request.resolver_match and request.resolver_match.url_name) or "").endswith("changelist")
        return rows.filter(run__dry=False).defer(*LARGE) if listed else rows.defer("original")

    def get_urls(self) -> list[Any]:
        judging = path("<uuid:key>/judging/", self.admin_site.admin_view(working.judging), name="import_judging")
        return [judging, *super().get_urls()]

    def get_actions(self, request: HttpRequest, *where: Any) -> dict[str, Any]:
        return super().get_actions(request, *where) if may_import(request) else {}

    def own_page(self, request: HttpRequest, found: Any) -> HttpResponse:
        return working.feature(request, found, Trail(self, request, found))

    def get_changelist(self, request: HttpRequest, **named: Any) -> type[ChangeList]:
        if getattr(request, "unread", False):
            return Unread
        made: type[ChangeList] = super().get_changelist(request, **named)
        return WorkList if made is ChangeList and may_import(request) else made

    @display(description=gettext_lazy("Reason"))
    def why(self, feature: Quarantine) -> str:
        return feature.reason

    @display(description=gettext_lazy("Layer"), ordering="run__layer")
    def into(self, feature: Quarantine) -> str:
        return layer_title(feature.run.layer)

    @display(description=gettext_lazy("Import"), ordering="run")
    def came(self, feature: Quarantine) -> str:
        return feature.run.known_by

    @display(description=gettext_lazy("State"), ordering="state")
    def stands(self, feature: Quarantine) -> str:
        """One that was released waits for nobody while it is judged."""
        judge = feature.settled_by if feature.state == Quarantine.State.OPEN else None
        judged = judge is not None and judge.state in ImportRun.GOING
        return gettext("being judged") if judged else str(feature.get_state_display())

    @action(description=_("Release the chosen features"))
    def release(self, request: HttpRequest, listed: QuerySet[Quarantine]) -> None:
        versions = chosen(request, self.get_queryset(request), listed)
        try:
            runs = worklist.ask_to_release(versions, by=person_of(request).pk) if versions else []
        except Refusal as refusal:
            say_error(request, str(refusal))
            return
        for run in runs:
            start(run)
        if versions:
            words = ngettext(
                "%(n)d feature is being judged anew.", "%(n)d features are being judged anew.", len(versions)
            )
            told = words % {"n": len(versions)}
            ways = [reverse("admin:spatial_importrun_change", args=[run.pk]) for run in runs]
            # Of several imports there are several releases, which the list of imports leads to.
            way = ways[0] if len(ways) == 1 else reverse("admin:spatial_importrun_changelist")
            success(request, format_html('{} <a href="{}">{}</a>', told, way, gettext("How far it is")))

    @action(description=_("Reject the chosen features"))
    def reject(self, request: HttpRequest, listed: QuerySet[Quarantine]) -> HttpResponse | None:
        """Asks for the reason first; it is one for all of them."""
        versions = chosen(request, self.get_queryset(request), listed)
        if not versions:
            return None
        if request.POST.get("decided") != "yes":
            return _ask_why(request, versions)
        try:
            worklist.reject(versions, reason=request.POST.get("reason", ""), by=person_of(request).pk)
        except Refusal as refusal:
            say_error(request, str(refusal))
            return _ask_why(request, versions)
        words = ngettext("%(n)d feature is rejected.", "%(n)d features are rejected.", len(versions))
        success(request, words % {"n": len(versions)})
        return None


def _ask_why(request: HttpRequest, versions: Mapping[Any, int]) -> HttpResponse:
    """The page that asks for the reason; one that was refused stands there still."""
    keys, reason = [str(key) for key in versions], request.POST.get("reason", "")
    context = {"keys": keys, "count": len(keys), "reason": reason, "seen": as_seen(versions)}
    return page(request, "config/imports/reject.html", gettext("Reject"), **context)


class SavedMappingAdmin(DeliveredAdmin):
    """Kept from the page of a file; here they are looked over and deleted."""

    change_list_template = "config/imports/mappings.html"
    list_display = ("name", "into")
    list_filter = (("layer", ByLayer),)
    search_fields = ("name",)
    fields = ("name", "into", "which", "how")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return super().get_model_perms(request) if may_import(request) else {}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_import(request, getattr(obj, "authority_id", None))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        about = {"title": _("Saved mapping")} | (extra_context or {})
        return ModelAdmin.change_view(self, request, object_id, form_url, about)

    @display(description=gettext_lazy("Layer"), ordering="layer")
    def into(self, mapping: SavedMapping) -> str:
        return layer_title(mapping.layer)

    @display(description=gettext_lazy("Which column is which field"))
    def which(self, mapping: SavedMapping) -> str:
        return kept.fields_table(mapping)

    @display(description=gettext_lazy("How the file is read"))
    def how(self, mapping: SavedMapping) -> str:
        return kept.reading_table(mapping)
