"""Jobs of the platform itself, that no app can own."""

from procrastinate.contrib.django import app

from gis import counting, generalising, indexing, sealing, versions

from . import exports, processes
from .imports import tasks as imports

# The worker looks for jobs here.
__all__ = ["exports", "forget_jobs", "imports", "processes", "seal_history"]

HOURS_KEPT = 7 * 24


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="seal_history", lock="seal_history")
def seal_history(timestamp: int) -> None:
    """Seal the finished part of the history every ten minutes; `manage.py verify_history` checks it."""
    sealing.seal()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="follow_changes", lock="follow_changes")
def follow_changes(timestamp: int) -> None:
    """Bring what is derived from the records in line: words of search, far zooms of the map, versions, numbers."""
    indexing.follow()
    generalising.follow()
    versions.follow()
    counting.follow()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="count_words", lock="count_words")
def count_words(timestamp: int) -> None:
    """Count anew which words search knows, and which of them very many records say."""
    indexing.count_words()


@app.periodic(cron="47 3 * * *")
@app.task(queueing_lock="forget_jobs", lock="forget_jobs")
async def forget_jobs(timestamp: int) -> None:
    """Drop what was done or taken out a week ago; what failed stays until somebody has looked."""
    await app.job_manager.delete_old_jobs(nb_hours=HOURS_KEPT, include_cancelled=True)
