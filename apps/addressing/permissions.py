"""Who may number and rename: whoever edits the authority's layers."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import may_edit_layer, standing_of


def may_address(user: User, authority: UUID, *, at: datetime) -> bool:
    """Give and change addresses of the authority."""
    return may_edit_layer(standing_of(user, on=timezone.localdate(at)), authority)
