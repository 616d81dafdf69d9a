"""What the desk calls the jobs of the queue, their states, and what happened to them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.tasks import forget_tallies

from .imports.tasks import carry_out, forget_deliveries, look_at_file
from .tasks import count_words, follow_changes, forget_jobs, seal_history

TASKS = {
    forget_tallies.name: _("Forget yesterday's counts of tries"),
    seal_history.name: _("Seal the finished part of the history"),
    follow_changes.name: _("Bring search and far zooms of the map in line with the records"),
    count_words.name: _("Count the words of search"),
    forget_jobs.name: _("Forget the jobs that were done a week ago"),
    look_at_file.name: _("Look at a delivered file"),
    carry_out.name: _("Import a file, or judge features of the quarantine anew"),
    forget_deliveries.name: _("Delete delivered files that nobody imported"),
}
STATUSES = {
    "todo": pgettext_lazy("job", "waiting"),
    "doing": pgettext_lazy("job", "running"),
    "succeeded": pgettext_lazy("job", "done"),
    "failed": pgettext_lazy("job", "failed"),
    "cancelled": pgettext_lazy("job", "cancelled"),
    "aborted": pgettext_lazy("job", "stopped"),
}
EVENTS = {
    "deferred": pgettext_lazy("job", "put into the queue"),
    "scheduled": pgettext_lazy("job", "given a time"),
    "started": pgettext_lazy("job", "started"),
    "deferred_for_retry": pgettext_lazy("job", "put back into the queue"),
    "succeeded": pgettext_lazy("job", "done"),
    "failed": pgettext_lazy("job", "failed"),
    "cancelled": pgettext_lazy("job", "cancelled"),
    "abort_requested": pgettext_lazy("job", "asked to stop"),
    "aborted": pgettext_lazy("job", "stopped"),
}


def title_of(job: Any) -> str:
    """What a job does, in the page's language; a task that is not ours goes by its name."""
    return str(TASKS.get(job.task_name, job.task_name))
