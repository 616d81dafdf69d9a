"""What a town has besides its records: the heights of its ground, and photos that its people sent.

Each is asked for and made where it is missing, so that a demonstration that was ended at any time goes on.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from . import heights, sightings
from .site import Site, sites
from .town import Town, build


def complete(scale: str, *, seed: int, drawn: Iterable[Town], now: datetime, say: Callable[[str], object]) -> bool:
    """Make what the towns lack; was there anything? Towns that are not `drawn` already are, where they are needed."""
    towns = {town.site.code: town for town in drawn}
    lacking = [site for site in sites(scale) if not (heights.known(site) and sightings.sent(site))]
    for site in lacking:
        _complete(site, towns.get(site.code) or build(site, seed, now), seed, now, say)
    return bool(lacking)


def _complete(site: Site, town: Town, seed: int, now: datetime, say: Callable[[str], object]) -> None:
    if not heights.known(site):
        say(f"{site.name.en}: heights of the ground")
        heights.enter(town, seed, today=now.date())
    if not sightings.sent(site):
        say(f"{site.name.en}: {len(sightings.send(town, seed, now))} reports with photos")
