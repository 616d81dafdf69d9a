"""Is a page as quick in a large table as in a small one, and at the end as at the beginning?"""

import time
from collections.abc import Callable
from statistics import median

FEW = 10_000  # rows of the small ground
PAGE = 100
TURNS = 60
Question = Callable[[], object]


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
