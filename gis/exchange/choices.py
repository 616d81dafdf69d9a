"""How a file is read, as it is kept: an order without its file, in JSON. What a form sent is not believed here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from .mapping import PLACES, UNIT, Wishes
from .order import Order
from .values import DateOrder


@dataclass(frozen=True)
class Choices:
    """`columns` says for each field which column it is, "" for none; see `mapping.Wishes` and `order.Order`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    recodes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    crs: str = ""
    table: str = ""
    encoding: str = ""
    dates: DateOrder = ""
    swap_axes: bool = False
    snapshot: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Of what an earlier or later release kept, what this one knows."""
        return cls(**{one.name: kept[one.name] for one in fields(cls) if one.name in kept})

    @classmethod
    def of(cls, order: Order) -> Self:
        """Those of an order that was typed."""
        wishes = order.wishes
        return cls(
            dict(wishes.columns),
            dict(wishes.values),
            {name: dict(codes) for name, codes in wishes.recodes.items()},
            order.crs,
            order.table,
            order.encoding,
            order.dates,
            order.swap_axes,
            order.snapshot.isoformat() if order.snapshot else "",
        )

    @property
    def places(self) -> dict[str, str]:
        """The columns of coordinates that were named."""
        return {name: column for name, column in self.columns.items() if name in PLACES and column}

    @property
    def undecided(self) -> str:
        """Why the columns of coordinates that were named are no place, as a code of `refusals.SENTENCES`, or ""."""
        named = set(self.places)
        if len(named) > 1 and "wkt" in named:
            return "two_places"
        return "half_a_place" if named in ({"x"}, {"y"}) else ""

    @property
    def unit(self) -> str:
        """That of a drawing, where it was said."""
        return self.columns.get(UNIT, "")

    @property
    def reading(self) -> dict[str, Any]:
        """What the reader of the file needs to know of it to look into it: an undecided place is left as recognised."""
        left = PLACES if self.undecided else ()
        return Wishes({name: column for name, column in self.columns.items() if name not in left}).reading

    def without_places(self) -> Self:
        """For rows whose geometry has been read already."""
        kept = {name: column for name, column in self.columns.items() if name not in (*PLACES, UNIT)}
        return replace(self, columns=kept)

    def order(self, layer: str, path: Path, authority: str) -> Order:
        return Order(
            layer,
            path,
            authority,
            Wishes(self.columns, self.values, self.recodes),
            self.crs,
            self.table,
            self.encoding,
            self.dates,
            self.swap_axes,
            date.fromisoformat(self.snapshot) if self.snapshot else None,
        )
