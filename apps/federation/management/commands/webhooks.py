"""`manage.py webhooks`: tell subscribers what has changed, in a process of its own."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.federation.webhooks import posting


class Command(BaseCommand):
    """Beside the worker it does no harm: each subscription has one sender at a time."""

    help = "Tell subscribers what has changed, until told to stop; the worker does so every five seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")
        parser.add_argument("--every", type=float, default=1.0, help="seconds between rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            taken = posting.post_all()
            if options["once"]:
                self.stdout.write(str(taken))
                return
            time.sleep(0 if taken else options["every"])
