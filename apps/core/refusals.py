"""Refusals that every app may raise; those of one subject are defined beside what raises them."""

from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

__all__ = ["Conflict", "NotAllowed", "NotFound", "Refusal"]


class NotAllowed(Refusal):
    """The caller is known but has no right to this."""

    code = "not_allowed"
    status = 403
    sentence = _("You have no right to do this. Ask a manager of the authority for it.")


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of: the two are not told apart."""

    code = "not_found"
    status = 404
    sentence = _("There is nothing here that you may see. Check the address or the number.")


class Conflict(Refusal):
    """Something else happened first."""

    code = "conflict"
    status = 409
    sentence = _("This was changed meanwhile. Look at it again and repeat your change.")
