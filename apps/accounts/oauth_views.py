"""Where programs get an access token, and where they learn that they can (RFC 8414)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from .oauth import GRANT, SCOPE, server

# The error codes of RFC 6749, 5.2, in words that say what to do.
WORDS = {
    "invalid_client": _(
        "The client or its secret is wrong, or the key has ended. The client is the code of your organisation, the "
        "secret its key."
    ),
    "unsupported_grant_type": _("Only grant_type=client_credentials is answered here."),
    "unauthorized_client": _("Only grant_type=client_credentials is answered here."),
    "invalid_scope": _("There is one scope, feed: what a token opens is what its key opens. Leave the scope out."),
    "invalid_request": _(
        "Send grant_type, and client and secret by HTTP Basic or as client_id and client_secret, once each, by POST as "
        "application/x-www-form-urlencoded."
    ),
}


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """An access token for a key. Errors are those of RFC 6749, 5.2, with a sentence in each language."""
    if request.method != "POST":
        response = _refused({"error": "invalid_request"}, 405)
        response["Allow"] = "POST"
        return response
    if request.content_type != "application/x-www-form-urlencoded":
        return _refused({"error": "invalid_request"}, 400)
    # Whether the way here was safe is decided before: production redirects everybody to https.
    address = request.build_absolute_uri().replace("http://", "https://", 1)
    given = {"Authorization": request.headers.get("Authorization", "")}
    body = request.body.decode("utf-8", "replace")
    _headers, content, status = server.create_token_response(address, "POST", body, given)
    told: dict[str, Any] = json.loads(content)
    return _refused(told, status) if "error" in told else _answered(told, status)


def metadata(request: HttpRequest) -> HttpResponse:
    """What this server of authorisation can do."""
    issuer = request.build_absolute_uri("/").rstrip("/")
    return JsonResponse(
        {
            "issuer": issuer,
            "token_endpoint": request.build_absolute_uri(reverse("oauth-token")),
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "scopes_supported": [SCOPE],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "service_documentation": request.build_absolute_uri("/ogc/openapi"),
        }
    )


def _refused(told: dict[str, Any], status: int) -> HttpResponse:
    sentence = WORDS.get(told["error"], WORDS["invalid_request"])
    details = {}
    for language in ("ar", "en"):
        with override(language):
            details[language] = str(sentence)
    response = _answered({"error": told["error"], "error_description": details["en"], "details": details}, status)
    if told["error"] == "invalid_client":
        response["WWW-Authenticate"] = 'Basic realm="baladiya"'
    return response


def _answered(document: dict[str, Any], status: int) -> HttpResponse:
    response = JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    return response
