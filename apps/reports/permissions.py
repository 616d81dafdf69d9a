"""Who may do what with reports: the rights of roles, asked of a person on a day."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import Action, may_answer_reports, may_publish_photos, may_read_private, standing_of

from .models import Photo, Report

__all__ = ["TO_ANSWER", "TO_PUBLISH", "may_answer", "may_publish", "may_see_original"]

TO_ANSWER = Action.ANSWER_REPORT
TO_PUBLISH = Action.PUBLISH_PHOTO


def may_answer(user: User, report: Report, *, at: datetime) -> bool:
    """Change the report's status and write to its reporter."""
    return may_answer_reports(standing_of(user, on=timezone.localdate(at)), report.authority_id)


def may_publish(user: User, photo: Photo, *, at: datetime) -> bool:
    """Say that the public may see the photo's blurred copy, or may not."""
    return may_publish_photos(standing_of(user, on=timezone.localdate(at)), photo.authority_id)


def may_see_original(user: User | AnonymousUser, photo: Photo, *, at: datetime) -> bool:
    """See the photo as it was sent: officers of the authority only."""
    return may_read_private(standing_of(user, on=timezone.localdate(at)), photo.authority_id)
