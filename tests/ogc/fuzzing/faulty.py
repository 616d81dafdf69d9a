"""A seeded fault: `limit` is made a number without a look at it."""

from collections.abc import Callable
from typing import Any

from ogc import parameters


class Unguarded:
    """Not a middleware but its place: it is made once, when the server begins."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        parameters._limit = int  # type: ignore[assignment]
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)
