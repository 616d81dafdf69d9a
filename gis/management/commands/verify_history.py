"""`manage.py verify_history`: does the history still say what was sealed, and do the tables say what it says?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis import history, sealing


class Command(BaseCommand):
    """Recompute the seal, look for records changed past the triggers, and name what does not hold."""

    help = "Recompute the seal over the history; ends with 1 and names the first broken version when it does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", metavar="DIGEST", help="a digest noted earlier, which must be there")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [f"The history of {table} is not kept: run manage.py migrate." for table in history.untracked()]
        found += [str(fault) for fault in sealing.faults(head=options["head"])]
        found += [f"{table} {key}: changed past the history" for table, key in history.drifted()]
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError("The history does not hold.")
        self.stdout.write("The history holds.")
