"""The admin of a record: the officer's own authority, a map, and a reason for what is taken away.

What is seen and written is decided by row-level security, under which the whole request runs; what is offered follows
from the caller's standing (`request.standing`), so that a planner reads and is not led into refusals.
"""

from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.contrib.admin import ModelAdmin, SimpleListFilter, TabularInline, display
from django.contrib.admin.utils import unquote
from django.contrib.gis.db.models import GeometryField, PointField
from django.contrib.messages import error as say_error
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import ForeignKey, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.forms import BaseInlineFormSet, BaseModelForm, ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdminMixin

from gis.db.acting import acting_as
from gis.layers import registry

from .admin_codes import in_words
from .admin_filters import RelatedInUse
from .desk_labels import labels_of
from .desk_page import DeskPage
from .models import new_key
from .record_history import lines
from .refusals import Refusal, refusal_of
from .typed import TypedDigits
from .typed_place import PlaceField, PlaceWidget
from .widgets import MapWidget


class Standing(Protocol):
    """What the middleware says about the caller; see `apps.accounts.permissions`."""

    everywhere: bool

    def may(self, action: str, authority: UUID | None = None) -> bool: ...

    def authorities(self, action: str) -> frozenset[UUID]: ...


def standing(request: HttpRequest) -> Standing:
    return request.standing  # type: ignore[attr-defined]


