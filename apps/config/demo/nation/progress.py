"""How far the country is."""

import math
from collections.abc import Callable
from threading import Lock
from time import monotonic

from . import plan
from .plan import Quarter

Say = Callable[[str], None]


class Progress:
    """Tells after each quarter how far the country is, whichever thread made it."""

    def __init__(self, total: int, missing: int, say: Say) -> None:
        self.total, self.missing, self.say = total, missing, say
        self.done, self.began, self.lock = 0, monotonic(), Lock()

    def made(self, quarter: Quarter) -> None:
        with self.lock:
            self.done += 1
            there, left = self.total - self.missing + self.done, self.missing - self.done
            minutes = math.ceil((monotonic() - self.began) / self.done * left / 60)
            self.say(
                f"{quarter.settlement.name.en}, {quarter.name.en}: {there * plan.PLOTS:,} of "
                f"{self.total * plan.PLOTS:,} parcels ({there / self.total:.0%}), about {minutes} minutes to go"
            )
