"""What becomes of a report, and what its reporter is told."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import NotAllowed, Refusal
from gis.db.acting import acting_as

from ..models import Report, StatusNote
from ..permissions import may_answer
from ..workflow import Status, may_follow, needs_answer


class WrongStep(Refusal):
    code = "wrong_step"
    status = 409
    sentence = _("A report that is “%(before)s” cannot become “%(after)s”. Look at it again: somebody may have "
                 "changed it meanwhile.")  # fmt: skip


class AnswerMissing(Refusal):
    code = "answer_missing"
    sentence = _("Write the reporter a sentence: this step is not taken without an answer.")


def change_status(*, report: Report, status: Status, answer: str, by: User, at: datetime) -> StatusNote:
    """Take the next step (`workflow`) and note it with the answer that the reporter reads.

    Raises NotAllowed, WrongStep or AnswerMissing. Two officers at once: the second meets the state the first left.
    """
    if not may_answer(by, report, at=at):
        raise NotAllowed
    answer = answer.strip()
    with acting_as(user=by.pk, reason=answer):
        held = Report.objects.select_for_update().get(pk=report.pk)
        before, after = Status(held.status), Status(status)
        if not may_follow(before, after):
            raise WrongStep(before=before.label, after=after.label)
        if needs_answer(before, after) and not answer:
            raise AnswerMissing
        held.status = after
        held.save(update_fields=["status"])
        note = StatusNote.objects.create(
            authority_id=held.authority_id, report=held, status=after, answer=answer, noted_at=at
        )
    report.status = after
    return note
