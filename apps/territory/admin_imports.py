"""What became of imported files: each run with its counts, and the features that were not taken, with the reason."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, RelatedOnlyFieldListFilter, display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from apps.core.admin import ByOthers, ByStanding, standing
from apps.core.admin_filters import InWords
from apps.core.desk_page import DeskPage
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.reasons import TITLES
from gis.exchange.report import Report
from gis.layers import registry


class DeliveredAdmin(DeskPage, ByOthers, ByStanding, ModelAdmin):
    """Rows that an import wrote: read by officers of the authority it was for, changed by nobody."""

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        caller = standing(request)
        return rows if caller.everywhere else rows.filter(authority_id__in=caller.authorities(self.to_read))


class ByLayer(InWords):
    """The layers that files came into, by their titles."""

    words = staticmethod(lambda: {layer.id: layer.title for layer in registry})


class ByReason(InWords):
    """The reasons that occur, in a few words."""

    words = staticmethod(lambda: TITLES)


def layer_title(layer_id: str) -> str:
    """In the page's language; a layer that is declared no more goes by its name."""
    layer = registry.get(layer_id)
    return str(layer.title) if layer else layer_id


@admin.register(ImportRun)
class ImportRunAdmin(DeliveredAdmin):
    list_display = ("started_at", "into", "file_name", "state", "ended_at")
    list_filter = ("state", ("layer", ByLayer))
    search_fields = ("file_name", "layer")
    fields = ("into", "file_name", "snapshot", "state", "message", "counted", "not_taken", "started_at", "ended_at")

    @display(description=gettext_lazy("Layer"), ordering="layer")
    def into(self, run: ImportRun) -> str:
        return layer_title(run.layer)

    @display(description=gettext_lazy("Message"))
    def message(self, run: ImportRun) -> str:
        return run.message_en if get_language() == "en" else run.message_ar

    @display(description=gettext_lazy("Counts"))
    def counted(self, run: ImportRun) -> SafeString:
        """The lines of the report, as the import itself said them."""
        if "read" not in run.counts:  # it stopped before it could count
            return _pairs(run.counts)
        lines = Report.from_json(run.counts).lines()
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line.strip(),) for line in lines)))

    @display(description=gettext_lazy("Quarantine"))
    def not_taken(self, run: ImportRun) -> str:
        count = run.quarantine.count()
        if not count:
            return _("None")
        address = reverse("admin:spatial_quarantine_changelist")
        return format_html('<a href="{}?run__id__exact={}">{}</a>', address, run.pk, count)


@admin.register(Quarantine)
class QuarantineAdmin(DeliveredAdmin):
    """Correct the feature in its source and import the file again: nothing is taken by hand."""

    list_display = ("row", "source_id", "why", "run")
    list_filter = (("run", RelatedOnlyFieldListFilter), ("code", ByReason))
    list_select_related = ("run",)
    search_fields = ("source_id", "reason_ar", "reason_en")
    fields = ("run", "row", "source_id", "why", "values", "original_crs")

    @display(description=gettext_lazy("Reason"))
    def why(self, feature: Quarantine) -> str:
        return feature.reason

    @display(description=gettext_lazy("Original values"))
    def values(self, feature: Quarantine) -> SafeString:
        return _pairs(feature.attributes)


def _pairs(values: dict[str, Any]) -> SafeString:
    """Names and values as they came."""
    lines = format_html_join("", "<dt><bdi>{}</bdi></dt><dd><bdi>{}</bdi></dd>", values.items())
    return format_html("<dl>{}</dl>", lines)
