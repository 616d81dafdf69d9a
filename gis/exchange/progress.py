"""How far a run is, for people: one share over all stages, and how long it may still take."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from .models import ImportRun

# Where each stage begins and ends, by the time that they take of a large file.
STAGES = {
    "reading": (0.0, 0.4),
    "checking": (0.4, 0.75),
    "writing": (0.75, 0.9),
    "finishing": (0.9, 1.0),
}
TITLES = {
    "": _("Beginning"),
    "reading": _("Reading the file"),
    "checking": _("Checking"),
    "writing": _("Writing"),
    "finishing": _("Finishing"),
}
# Before this much is done or this long has passed nobody can say how long the rest takes.
ENOUGH, SOON_S = 0.05, 3.0


def share_of(run: ImportRun) -> float:
    """0 to 1, over all stages."""
    begins, ends = STAGES.get(run.stage, (0.0, 0.0))
    return begins + (ends - begins) * run.share


def seconds_left(run: ImportRun, now: datetime) -> int | None:
    """At the speed so far; None while that would be a guess."""
    done, passed = share_of(run), (now - run.started_at).total_seconds()
    if done < ENOUGH or passed < SOON_S:
        return None
    return round(passed * (1 - done) / done)
