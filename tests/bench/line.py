"""What a measure tells."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Pair:
    """Seconds (or what `Line.unit` says) of ours and of the limit, measured one after the other."""

    ours: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


@dataclass(frozen=True)
class Line:
    """One line of the table: the median of the pairs' ratios, and what else was seen."""

    name: str
    limit: str
    pairs: tuple[Pair, ...]
    note: str = ""
    unit: str = "s"

    def text(self) -> str:
        ratios = sorted(pair.ratio for pair in self.pairs)
        spread = f"{ratios[0]:.1f}–{ratios[-1]:.1f}" if len(ratios) > 1 else "one pair"
        ours, limit = median(pair.ours for pair in self.pairs), median(pair.limit for pair in self.pairs)
        return (
            f"| {self.name} | {self._said(ours)} | {self.limit} | {self._said(limit)} "
            f"| **{median(ratios):.1f}** ({spread}) | {self.note} |"
        )

    def _said(self, value: float) -> str:
        return _time(value) if self.unit == "s" else f"{value:,.0f} {self.unit}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


HEAD = "| what | ours | the limit | limit | ratio | seen besides |\n|---|---|---|---|---|---|"
