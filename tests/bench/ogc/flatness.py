"""Is a page as quick in a large table as in a small one, and at the end as at the beginning?"""

import time
from collections.abc import Callable, Iterator
from statistics import median

from . import ground, walk
from .cells import Said
from .peers import Server, ours_running

FEW = 10_000  # rows of the small ground
FLAT = 1.2  # times as long at most
PAGE = 100
TURNS = 60
Question = Callable[[], object]


def lines(ours: Server, walked: walk.Walk, rows: int) -> Iterator[Said]:
    """Gives each as soon as it is measured. The small ground is laid for them alone."""
    first, middle, last = (walked.page(part, PAGE) for part in (0, 0.5, 1))
    yield _line("from the first page to the last", first, last)
    with ground.laid(FEW, "small", bare=True) as name, ours_running(name) as small:
        begins = walk.next_link(walk.read(small.items.format(f"&limit={PAGE}&offset={FEW // 2}")))
        assert begins
        yield _line(f"a page in the middle, from {FEW:,} to {rows:,} rows", begins, middle)
        yield _line(f"the first page, from {FEW:,} to {rows:,} rows", small.items.format(f"&limit={PAGE}"), first)


def _line(name: str, first: str, second: str) -> Said:
    found = ratios(lambda: walk.read(first), lambda: walk.read(second))
    held = "held" if found[len(found) // 2] <= FLAT else "NOT HELD"
    return Said(name, f"{middle_half(found)} ×", f"{FLAT} × {held}", f"latency of {PAGE} items")


def ratios(first: Question, second: Question) -> list[float]:
    """How many times what `first` takes `second` takes, in turns; the sooner turns warm both."""
    found = []
    for turn in range(TURNS + 10):
        pair = (_seconds(first), _seconds(second))
        if turn >= 10:
            found.append(pair[1] / pair[0])
    return sorted(found)


def middle_half(found: list[float]) -> str:
    """The median, and between what the middle half of the pairs lies."""
    return f"{median(found):.2f} ({found[len(found) // 4]:.2f}–{found[len(found) * 3 // 4]:.2f})"


def _seconds(work: Question) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
