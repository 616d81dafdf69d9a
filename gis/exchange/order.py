"""What the operator asked for, and what became of the file on its way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from .mapping import Wishes
from .values import DateOrder

# Told as the work goes on: the stage, how much of it is done (0 to 1), rows so far.
Progress = Callable[[str, float, int], None]
JOB = "job:import"


@dataclass(frozen=True)
class Order:
    """One file for one layer of one authority.

    `actor` is whom the history names. `part`: the rows are some of a state whose rest has come already, so nothing
    ends for being absent, and where they lie has been believed. `run` is the record of a run that was asked for before.
    """

    layer: str
    path: Path
    authority: str = ""
    wishes: Wishes = field(default_factory=Wishes)
    crs: str = ""
    table: str = ""
    encoding: str = ""
    dates: DateOrder = ""
    swap_axes: bool = False
    snapshot: date | None = None
    dry_run: bool = False
    actor: str = JOB
    part: bool = False
    run: UUID | None = None
