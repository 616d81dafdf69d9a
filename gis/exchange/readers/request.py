"""What is asked of the reading process. Stands on Python alone: archives are judged before a library is loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What the caller knows about the file: which table of it, in which encoding, where its coordinates are."""

    path: Path
    work: Path
    table: str = ""
    encoding: str = ""
    x: str = ""
    y: str = ""
    wkt: str = ""
    # Columns of texts found by their place (DXF) that the operator maps to a field.
    texts: Sequence[str] = ()
    # Of a drawing, where it does not say it rightly.
    unit: str = ""
    look: bool = False
    # To be told how much of the file has been gone through (0 to 1), where that is long before there are rows.
    tell: Callable[[float], None] = lambda share: None

    def of_table(self, name: str) -> "Request":
        return replace(self, table=name)
