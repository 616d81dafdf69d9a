"""Anonymous requests to the feed are counted in the server's root, before they take a thread (`apps.accounts.rates`).

Who shows a session, a key or a token is counted behind, where it is known whether it is one.
"""

import json
from collections.abc import Mapping
from typing import Any

from a2wsgi.asgi_typing import HTTPScope, Send
from django.conf import settings

from apps.accounts import rates
from apps.accounts.rates import Standing
from apps.accounts.showing import problem
from apps.core.addresses import address_in

SHOWN = (b"x-api-key", b"authorization")


def counted(scope: HTTPScope) -> Standing | None:
    """How the caller's address stands after this request; None where it is not counted here."""
    if not settings.RATE_PER_ADDRESS or not scope["path"].startswith(tuple(settings.KEY_PATHS)):
        return None
    sent: Mapping[bytes, bytes] = dict(scope["headers"])
    if any(name in sent for name in SHOWN) or settings.SESSION_COOKIE_NAME.encode() in sent.get(b"cookie", b""):
        return None
    connection = (scope.get("client") or ("", 0))[0]
    forwarded = sent.get(b"x-forwarded-for", b"").decode("latin-1")
    scope[rates.COUNTED] = True  # type: ignore[literal-required]
    return rates.of_address(address_in(connection, forwarded, tuple(settings.TRUSTED_PROXIES)))


def telling(send: Send, standing: Standing) -> Send:
    """Sends what is sent, with how the caller stands."""
    told = _headers(standing)

    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *told]}
        await send(message)

    return sent


def refusal(standing: Standing) -> bytes:
    """The problem document of one request too many."""
    return json.dumps(problem(standing.refusal), ensure_ascii=False).encode()


def _headers(standing: Standing) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in standing.headers.items()]
