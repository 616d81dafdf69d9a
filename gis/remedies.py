"""What to do about something, said where it is read: on a page what is chosen there, in a command which option.

A page is the rule, because what was refused is kept and shown there later; a command says that it is one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.functional import Promise

_in_command: ContextVar[bool] = ContextVar("in_command", default=False)


@contextmanager
def in_command() -> Iterator[None]:
    """Sentences that become text inside are read by whoever typed a command."""
    before = _in_command.set(True)
    try:
        yield
    finally:
        _in_command.reset(before)


@dataclass(frozen=True)
class Remedied:
    """A sentence in the language and for the reader of the moment: what is so, and what to do about it.

    Nothing to do on a page means that only a command can come to it.
    """

    told: str | Promise
    command: str | Promise
    page: str | Promise = ""

    def __str__(self) -> str:
        remedy = self.command if _in_command.get() else self.page
        return " ".join(part for part in (str(self.told), str(remedy)) if part)
