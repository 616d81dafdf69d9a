"""What the desk calls the jobs of the queue, their states, and what happened to them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.tasks import forget_tallies
from apps.federation.tasks import forget_attempts, post_events

from .exports import forget_exports, make_export
from .imports.tasks import carry_out, forget_deliveries, look_at_file
from .processes import carry_out_process, forget_processes
from .tasks import count_words, follow_changes, forget_jobs, seal_history

TASKS = {
    forget_tallies.name: _("Forget yesterday's counts of tries"),
    post_events.name: _("Tell subscribers what has changed"),
    forget_attempts.name: _("Forget deliveries to subscribers of a month ago"),
    seal_history.name: _("Seal the finished part of the history"),
    follow_changes.name: _("Bring search and far zooms of the map in line with the records"),
    count_words.name: _("Count the words of search"),
    forget_jobs.name: _("Forget the jobs that were done a week ago"),
    look_at_file.name: _("Look at a delivered file"),
    carry_out.name: _("Import a file, or judge features of the quarantine anew"),
    forget_deliveries.name: _("Delete delivered files that nobody imported"),
    make_export.name: _("Make a file of features for whoever asked for it"),
    forget_exports.name: _("Delete made files whose time is over"),
    carry_out_process.name: _("Compute what somebody asked of the feed"),
    forget_processes.name: _("Delete answers of the feed whose time is over"),
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
