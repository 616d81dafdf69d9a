"""Answers the two health addresses before any other middleware: no session, no tenant, no redirect to TLS."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from .finding import State, findings

RETRY_SECONDS = 5


def answer_health(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `/healthz` says that the process runs, `/readyz` whether it can serve (503 when not)."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"state": State.OK})
        if request.path == "/readyz":
            return readiness()
        return get_response(request)

    return respond


def readiness() -> HttpResponse:
    items = findings()
    states = {item.state for item in items}
    worst = next(state for state in (State.FATAL, State.DEGRADED, State.OK) if state in states)
    body = {"state": worst, "items": [vars(item) for item in items]}
    response = JsonResponse(body, status=503 if worst is State.FATAL else 200)
    response["Cache-Control"] = "no-store"
    if worst is State.FATAL:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
