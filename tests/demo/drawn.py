"""The small towns of the demonstration, drawn once for all tests of a process, which only look at them."""

from functools import cache

from django.utils import timezone

from apps.config.demo.site import sites
from apps.config.demo.town import Town, build

SEED = 7


@cache
def small_towns() -> list[Town]:
    """As of today."""
    return [build(site, SEED, timezone.localtime()) for site in sites("tiny")]
