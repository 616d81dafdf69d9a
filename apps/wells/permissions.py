"""Who may enter and seal wells: whoever edits the authority's layers."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import may_edit_layer, standing_of


def may_keep_wells(user: User, authority: UUID, *, at: datetime) -> bool:
    """Enter wells in the authority's register, and seal them."""
    return may_edit_layer(standing_of(user, on=timezone.localdate(at)), authority)
