"""What a reading rests on: kept with what was made for somebody, so that it goes when any of it ends.

A right is a word that whoever knows the callers gives: of an authority whose records are read in full, of a key. What
everybody may see rests on none.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.layers import Audience
from gis.refusals import Refusal

EVERYWHERE = "everywhere"


class RightsEnded(Refusal):
    code: ClassVar[str] = "rights_ended"
    status: ClassVar[int] = 410
    sentence: ClassVar[str | Promise] = _("Your rights have changed since you asked. Ask for it again.")


@dataclass(frozen=True)
class Held:
    """What somebody holds now: what they may be shown, as whom they read, and on which rights that rests."""

    audience: Audience = Audience.PUBLIC
    user: UUID | None = None
    rights: frozenset[str] = frozenset()

    def covers(self, audience: int, rights: Collection[str]) -> bool:
        """May they still have what was made for this audience on these rights? Of one that names none, nobody."""
        if Audience(audience) is Audience.PUBLIC:
            return True
        return self.audience >= audience and bool(rights) and (EVERYWHERE in self.rights or self.rights >= {*rights})


NOTHING = Held()
