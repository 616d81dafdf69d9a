"""Filters of the desk's lists that say codes in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, ModelAdmin, RelatedFieldListFilter
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.functional import Promise

from gis.layers import registry

Words = Mapping[str, str | Promise]


class InWords(AllValuesFieldListFilter):
    """The values that occur, in words; one that has none stays as it is. `heading` where the field's name is none."""

    words: Callable[[], Words]
    heading: str | Promise = ""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.title = str(self.heading or self.title)

    def choices(self, changelist: Any) -> Iterator[Any]:
        words = self.words()
        for choice in super().choices(changelist):
            yield {**choice, "display": str(words.get(str(choice["display"]), choice["display"]))}


class RelatedInUse(RelatedFieldListFilter):
    """The related records that occur, each looked up by itself: Django's own filter reads the whole list for them."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[Any]:
        rows = model_admin.get_queryset(request).order_by().filter(**{self.field_path: OuterRef("pk")})
        ordering = self.field_admin_ordering(field, request, model_admin)
        return list(field.get_choices(include_blank=False, limit_choices_to=Q(Exists(rows)), ordering=ordering))


class ByLayer(InWords):
    """The layers that occur, by their titles."""

    words = staticmethod(lambda: {layer.id: layer.title for layer in registry})


def layer_title(layer_id: str) -> str:
    """In the page's language; a layer that is declared no more goes by its name."""
    layer = registry.get(layer_id)
    return str(layer.title) if layer else layer_id
