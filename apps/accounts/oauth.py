"""Access tokens for programs (OAuth2, RFC 6749: client credentials alone), by oauthlib.

The client is an organisation by its code, its secret one of its keys: a token opens what that key opens, ends after
TOKEN_SECONDS or with the key, and is stored as a digest. There is nothing to register, and no other grant.
"""

import secrets
from base64 import b64decode
from binascii import Error as BadBase64
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from django.db.models import Q
from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator

from .callers import digest_of
from .models import AccessToken, AgencyKey

TOKEN_SECONDS = 900
SCOPE = "feed"
GRANT = "client_credentials"
PREFIX = "blt_"  # so that a token that leaks into a file is found by a scan for secrets
BYTES = 32


class Client:
    """A key as oauthlib looks at it."""

    def __init__(self, key: AgencyKey) -> None:
        self.key = key
        self.client_id = key.organisation.code


class Validator(RequestValidator):
    """Who may have a token, and where it is kept."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        name, secret = _credentials(request)
        at = timezone.now()
        in_force = AgencyKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("organisation")
        key = in_force.filter(digest=digest_of(secret), organisation__code=name).first()
        if key is None:
            return False
        request.client = Client(key)
        return True

    def validate_grant_type(self, client_id: str, grant_type: str, *args: Any, **kwargs: Any) -> bool:
        return grant_type == GRANT

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        return [SCOPE]

    def validate_scopes(self, client_id: str, scopes: list[str], *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= {SCOPE}

    def save_bearer_token(self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        AccessToken.objects.create(
            digest=digest_of(token["access_token"]),
            key=request.client.key,
            ends_at=timezone.now() + timedelta(seconds=TOKEN_SECONDS),
        )


def _credentials(request: Request) -> tuple[str, str]:
    """Name and secret: of the header (HTTP Basic, percent-encoded: RFC 6749, 2.3.1), else of the body."""
    kind, _space, given = (request.headers.get("Authorization") or "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _colon, secret = b64decode(given, validate=True).decode().partition(":")
        except (BadBase64, ValueError):
            return "", ""
        return unquote_plus(name), unquote_plus(secret)
    return request.client_id or "", request.client_secret or ""


def _new_token(request: Request) -> str:
    return PREFIX + secrets.token_urlsafe(BYTES)


server = BackendApplicationServer(Validator(), token_generator=_new_token, token_expires_in=TOKEN_SECONDS)
