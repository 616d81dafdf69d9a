"""Requests that are refused before any view reads them: a problem document for programs (RFC 9457), else a plain text.

Both languages stand in either: which one the caller wants may stand in what cannot be read.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views import defaults

TEXT, PROBLEM = "text/plain; charset=utf-8", "application/problem+json"


@dataclass(frozen=True)
class Unread:
    """Why, and what to do about it."""

    status: int
    code: str
    arabic: str
    english: str

    def told(self, path: str) -> tuple[str, bytes]:
        """Media type and body of the answer at this address."""
        if not for_programs(path):
            return TEXT, f"{self.arabic}\n{self.english}\n".encode()
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.arabic,
            "code": self.code,
            "details": {"ar": self.arabic, "en": self.english},
        }
        return PROBLEM, json.dumps(document, ensure_ascii=False).encode()

    def response(self, path: str) -> HttpResponse:
        """The same as Django's answer."""
        kind, body = self.told(path)
        return HttpResponse(body, status=self.status, content_type=kind, headers={"Cache-Control": "no-store"})


# A host that is not ours, more parameters than anybody needs: Django says no more than that it is one of these.
NOT_UNDERSTOOD = Unread(
    400,
    "not_understood",
    "تعذّر فهم هذا الطلب. تحقق من اسم الخادم في Host. في العنوان 1000 معامل على الأكثر.",
    "This request could not be read. Check the server's name in Host; an address has at most 1,000 parameters.",
)


def for_programs(path: str) -> bool:
    """The feed's addresses are asked by programs, all others by people."""
    return path.startswith(tuple(settings.KEY_PATHS))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of what it cannot read."""
    if for_programs(request.path):
        return NOT_UNDERSTOOD.response(request.path)
    return defaults.bad_request(request, exception)
