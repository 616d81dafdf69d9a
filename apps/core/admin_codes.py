"""Fields that hold several codes, on the pages of the desk: said in words, and filtered by one of them."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import FieldListFilter, display
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from gis.codes import CodesField, choices_of

from .wording import titled


def in_words(model: type[Model], names: list[Any]) -> list[Any]:
    """The names of a page's columns or fields; those that hold several codes as functions that say them."""
    return [_said(field) if (field := _field(model, name)) else name for name in names]


def _field(model: type[Model], name: Any) -> CodesField | None:
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, CodesField) else None


def _said(field: CodesField) -> Callable[[Any], str | None]:
    @display(description=field.verbose_name)
    def said(record: Any) -> str | None:
        return titled(choices_of(field), getattr(record, field.attname)) or None

    said.__name__ = str(field.name)
    return said


class Holding(FieldListFilter):
    """The records that hold one of the codes, whatever else they hold."""

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.name = field_path
        super().__init__(field, request, params, model, model_admin, field_path)
        wanted: Any = self.used_parameters.get(self.name)
        self.code = wanted[-1] if wanted else ""

    def expected_parameters(self) -> list[str | None]:
        return [self.name]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything = {"": gettext("All")}
        for code, title in {**everything, **dict(choices_of(self.field))}.items():
            query = changelist.get_query_string({self.name: code} if code else {}, [] if code else [self.name])
            yield {"selected": code == self.code, "query_string": query, "display": str(title)}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.name}__contains": [self.code]}) if self.code else queryset


FieldListFilter.register(lambda field: isinstance(field, CodesField), Holding, take_priority=True)
