"""The border at which a refusal becomes an answer for people. Feeds and APIs have borders of their own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.refusals import Refusal

RETRY_SECONDS = "30"


class RefusalMiddleware:
    """A refusal that a page did not show at its field gets a page of its own, with the refusal's status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        response = render(request, "core/refused.html", {"sentence": str(exception)}, status=exception.status)
        return told_when_again(response)


def told_when_again(response: HttpResponse) -> HttpResponse:
    """The answer; where it is that nothing can be said now, with the seconds after which to ask again."""
    if response.status_code == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response
