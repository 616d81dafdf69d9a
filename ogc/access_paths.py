"""How a caller shows who they are, for the API document (OpenAPI 3.0)."""

from django.utils.translation import gettext as _

from .described import Part

EXCHANGE = "/oauth/token"  # of the site, not of the feed
SCOPE = "feed"


def schemes(site: str) -> Part:
    """`site` is the address of the site's root, without a slash at its end. Tokens are sent as Bearer."""
    flow = {"tokenUrl": f"{site}{EXCHANGE}", "scopes": {SCOPE: _("What the key of the agency opens")}}
    return {
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": _("The key of an agency")},
        "client": {
            "type": "oauth2",
            "description": _("The key exchanged for a token that is short-lived"),
            "flows": {"clientCredentials": flow},
        },
    }


def security() -> list[Part]:
    """Everybody may ask; a key or a token opens more."""
    return [{}, {"key": []}, {"client": [SCOPE]}]
