"""What is wrong with a feature that somebody wants to write: all of it at once, each with its place in the document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Fault:
    """One fault: where it is (a JSON pointer), and what was expected there. The details are of JSON or translated."""

    pointer: str
    sentence: str | Promise
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = {name: str(value) for name, value in self.details.items()}
        return str(self.sentence) % told if told else str(self.sentence)


class Faulty(Refusal):
    """The feature is not written as it is. `faults` tells all that was found."""

    code: ClassVar[str] = "invalid_feature"
    status: ClassVar[int] = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return " ".join(str(fault) for fault in self.faults)


class Told:
    """What a rule of a model says, in the language of the moment at which it is written out."""

    def __init__(self, error: ValidationError) -> None:
        self.error = error

    def __str__(self) -> str:
        return " ".join(str(message) for message in self.error.messages)


WRONG_KIND = _('"%(name)s" must be %(wanted)s, not %(given)s.')
MISSING = _('"%(name)s" is missing. It must be %(wanted)s.')
UNKNOWN_CODE = _('"%(name)s" has no code %(given)s. Write one of: %(known)s.')
SAID_TWICE = _('"%(name)s" says %(given)s more than once. Say each code once.')
TOO_LONG = _('"%(name)s" is longer than %(most)s characters. Shorten it.')
NO_TEXT = _('"%(name)s" holds signs that are no text. Take them out.')
NO_REFERENCE = _('"%(name)s" has no %(given)s. Give the code of one that exists.')
UNKNOWN_PROPERTY = _('There is no property "%(name)s" that can be written. The nearest is "%(nearest)s".')
READ_ONLY = _('"%(name)s" is only read here. Leave it out, or give it unchanged.')
RULE = _('"%(name)s": %(told)s')


def quoted(value: Any) -> str:
    """What somebody gave, short enough to be repeated to them."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
