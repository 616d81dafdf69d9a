"""The parameters of the addresses that programs call: known and given once, or a sentence that says why not."""

from collections.abc import Iterable
from typing import ClassVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.features import nearest
from gis.refusals import Refusal

FORM = "application/x-www-form-urlencoded"
FILTERS = ("application/query-cql-json", "application/query-cql2-json", "application/cql2+json")


class BadParameter(Refusal):
    """What every feed and service of ours answers with HTTP 400. `parameter` is at fault, or else the detail `name`."""

    code: ClassVar[str] = "InvalidParameterValue"
    status: ClassVar[int] = 400
    parameter: ClassVar[str] = ""


class UnknownParameter(BadParameter):
    sentence: ClassVar[str | Promise] = _('There is no parameter "%(name)s" here. The nearest is "%(nearest)s".')


class GivenTwice(BadParameter):
    sentence: ClassVar[str | Promise] = _('The parameter "%(name)s" is given more than once. Give it once.')


def is_question(method: str | None, content_type: str | None) -> bool:
    """Is this a POST that asks? Its type alone says so: features come as others, and it reads as a GET does."""
    return method == "POST" and (content_type or "").lower() in (FORM, *FILTERS)


def known_and_once(query: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """The parameters as a plain dictionary. Raises UnknownParameter and GivenTwice."""
    offered = list(names)
    for name, values in query.lists():
        if name not in offered:
            raise UnknownParameter(name=name[:80], nearest=nearest(name, offered))
        if len(values) > 1:
            raise GivenTwice(name=name)
    return {name: str(query[name]) for name in query}
