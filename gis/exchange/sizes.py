"""How large something is, as people say it."""

from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from .limits import MIB

GIB = 1024 * MIB


@dataclass(frozen=True)
class Size:
    """A number of bytes that becomes text in the reader's language. Rounded up: what is too large never looks equal."""

    bytes: int

    def __str__(self) -> str:
        if self.bytes >= GIB:
            return _("%(n)s GB") % {"n": f"{ceil(10 * self.bytes / GIB) / 10:g}"}
        return _("%(n)s MB") % {"n": ceil(self.bytes / MIB)}
