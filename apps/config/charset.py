"""What is sent is UTF-8. Django reads a form in whatever encoding its header names, and breaks on some of them."""

import codecs
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .unread import Unread

READ = frozenset({"utf-8", "ascii"})
REFUSAL = Unread(
    400,
    "other_encoding",
    "أُرسل هذا الطلب بترميز لا يُقرأ هنا. أرسله بترميز UTF-8.",
    "This request was sent in an encoding that is not read here. Send it in UTF-8.",
)


def only_utf8(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answers 400 before anything reads the request's parameters."""

    def respond(request: HttpRequest) -> HttpResponse:
        named = (request.content_params or {}).get("charset")
        if named is not None and not _is_read(named):
            return REFUSAL.response(request.path)
        return get_response(request)

    return respond


def _is_read(named: str) -> bool:
    try:
        return codecs.lookup(named.strip("\"' ")).name in READ
    except (LookupError, ValueError):
        return False
