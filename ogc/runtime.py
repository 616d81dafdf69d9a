"""pygeoapi's API object, one for the process, and the requests it answers.

pygeoapi's own entry for Django builds the object anew for each request (a copy of the whole configuration) and breaks
on HEAD. Ours is made once; what differs between requests it asks of the current caller.
"""

import logging
from functools import cache
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from pygeoapi.api import API, APIRequest
from pygeoapi.l10n import str2locale

from gis.features import MOST_ON_A_PAGE
from gis.refusals import Refusal

from . import caller, seams
from .catalogue import Resources
from .parameters import DEFAULT_LIMIT, LANGUAGES
from .wishes import chosen_format


class Refused(Refusal):
    """What pygeoapi refuses by itself, in its words."""

    def __init__(self, code: str, status: int, sentence: str) -> None:
        super().__init__()
        self.code, self.status, self.sentence = code, status, sentence  # type: ignore[misc]


class Shop(API):
    """The API over the layer registry."""

    @property
    def base_url(self) -> str:
        """As the caller wrote it: one server may have several names."""
        return caller.current().base

    @base_url.setter
    def base_url(self, _configured: str) -> None:
        """pygeoapi sets it from the configuration; there is none in ours."""

    def get_exception(self, status: int, headers: Any, format_: Any, code: str, description: str) -> NoReturn:
        """An error leaves as a refusal, so that all are answered in one way (`ogc.answers`)."""
        raise Refused(code, int(status), description)


class Request(APIRequest):
    """The current caller's request as pygeoapi reads it: parameters are checked, the language is chosen."""

    def _get_params(self, request: Any) -> dict[str, str]:
        return dict(caller.current().parameters)

    def _get_locale(self, headers: Any, supported: Any) -> tuple[str, Any]:
        language = caller.current().language
        return language, str2locale(language)

    def _get_format(self, headers: Any, extra_formats: Any = None) -> str:
        return chosen_format(caller.current().parameters.get("f", ""), headers.get("Accept", ""))


@cache
def shop() -> Shop:
    """The one API object. pygeoapi warns about each parameter that is not given: it may speak of errors only."""
    logging.getLogger("pygeoapi").setLevel(logging.ERROR)
    seams.replace()
    return Shop(_configuration(), openapi={})


def _configuration() -> dict[str, Any]:
    title = _("Open map data of the municipality")
    return {
        "server": {
            "url": "",
            "languages": list(LANGUAGES),
            "limits": {"default_items": DEFAULT_LIMIT, "max_items": MOST_ON_A_PAGE},
            "templates": {},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": title,
                "description": _("Every published layer, for programs and for people (OGC API Features)."),
                "url": "/",
            },
        },
        "resources": Resources(),
    }
