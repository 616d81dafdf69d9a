"""`manage.py work`: the process that carries out jobs."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import signals
from procrastinate.contrib.django import app

from apps.config.queues import AT_ONCE, LEAVE_NO_TRACE


class Command(BaseCommand):
    """A worker for each queue, all in this one process: a second would take the memory of the libraries once more."""

    help = "Carry out jobs until told to stop: imports beside all others, so that a long one holds nobody up."

    def handle(self, *args: Any, **options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]  # Django's
            asyncio.run(work())


async def work() -> None:
    """Until a signal, or until one of the workers ends: half of them would look like all. Jobs begun are finished."""
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    delete_jobs="successful" if queue in LEAVE_NO_TRACE else "never",
                )
            )
            for queue, concurrency in AT_ONCE.items()
        ]

        def stop() -> None:
            """Told twice, a worker would leave the jobs that it has begun."""
            for worker in workers:
                if not worker.cancelling():
                    worker.cancel()

        with signals.on_stop(stop):
            await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        stop()
        ended = await asyncio.gather(*workers, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error
