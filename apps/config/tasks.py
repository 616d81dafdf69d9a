"""Jobs of the platform itself, that no app can own."""

from procrastinate.contrib.django import app

from gis import sealing


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="seal_history")
def seal_history(timestamp: int) -> None:
    """Seal the finished part of the history every ten minutes; `manage.py verify_history` checks it."""
    sealing.seal()
