"""Who reads a screen."""

from django.http import HttpRequest

from gis.layers import Audience


def audience_of(request: HttpRequest) -> Audience:
    """What the caller may be shown, as the accounts found out; nothing but the public part when nobody asked them."""
    return getattr(request, "audience", Audience.PUBLIC)
