"""One line of the table: a workload, asked of the limit, of ours and of the peers in turns."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import psycopg

from .check import unlike
from .driver import Window, drained, load, single
from .peers import Server
from .workloads import Workload

MANY = 8
MANY_S, ONE_S, WARM_S = 2, 1, 1
LEAST, MOST, SLACK = 0.6, 2.5, 4096  # of the limit's bytes; links and heads add the slack
ENOUGH = 30  # answers: the size of fewer tells which ones they happened to be
HEAD = (
    f"| what | limit | its speed | ours | asked | pygeoapi | tipg | ours: p50, p95 of {MANY} callers; p50 of one |"
    " seen besides |\n|---|---|---|---|---|---|---|---|---|"
)
Windows = Mapping[str, list[tuple[Window, Window]]]  # by server, one pair a turn: many callers, one caller


@dataclass(frozen=True)
class Row:
    """Parts of the limit's speed, each the median of the pairs and their spread."""

    workload: Workload
    windows: Windows
    faults: Mapping[str, str]  # by server: why what it reached does not count

    def text(self) -> str:
        limit = median(many.rate for many, _one in self.windows[self.workload.limit])
        many, one = zip(*self.windows["ours"], strict=True)
        times = [median(each.p50 for each in many), median(each.p95 for each in many), median(each.p50 for each in one)]
        asked = "" if self.workload.target is None else f"{self.workload.target:.0%} {self._verdict()}"
        return (
            f"| {self.workload.name} | {self.workload.limit} | {limit:,.1f}/s | **{self._part('ours')}** | {asked} |"
            f" {self._part('pygeoapi')} | {self._part('tipg')} |"
            f" {', '.join(f'{seconds * 1000:.1f}' for seconds in times[:2])}; {times[2] * 1000:.1f} ms |"
            f" {'; '.join([*self._behind(), *self.faults.values(), *filter(None, [self.workload.note])])} |"
        )

    def _parts(self, name: str) -> list[float]:
        pairs = zip(self.windows.get(name, []), self.windows[self.workload.limit], strict=False)
        return sorted(mine.rate / theirs.rate for (mine, _), (theirs, _one) in pairs if theirs.rate)

    def _part(self, name: str) -> str:
        if name in self.faults:
            return "INVALID"
        parts = self._parts(name)
        return f"{median(parts):.0%} ({parts[0]:.0%}–{parts[-1]:.0%})" if parts else "–"

    def _verdict(self) -> str:
        held = "ours" not in self.faults and self._median("ours") >= (self.workload.target or 0)
        return "held" if held else "NOT HELD"

    def _behind(self) -> list[str]:
        """The peers that are quicker than ours, or answer where ours does not."""
        ours = 0.0 if "ours" in self.faults else self._median("ours")
        others = [name for name in self.workload.others if name not in self.faults]
        return [f"BEHIND {name}" for name in others if self._median(name) > ours]

    def _median(self, name: str) -> float:
        return median(self._parts(name) or [0.0])


def compared(root: psycopg.Connection, servers: Mapping[str, Server], workload: Workload, turns: int) -> Row:
    """Each turn asks everybody, one after the other; what has been left running is cancelled between them."""
    names = (workload.limit, "ours", *workload.others)
    limit = servers[workload.limit]
    faults = {name: said for name in names[1:] if (said := unlike(workload, servers[name], limit))}
    addresses = {name: workload.addresses(servers[name]) for name in names}
    windows: dict[str, list[tuple[Window, Window]]] = {name: [] for name in names}
    for turn in range(turns):
        for name in names:
            if not drained(root):
                faults[name] = f"{name}: what was asked before it still went on"
            if workload.slow:
                one = many = single(addresses[name][turn % len(addresses[name])])
            else:
                if not turn:
                    load(addresses[name], connections=MANY, seconds=WARM_S, seed=100)
                one = load(addresses[name], connections=1, seconds=ONE_S, seed=turn)
                many = load(addresses[name], connections=MANY, seconds=MANY_S, seed=turn)
            windows[name].append((many, one))
    failed = {name: said for name in names if (said := _failed(workload, name, windows))}
    return Row(workload, windows, failed | faults)


def _failed(workload: Workload, name: str, windows: Windows) -> str:
    mine = [many for many, _one in windows[name]]
    if errors := sum(window.errors for window in mine):
        return f"{name}: {errors} errors"
    size, wanted = (median(many.size for many, _one in windows[each]) for each in (name, workload.limit))
    enough = sum(window.requests for window in mine) >= ENOUGH
    if workload.alike and enough and not LEAST * wanted <= size <= MOST * wanted + SLACK:
        return f"{name}: {size / 1024:,.1f} KiB an answer, not {wanted / 1024:,.1f}"
    return ""


@dataclass(frozen=True)
class Said:
    """A line about ours alone: a name, what was measured, what is asked."""

    name: str
    measured: str
    asked: str
    note: str = ""

    def text(self) -> str:
        return f"| {self.name} | | | **{self.measured}** | {self.asked} | | | | {self.note} |"
