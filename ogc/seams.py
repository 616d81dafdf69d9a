"""Where pygeoapi is bent to our needs: every name of it that we replace, in one place.

A test holds that each name is still there and still used, so that a new version cannot undo one in silence.
"""

from typing import Any

from django.utils.translation import gettext
from pygeoapi import api, l10n

from . import documents


def translated(text: str, _language: str) -> str:
    """For pygeoapi's `translate_gettext`: its package ships no catalogues, ours has its words (`ogc.phrases`)."""
    return gettext(text) if text else text


def rendered(*given: Any) -> str:
    """For pygeoapi's `render_j2_template`: our pages."""
    from . import pages  # they import what imports this module

    return pages.render(*given)


REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (api, "to_json", documents.dumps),
    (api, "render_j2_template", rendered),
    (l10n, "translate_gettext", translated),
)


def replace() -> None:
    """Put ours in the place of theirs."""
    for module, name, ours in REPLACED:
        if not hasattr(module, name):
            raise AttributeError(f"pygeoapi has no {module.__name__}.{name} any more: see ogc/seams.py")
        setattr(module, name, ours)
