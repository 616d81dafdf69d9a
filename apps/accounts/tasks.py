"""Jobs of accounts."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from .models import AccessToken
from .services import limits

KEPT = timedelta(days=1)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_tallies", lock="forget_tallies")
def forget_tallies(timestamp: int) -> None:
    """Drop yesterday's counts of tries, and the tokens that have ended."""
    limits.forget_old(before=timezone.now() - KEPT)
    AccessToken.objects.filter(ends_at__lt=timezone.now() - KEPT).delete()
