"""What a process is: a declaration, and a generator that tells how far it is and returns the answer."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.layers import Audience
from gis.refusals import Refusal

from .kinds import Kind

Text = str | Promise
# Seconds of one execution: while its caller waits, who holds a thread of the server, and of a job.
AT_ONCE_S, LATER_S = 10, 600
# How much is done (per cent), and what is being done now, with the details of that sentence. Between two steps a job is
# told to others and can be ended.
Step = tuple[int, Text, dict[str, Any]]
Answer = dict[str, Any]
Work = Generator[Step, None, Answer]


@dataclass(frozen=True)
class Question:
    """Who asks, and what: the inputs by name, each as its kind reads it; those left out have their defaults."""

    audience: Audience
    inputs: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.inputs[name]


@dataclass(frozen=True)
class Input:
    """One input. It may be left out unless `required`, and then counts as `default`; `most` values make it a list."""

    name: str
    title: Text
    kind: Kind
    description: Text = ""
    required: bool = False
    default: Any = None
    most: int = 1


@dataclass(frozen=True)
class Output:
    """What is answered: GeoJSON, by the type of its outermost object."""

    name: str
    title: Text
    geojson: str = "FeatureCollection"
    description: Text = ""

    @property
    def media_type(self) -> str:
        return "application/geo+json"

    def schema(self) -> dict[str, Any]:
        member = "features" if self.geojson == "FeatureCollection" else "geometry"
        return {
            "type": "object",
            "contentMediaType": self.media_type,
            "required": ["type", member],
            "properties": {"type": {"type": "string", "enum": [self.geojson]}},
        }


@dataclass(frozen=True)
class Process:
    """A declared process. `work` is a generator function of the question; each of its steps takes seconds at most."""

    id: str
    title: Text
    description: Text
    inputs: tuple[Input, ...]
    output: Output
    work: Callable[[Question], Work]
    keywords: tuple[str, ...] = ()
    version: str = "1.0.0"


class Registry:
    """The processes, in the order of their declaration."""

    def __init__(self) -> None:
        self._processes: dict[str, Process] = {}

    def register(self, *processes: Process) -> None:
        for process in processes:
            if process.id in self._processes:
                raise ValueError(f"process {process.id} is registered twice")
            self._processes[process.id] = process

    def __iter__(self) -> Iterator[Process]:
        return iter(self._processes.values())

    def __len__(self) -> int:
        return len(self._processes)

    def get(self, process_id: str) -> Process | None:
        return self._processes.get(process_id)


registry = Registry()


class TooLong(Refusal):
    code: ClassVar[str] = "too_long"
    status: ClassVar[int] = 413
    counts: ClassVar[tuple[str, ...]] = ("seconds",)
    sentence: ClassVar[str | Promise] = _(
        "This takes longer than the %(seconds)s seconds that it may. Ask for less, or, where you wait for the answer,"
        " for a job (Prefer: respond-async)."
    )


def answer(process: Process, question: Question) -> Answer:
    """Do the work at once. Raises TooLong, and the refusals of the process and of `gis.published`.

    The time is looked at between two steps: the database bounds a question, what it does is bounded by the inputs.
    """
    work, ends = process.work(question), time.monotonic() + AT_ONCE_S
    while True:
        if time.monotonic() > ends:
            raise TooLong(seconds=AT_ONCE_S)
        try:
            next(work)
        except StopIteration as done:
            found: Answer = done.value
            return found
