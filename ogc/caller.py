"""Who is calling, in which language and with which parameters: what pygeoapi does not hand to its providers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.http import HttpRequest

from gis.layers import Audience


@dataclass(frozen=True)
class Caller:
    """One request. `base` is the address of the landing page as the caller wrote it, without a slash at its end.

    `parameters` are those of the query, checked and tidied.
    """

    request: HttpRequest
    base: str
    language: str
    audience: Audience = Audience.PUBLIC
    parameters: Mapping[str, str] = field(default_factory=dict)


_current: ContextVar[Caller] = ContextVar("ogc_caller")


def current() -> Caller:
    """The request that is being answered; LookupError outside one."""
    return _current.get()


def audience() -> Audience:
    """Of the current caller; without one, everybody."""
    now = _current.get(None)
    return Audience.PUBLIC if now is None else now.audience


@contextmanager
def calling(caller: Caller) -> Iterator[Caller]:
    """Make this the current caller."""
    token = _current.set(caller)
    try:
        yield caller
    finally:
        _current.reset(token)
