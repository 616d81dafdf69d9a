"""What the operator asked for, and what became of the file on its way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .mapping import Wishes
from .values import DateOrder

# Told as the work goes on: the stage, how much of it is done (0 to 1), rows so far.
Progress = Callable[[str, float, int], None]


@dataclass(frozen=True)
class Order:
    """One file for one layer of one authority."""

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
