"""What every page knows."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, object]:
    """Name of the site and the theme that this visitor chose ("" follows the system)."""
    theme = request.COOKIES.get("theme", "")
    return {"home_name": _("Baladiya"), "theme": theme if theme in THEMES else ""}
