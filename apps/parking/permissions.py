"""Who may open zones and set tariffs: whoever edits the authority's layers."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import may_edit_layer, standing_of


def may_keep_zones(user: User, authority: UUID, *, at: datetime) -> bool:
    """Open parking zones of the authority and say when and what they cost."""
    return may_edit_layer(standing_of(user, on=timezone.localdate(at)), authority)
