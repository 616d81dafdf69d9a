"""The site's addresses, and some that fail on purpose."""

from collections.abc import Iterator

from csp.decorators import csp_exempt, csp_update
from django.core.exceptions import SuspiciousOperation
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from apps.config.urls import urlpatterns as ours

PARTS, PART = 2048, 2**16


def server_error(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("seeded")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("seeded")


@csp_exempt()
def without_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>seeded</p>")


@csp_update({"script-src": ["'unsafe-inline'"]})
def unsafe(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>seeded</p>")


def long(request: HttpRequest) -> StreamingHttpResponse:
    """128 MB that hold a transaction while they go out."""

    def parts() -> Iterator[bytes]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            for _number in range(PARTS):
                yield b"x" * PART

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("fault/long", long),
    path("fault/500", server_error),
    path("fault/400", suspicious),
    path("fault/without-policy", without_policy),
    path("fault/unsafe", unsafe),
    *ours,
]
