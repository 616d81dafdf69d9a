"""The officer's desk for reports: on the map, with the next step, the answer to the reporter and the photos."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import DateFieldListFilter, ModelAdmin, display
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import person_of
from apps.core.admin import ByOthers, RecordAdmin, RecordInline
from apps.core.admin_filters import RelatedInUse
from apps.core.desk_page import DeskPage
from apps.core.refusals import Refusal

from . import services
from .admin_forms import ReviewForm, StepForm
from .models import Category, Photo, Report, StatusNote
from .numbers import BadNumber, read_number
from .permissions import TO_ANSWER, TO_PUBLISH, may_see_original
from .workflow import Status


@admin.register(Category)
class CategoryAdmin(DeskPage, ModelAdmin):
    """For superusers: one list for all authorities."""

    list_display = ("code", "group", "name_ar", "name_en", "place", "order", "active")
    list_filter = ("group", "place", "active")
    search_fields = ("code", "name_ar", "name_en")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NoteInline(ByOthers, RecordInline):
    """What was done and answered so far."""

    model = StatusNote
    fields = readonly_fields = ("noted_at", "status", "answer")  # type: ignore[assignment]
    ordering = ("noted_at",)


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    """Citizens make reports, officers answer them, nobody deletes them: a wrong one is not followed up."""

    to_write = TO_ANSWER
    history_hides = ("token", "body_hash", "client_id")  # with the token an officer could pass for the reporter
    form = StepForm
    list_display = ("number", "category", "status", "reported_at", "address", "authority")
    list_filter = ("status", ("reported_at", DateFieldListFilter), ("category", RelatedInUse))
    list_select_related = ("category", "authority")
    search_fields = ("number", "text", "address", "reporter__name", "reporter__phone")
    date_hierarchy = "reported_at"
    ordering = ("-reported_at",)
    readonly_fields = ("number", "status", "text", "address", "reported_at", "reporter_lines", "photo_links")
    inlines = (NoteInline,)

    def numbers(self, typed: str) -> Iterable[str]:
        """As people say it: in groups of digits, with dashes."""
        try:
            return [read_number(typed)]
        except BadNumber:
            return []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        told = ["number", "status", "reported_at", "text", "photo_links", "reporter_lines", "address"]
        if not self.has_change_permission(request, obj):
            return [*told, "category", "on_map", "authority", "identifier"]
        return [*told, "category", "geom", "step", "answer", "authority", "identifier"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A corrected category or place is stored; the step is taken by the service."""
        corrected = [name for name in ("category", "geom") if name in form.changed_data]
        if corrected:
            obj.save(update_fields=corrected)
        if step := form.cleaned_data.get("step"):
            services.change_status(
                report=obj,
                status=Status(step),
                answer=form.cleaned_data["answer"],
                by=person_of(request),
                at=timezone.now(),
            )

    @display(description=_("Reporter"))
    def reporter_lines(self, report: Report) -> str:
        reporter = getattr(report, "reporter", None)
        if reporter is None:
            return gettext("Did not say who they are.")
        lines = ((line,) for line in (reporter.name, reporter.phone, reporter.email) if line)
        return format_html_join(", ", "<bdi>{}</bdi>", lines)

    @display(description=_("Photos"))
    def photo_links(self, report: Report) -> str:
        photos = report.photos.order_by("pk")
        return format_html_join(" ", "{}", ((picture(photo),) for photo in photos)) or gettext("None")


@admin.register(Photo)
class PhotoAdmin(RecordAdmin):
    """Photos before the public: reviewed one by one."""

    to_write = TO_PUBLISH
    form = ReviewForm
    list_display = ("report", "review", "authority")
    list_filter = ("review",)
    list_select_related = ("report", "authority")
    search_fields = ("report__number",)
    readonly_fields = ("report", "review", "original")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown = ["report", "review", "original"]
        return (
            [*shown, "blurred", "hide", "identifier"]
            if self.has_change_permission(request, obj)
            else [*shown, "identifier"]
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        if given.get("hide"):
            services.hide_photo(photo=obj, by=person_of(request), at=timezone.now())
        elif given.get("blurred"):
            services.publish_photo(photo=obj, blurred=given["blurred"], by=person_of(request), at=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.original_file)
        own = path("<uuid:photo_id>/original.jpg", view, name="reports_photo_original")
        return [own, *super().get_urls()]

    def original_file(self, request: HttpRequest, photo_id: UUID) -> FileResponse:
        """The photo as it was sent, for officers of its authority. Others are not told whether there is one."""
        rows: QuerySet[Photo] = self.get_queryset(request)
        photo = rows.filter(pk=photo_id).first()
        if photo is None or not may_see_original(person_of(request), photo, at=timezone.now()):
            raise Http404
        try:
            file = services.open_kept(photo.image)
        except Refusal as refusal:
            raise Http404(str(refusal)) from refusal
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(file, content_type="image/jpeg", headers=headers)

    @display(description=_("Photo"))
    def original(self, photo: Photo) -> str:
        return picture(photo)


def picture(photo: Photo) -> SafeString:
    """The photo, small, with a link to its review; words in its place where its file is lost."""
    review = reverse("admin:reports_photo_change", args=[photo.pk])
    if not photo.image.storage.exists(str(photo.image)):
        return format_html('<a href="{}">{}</a>', review, gettext("The file of this photo is missing."))
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" height="160" loading="lazy"></a>',
        review,
        reverse("admin:reports_photo_original", args=[photo.pk]),
        photo.get_review_display(),
    )
