"""Which address is answered by whom.

Pages for people stand under a language (`/ar/`, `/en/`); `/` goes to the one that the visitor chose before or that the
browser asks for, Arabic when neither is ours. The health addresses are answered before all this (`apps.config.health`).
"""

from typing import NoReturn

from django.conf.urls.i18n import i18n_patterns
from django.http import Http404, HttpRequest
from django.urls import include, path

from apps.accounts.views import sign_in

from .desk import site as desk


def nothing_here(request: HttpRequest, **_parts: str) -> NoReturn:
    """The admin's way to a record's own page: no record has one, and Django's fails at keys that are no number."""
    raise Http404


handler400 = "apps.config.unread.bad_request"
urlpatterns = [
    path("admin/r/<path:rest>", nothing_here),
    path("admin/login/", sign_in),
    path("admin/", desk.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("apps.core.site_urls")),
    path("", include("apps.territory.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("ogc.urls")),
    *i18n_patterns(
        path("", include("apps.core.urls")),
        path("", include("apps.reports.urls")),
    ),
]
