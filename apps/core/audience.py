"""Who reads a screen."""

from uuid import UUID

from django.http import HttpRequest

from gis.layers import Audience


def audience_of(request: HttpRequest) -> Audience:
    """What the caller may be shown, as the accounts found out; nothing but the public part when nobody asked them."""
    return getattr(request, "audience", Audience.PUBLIC)


def own_authorities(request: HttpRequest) -> frozenset[UUID]:
    """The authorities that the caller works for; none named for visitors and for a superuser, who works for all."""
    standing = getattr(request, "standing", None)
    return standing.authorities("read_private") if standing else frozenset()
