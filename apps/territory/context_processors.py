"""The authority's name, emblem and colour on every page of its deployment."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, lazystr
from django.utils.translation import gettext as _

from .identity import home_authority


def identity(request: HttpRequest) -> dict[str, object]:
    """`home`, and its name in the page's language; asked of the database only by a template that shows them."""
    if not settings.HOME_AUTHORITY:
        return {}
    home = SimpleLazyObject(home_authority)
    return {"home": home, "home_name": lazystr(SimpleLazyObject(lambda: home.name if home else _("Baladiya")))}
