"""Which lookups the query of an admin's list may hold: those that its own filters write, and no other.

Django lets through every lookup on the model's own fields. `?token__startswith=a` then tells a secret letter by letter
to whoever may read the list, and what the database cannot take (`__regex=(`, `__relate=`) fails in the page.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import DateField
from django.http import HttpRequest

DAY = ("year", "month", "day")
FIRST_YEAR, LAST_YEAR = 1000, 9998  # outside them Django's own bounds of a year overflow


class DeclaredLookups:
    """To put before a ModelAdmin. What is not declared by `list_filter` or `date_hierarchy` is answered 400.

    `linked_by` names the lookups with which our own pages lead to the list.
    """

    linked_by: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        if "\0" in value:
            return False
        page: Any = self
        if page.date_hierarchy and lookup in (days := [f"{page.date_hierarchy}__{part}" for part in DAY]):
            return _is_day(days.index(lookup), value)
        return lookup in self.linked_by or lookup in set(_written(page, request))


def _written(page: Any, request: HttpRequest | None) -> Iterator[str]:
    """The parameters that the filters' links write."""
    for item in page.get_list_filter(request):
        if isinstance(item, type) and issubclass(item, SimpleListFilter):
            yield str(item.parameter_name)
            continue
        path = item[0] if isinstance(item, (list, tuple)) else item
        field: Any = get_fields_from_path(page.model, path)[-1]
        yield f"{path}__isnull"
        if isinstance(field, DateField):
            yield from (f"{path}__gte", f"{path}__lt")
        elif field.is_relation:
            yield f"{path}__{field.target_field.name}__exact"
        else:
            yield from (path, f"{path}__exact")


def _is_day(part: int, value: str) -> bool:
    """A year, month or day as the links above the list write it."""
    if not (value.isascii() and value.isdigit() and len(value) <= 4):
        return False
    least, most = ((FIRST_YEAR, LAST_YEAR), (1, 12), (1, 31))[part]
    return least <= int(value) <= most
