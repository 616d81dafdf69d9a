"""Every write to reports, and the citizen's look at one."""

from .answering import AnswerMissing, WrongStep, change_status
from .following import (
    FollowUp,
    UnknownReport,
    WrongToken,
    find_for_follow_up,
    open_kept,
    open_own_photo,
    open_public_photo,
)
from .pacing import TooManyReports, paced
from .publishing import hide_photo, publish_photo
from .submitting import (
    CategoryNotOffered,
    NotText,
    NowhereOurs,
    SentOtherwise,
    TooLong,
    TooManyPhotos,
    submit_report,
)

__all__ = [
    "AnswerMissing",
    "CategoryNotOffered",
    "FollowUp",
    "NotText",
    "NowhereOurs",
    "SentOtherwise",
    "TooLong",
    "TooManyPhotos",
    "TooManyReports",
    "UnknownReport",
    "WrongStep",
    "WrongToken",
    "change_status",
    "find_for_follow_up",
    "hide_photo",
    "open_kept",
    "open_own_photo",
    "open_public_photo",
    "paced",
    "publish_photo",
    "submit_report",
]
