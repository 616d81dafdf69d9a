"""The list that somebody came from to a feature of the quarantine: its filters, search and order, and who is next."""

from collections.abc import Iterator
from copy import copy
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from gis.exchange.models import ImportRun, Quarantine

CAME_FROM = "_changelist_filters"  # Django's own name
# Ordered by a run means: by when it began, the newest first.
MEANT = {"run": ("run__started_at", True)}


class Unread(ChangeList):
    """A list of which filters and order are wanted, and no page: nothing is counted."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list = self.queryset.none()
        self.result_count, self.full_result_count = 0, None
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = self.multi_page = False


class Trail:
    """The ways from one feature to its list and to the others of that list.

    Without a list in the address it is the list as it opens: what waits. Features of a dry run stand in no list, and
    are followed through their run.
    """

    def __init__(self, desk: Any, request: HttpRequest, item: Quarantine) -> None:
        self.item = item
        self.filters = QueryDict(request.GET.get(CAME_FROM, "")).urlencode()
        self._listed = _listed(desk, request, item, self.filters)

    @property
    def back(self) -> str:
        """The list again, as it was left."""
        there = reverse("admin:spatial_quarantine_changelist")
        return f"{there}?{self.filters}" if self.filters else there

    def way(self, item: Quarantine) -> str:
        """The page of a feature, which knows the list too."""
        page = reverse("admin:spatial_quarantine_change", args=[item.pk])
        return f"{page}?{came_from(self.filters)}" if self.filters else page

    @property
    def steps(self) -> Iterator[tuple[str, str, int]]:
        """The one before and the one after, where there is one: "prev" or "next", its page and its row."""
        for name, back in (("prev", True), ("next", False)):
            found = _beside(self._listed, self.item, back=back).first()
            if found is not None:
                yield name, self.way(found), found.row

    def waiting(self) -> Quarantine | None:
        """The next that waits for a decision and is judged by nobody; after the last it is the first."""
        waiting = self._listed.filter(state=Quarantine.State.OPEN).exclude(pk=self.item.pk)
        free = waiting.exclude(settled_by__state__in=ImportRun.GOING)
        return _beside(free, self.item).first() or free.first()


def came_from(filters: str) -> str:
    """What the address of a feature says of its list."""
    return urlencode({CAME_FROM: filters})


def _listed(desk: Any, request: HttpRequest, item: Quarantine, filters: str) -> QuerySet[Quarantine]:
    """The whole list in its order. Filters that somebody made up are none."""
    asked = copy(request)
    asked.GET = QueryDict(filters)
    asked.unread = True  # type: ignore[attr-defined]
    try:
        rows = desk.get_changelist_instance(asked).queryset
    except IncorrectLookupParameters:
        asked.GET = QueryDict()
        rows = desk.get_changelist_instance(asked).queryset
    of_its_kind = {"run": item.run_id} if item.run.dry else {"run__dry": False}
    listed: QuerySet[Quarantine] = rows.filter(**of_its_kind).select_related(None).only("row", "source_id")
    return listed


def _beside(listed: QuerySet[Quarantine], item: Quarantine, *, back: bool = False) -> QuerySet[Quarantine]:
    """Those that come after `item` in the order of the list, the nearest first; `back`: those before it.

    Asked by the values of the order, so that it need not stand in the list any more: a decision takes it out.
    """
    passed, alike, order = Q(pk__in=[]), Q(), []
    for path, falls in map(_path, listed.query.order_by):
        down = falls != back
        value = attrgetter(path.replace("__", "."))(item)
        passed |= alike & Q(**{f"{path}__{'lt' if down else 'gt'}": value})
        alike &= Q(**{path: value})
        order.append(f"-{path}" if down else path)
    return listed.filter(passed).order_by(*order)


def _path(ordering: Any) -> tuple[str, bool]:
    """A field of the order, and whether it falls."""
    name = str(ordering).removeprefix("-")
    path, falls = MEANT.get(name, (name, False))
    return path, falls != str(ordering).startswith("-")
