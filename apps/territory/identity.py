"""Whose page it is: the name, emblem and accent colour of the authority that a deployment belongs to."""

from django.conf import settings

from .models import Authority


def home_authority() -> Authority | None:
    """The authority that HOME_AUTHORITY names; None where the site belongs to no single one."""
    code = settings.HOME_AUTHORITY
    return Authority.objects.current().defer("geom").filter(code=code).first() if code else None
