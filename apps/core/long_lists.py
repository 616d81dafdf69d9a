"""Lists of the desk that hold up at the size of a country, where some questions have no answer within a request."""

from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.contrib.messages import warning
from django.core.paginator import Paginator
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext
from psycopg.errors import QueryCanceled

MOST_COUNTED = 100_000


class CountedSoFar(Paginator):
    """Counts no further than anybody leafs: the rest of millions would take longer than the page itself."""

    @cached_property
    def more(self) -> bool:
        """Are there more than were counted?"""
        return self._counted > MOST_COUNTED

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())


class GivenUp(ChangeList):
    """The list with its filters and its search, and none of its records: the database would not have been done.

    None from the beginning, so that a search which looks something up by itself asks nothing a second time either.
    """

    given_up = True

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.root_queryset = self.root_queryset.none()
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return rows


class LongList:
    """To put before a ModelAdmin."""

    show_full_result_count: Any = False  # a second count, of all that the filters leave out
    paginator: Any = CountedSoFar

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        page: Any = super()
        made: type[ChangeList] = page.get_changelist(request, **kwargs)
        return GivenUp if request.__dict__.get("given_up") else made

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Which years, months and days there are is found out by reading all: not of what is not even counted."""
        page: Any = super()
        made: ChangeList = page.get_changelist_instance(request)
        if made.multi_page and made.paginator.more:
            made.date_hierarchy = None
        return made

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page: Any = super()
        try:
            with transaction.atomic():  # the request goes on in its transaction after a question that was ended
                answer: HttpResponse = page.changelist_view(request, extra_context)
                if isinstance(answer, SimpleTemplateResponse):
                    answer.render()  # the records are read here
                return answer
        except OperationalError as error:
            if request.method != "GET" or not isinstance(error.__cause__, QueryCanceled):
                raise
        request.__dict__["given_up"] = True
        warning(request, gettext(
            "Nothing is listed: the list is too long for this question. Narrow it down by a filter, for example the"
            " authority, and ask again. What you typed is kept."
        ))  # fmt: skip
        given: HttpResponse = page.changelist_view(request, extra_context)
        return given
