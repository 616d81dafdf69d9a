"""The site's addresses, and some that fail on purpose."""

from csp.decorators import csp_exempt, csp_update
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from apps.config.urls import urlpatterns as ours


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


urlpatterns = [
    path("fault/500", server_error),
    path("fault/400", suspicious),
    path("fault/without-policy", without_policy),
    path("fault/unsafe", unsafe),
    *ours,
]
