"""Questions that are posted to the items of a collection: filters that are too long for an address. Nothing is written.

The type of the body tells a question from a feature: a filter as CQL2 in JSON, or the parameters as a form. Whatever is
not in the body may be in the address. A page of a posted question leads to the next by an address where that is short,
else by another POST, told as the STAC API tells it: `method`, `headers` and `body`.
"""

from typing import ClassVar

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.cql2.refusals import NotCql2Json
from gis.parameters import FORM, GivenTwice, is_question
from gis.refusals import Refusal

MOST_BYTES = 2_000_000
LONGEST_ADDRESS = 2_000


class TooLong(Refusal):
    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413
    sentence: ClassVar[str | Promise] = _("A question may have %(most)s bytes and few parameters. Shorten it.")
    counts: ClassVar[tuple[str, ...]] = ("most",)


class NotWhole(Refusal):
    code: ClassVar[str] = "Unreadable"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _("The body did not arrive whole. Send it again.")


def posted(request: HttpRequest) -> QueryDict | None:
    """The parameters of a posted question; None where the request is none. Raises TooLong, NotWhole and GivenTwice."""
    if not is_question(request.method, request.content_type):
        return None
    try:
        body = request.body
        query = request.GET.copy()
        if (request.content_type or "").lower() == FORM:
            for name, values in QueryDict(body, encoding="utf-8").lists():
                query.setlist(name, [*query.getlist(name), *values])
            return query
    except (RequestDataTooBig, TooManyFieldsSent) as error:
        raise TooLong(most=MOST_BYTES) from error
    except UnreadablePostError as error:
        raise NotWhole from error
    for name in ("filter", "filter-lang"):
        if name in query:
            raise GivenTwice(name=name)
    try:
        query["filter"] = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotCql2Json from error
    query["filter-lang"] = "cql2-json"
    return query
