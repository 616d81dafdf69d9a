"""What is said when something cannot be done: a code for programs, a sentence for people, details for both."""

from typing import Any, ClassVar

from django.utils.functional import Promise

from gis.remedies import Remedied


class Refusal(Exception):
    """A rule said no. The sentence tells what to do about it; nothing has been written.

    Subclasses are defined beside what raises them and set `code` (stable, for programs), `sentence` (a lazy
    translation with named %-placeholders filled from the details; `Remedied` where a command is mended by other means
    than a page) and, where HTTP cares, `status`. `counts` are the details that are written in groups of three digits.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    sentence: ClassVar[str | Promise | Remedied] = ""
    counts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        told = self.details | {name: f"{self.details[name]:,}" for name in self.counts}
        return str(self.sentence) % told if told else str(self.sentence)