class ByStanding:
    """Rights from the caller's roles instead of Django's permission tables. Names are those of `Action`."""

    to_read: ClassVar[str] = "read_private"
    to_write: ClassVar[str] = "edit_layer"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return standing(request).may(self.to_read)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).may(self.to_read, authority_id(obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).may(self.to_write, authority_id(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).may(self.to_write, authority_id(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).may(self.to_write, authority_id(obj))


class ByOthers:
    """To put before a page or inline: shown here, written by services, imports or citizens."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(DeskPage, ByStanding, LeafletGeoAdminMixin, ModelAdmin):
    """For models that belong to an authority.

    `map_editable = False` shows geometry and takes none: parcels are drawn by a survey, not here.
    `asks_reason = False` where the form itself asks why.
    """

    widget = MapWidget
    map_template = "admin/record/map_field.html"
    map_editable: ClassVar[bool] = True
    asks_reason: ClassVar[bool] = True
    history_hides: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    change_form_template = "admin/record/change_form.html"
    delete_confirmation_template = "admin/record/delete_confirmation.html"
    object_history_template = "admin/record/history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Own authorities only, also for the few tables that row-level security itself reads."""
        rows = super().get_queryset(request)
        if standing(request).everywhere:
            return rows
        return rows.filter(authority__in=standing(request).authorities(self.to_read))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Whose a record is stands in the list of those who work for more than one authority."""
        columns = in_words(self.model, list(super().get_list_display(request)))
        return columns if self._for_several(request) else [name for name in columns if name != "authority"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Those who work for more than one authority choose one."""
        filters = list(super().get_list_filter(request))
        owned = any(field.name == "authority" for field in self.opts.get_fields())
        return [*filters, ("authority", RelatedInUse)] if owned and self._for_several(request) else filters

    def _for_several(self, request: HttpRequest) -> bool:
        caller = standing(request)
        return caller.everywhere or len(caller.authorities(self.to_read)) > 1

    def view_on_site(self, obj: Any) -> str | None:
        """The record's card on the map, where its layer has one."""
        layer = next((one for one in registry if one.model is self.model and not one.base_map), None)
        return reverse("card", args=[layer.id, obj.pk]) if layer else None

    def get_actions(self, request: HttpRequest, *where: Any) -> dict[str, Any]:
        """Nothing is deleted in bulk: each deletion gives its reason."""
        actions = super().get_actions(request, *where)
        actions.pop("delete_selected", None)
        return actions

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A geometry that cannot be edited here is shown by `on_map` instead of as text."""
        fields = [name for name in super().get_fields(request, obj) if name not in ("id", "identifier", "on_map")]
        if obj is None:
            return fields
        if not self.has_change_permission(request, obj):
            fields = in_words(self.model, fields)
        drawn = {field.name for field in self.opts.get_fields() if isinstance(field, GeometryField)}
        if not drawn or (self.map_editable and self.has_change_permission(request, obj)):
            return [*fields, "identifier"]
        return [*(name for name in fields if name not in drawn), "on_map", "identifier"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A record never changes its authority."""
        given = list(super().get_readonly_fields(request, obj))
        return [*given, "identifier", "on_map", *(["authority"] if obj else [])]

    @display(description=_("Identifier"))
    def identifier(self, obj: Any) -> SafeString:
        """What feeds, exports and QGIS know the record by."""
        return format_html('<bdi dir="ltr">{}</bdi>', obj.pk)

    @display(description=_("Place"))
    def on_map(self, obj: Any) -> SafeString:
        """The record's geometry on a map that cannot be edited (EPSG:4326; below it latitude, longitude)."""
        geometry = getattr(obj, "geom", None)
        return render_to_string("admin/record/map.html", {"geometry": geometry})

    def formfield_for_dbfield(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """A point can be typed."""
        if isinstance(db_field, PointField):
            kwargs.update(form_class=PlaceField, widget=PlaceWidget)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Only authorities for which the officer may write are offered; a single one is chosen already."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "authority" and isinstance(field, ModelChoiceField):
            caller = standing(request)
            if not caller.everywhere and field.queryset is not None:
                own = caller.authorities(self.to_write)
                field.queryset = field.queryset.filter(pk__in=own)
                field.initial = next(iter(own)) if len(own) == 1 else None
        return field

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Labels say the unit. The form carries a refusal of the database as its own error, with everything typed still
        in it."""
        form: type[BaseModelForm] = super().get_form(request, obj, change, labels=labels_of(self.model), **kwargs)
        refused = getattr(request, "refused", "")
        return type(form.__name__, (form,), {"clean": _refuse(form, refused)}) if refused else form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            with acting_as(user=_user_id(request), reason=request.POST.get("reason", "").strip()):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refusal, DatabaseError) as error:
            request.refused = sentence_of(error)  # type: ignore[attr-defined]
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        reason = request.POST.get("reason", "").strip()
        if request.method == "POST" and not reason:
            say_error(request, gettext("Say why this is deleted: the reason is kept with it."))
            return HttpResponseRedirect(request.get_full_path())
        try:
            with acting_as(user=_user_id(request), reason=reason):
                return super().delete_view(request, object_id, extra_context)
        except (Refusal, DatabaseError) as error:
            say_error(request, sentence_of(error))
            return HttpResponseRedirect(request.get_full_path())

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The database's own history, which knows QGIS and imports too, instead of the admin's log."""
        record = self.get_object(request, unquote(object_id))
        past = lines(self.model, record.pk, hidden=self.history_hides) if record is not None else []
        return super().history_view(request, object_id, {"lines": past, **(extra_context or {})})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What hangs on a record goes with it, whether or not it has an admin page of its own."""
        deleted, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """What is entered below a record belongs to the record's authority."""
        for part in formset.forms:
            part.instance.authority_id = form.instance.authority_id
        super().save_formset(request, form, formset, change)


class InForce(SimpleListFilter):
    """For dated records: in force today unless something else is chosen."""

    title = _("In force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ended", _("Ended")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        """The first choice is today's, where Django has "All"."""
        today, *others = super().choices(changelist)
        return [today | {"display": pgettext_lazy("in force", "Today")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(valid_to__lte=timezone.localdate()) if self.value() == "ended" else queryset.current()


class PartsFormSet(BaseInlineFormSet):
    """The parts of a record. One that is being added gets its key before it is stored: Django's formset looks for parts
    under it, and cannot look under a key that the database is yet to give."""

    def __init__(self, data: Any = None, files: Any = None, instance: Any = None, **more: Any) -> None:
        if instance is not None and isinstance(instance.pk, DatabaseDefault):
            instance.pk = new_key()
        super().__init__(data, files, instance, **more)

    def add_fields(self, form: Any, index: int | None) -> None:
        """The key of this page is not that of the next, on which the form comes back."""
        super().add_fields(form, index)
        if self.instance._state.adding:
            form.fields[self.fk.name].initial = None
        for field in form.fields.values():
            inner = getattr(field.widget, "widget", field.widget)
            if not inner.is_hidden:
                inner.attrs.setdefault("aria-label", field.label)  # a table's heading names no input


class RecordInline(TypedDigits, ByStanding, TabularInline):
    """Parts of a record, edited with it."""

    formset = PartsFormSet
    extra = 0
    exclude = ("authority",)
    readonly_fields = ("identifier",)

    @display(description=_("Identifier"))
    def identifier(self, part: Any) -> str:
        """A part that is not stored yet has none."""
        return "" if part._state.adding else str(part.pk)


def authority_id(obj: Any) -> UUID | None:
    """The authority of a record; of a new one it is not known yet."""
    return getattr(obj, "authority_id", None)


def sentence_of(error: Exception) -> str:
    """What to tell a person; an error that is nobody's refusal is raised again, for it is a fault of ours."""
    refusal = error if isinstance(error, Refusal) else refusal_of(error)
    if refusal is None:
        raise error
    return str(refusal)


def _refuse(form: type[BaseModelForm], sentence: str) -> Any:
    def clean(self: Any) -> Any:
        form.clean(self)
        raise ValidationError(sentence, code="refused")

    return clean


def _user_id(request: HttpRequest) -> UUID | None:
    return getattr(request.user, "pk", None)
