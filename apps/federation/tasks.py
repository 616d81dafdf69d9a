"""Jobs of federation."""

from django.utils import timezone
from procrastinate.contrib.django import app

from gis.db.acting import acting_as

from .models import Attempt
from .webhooks import keeping, posting

QUEUE = "webhooks"  # of its own: a receiver that answers slowly holds nobody else up


@app.periodic(cron="* * * * * */5")
@app.task(queue=QUEUE, queueing_lock="post_events", lock="post_events")
def post_events(timestamp: int) -> None:
    """Tell subscribers what has changed, every five seconds."""
    posting.post_all()


@app.periodic(cron="27 3 * * *")
@app.task(queueing_lock="forget_attempts", lock="forget_attempts")
def forget_attempts(timestamp: int) -> None:
    """Drop deliveries that nobody asks about any more."""
    old = Attempt.objects.filter(at__lt=timezone.now() - keeping.KEPT)
    with acting_as(authorities=old.order_by().values_list("authority", flat=True).distinct(), actor="job:webhooks"):
        old.delete()
