"""`manage.py demo`: invented towns and accounts to try everything with."""

from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from apps.config import reference
from apps.config.demo import accounts, clear, completing, load
from apps.config.demo.nation import catching_up, fill, plan
from apps.config.demo.site import SCALES, sites
from apps.config.demo.town import Town, build
from gis import generalising, indexing, versions

DEFAULT_SEED = 7


class Command(BaseCommand):
    """Load the demonstration once; `--again` loads it anew."""

    help = "Load two invented towns with their authorities, records and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed draws another town")
        parser.add_argument(
            "--scale",
            choices=(*SCALES, *plan.scales()),
            default="small",
            help="medium and nation add a country to the small towns, 100,000 and 1.5 million parcels; they may be "
            "ended at any time and go on where they were",
        )
        parser.add_argument("--again", action="store_true", help="remove what a demonstration left, then load it anew")
        parser.add_argument("--logins", action="store_true", help="only print the accounts")
        parser.add_argument("--remove-accounts", action="store_true", help="only remove the accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove_accounts"]:
            self.stdout.write(f"{accounts.remove()} demo accounts removed.")
            return
        if not settings.DEMO:
            raise CommandError("This is not demo mode. Set BALADIYA_DEMO=true on a machine that nobody else reaches.")
        if options["logins"]:
            with translation.override("en"):  # bin/run prints it among its own lines
                self.stdout.write(accounts.table())
            return
        of_country = options["scale"] if options["scale"] in plan.scales() else ""
        scale, now = "small" if of_country else options["scale"], timezone.localtime()
        anew = options["again"] or not load.exists()
        towns = self.load(options["seed"], scale, now, again=options["again"]) if anew else []
        accounts.ensure(now=now)
        made = completing.complete(scale, seed=options["seed"], drawn=towns, now=now, say=self.stdout.write)
        if not (towns or made or of_country):  # a country goes on where it was
            self.stdout.write("The demonstration is already there. Load it anew with: manage.py demo --again")
        if of_country:
            with catching_up.afterwards(say=self.stdout.write):
                fill.fill(of_country, seed=options["seed"], now=timezone.localtime(), say=self.stdout.write)
        else:
            for follower in (indexing, generalising, versions):
                follower.follow(say=self.stdout.write, anew=anew)

    def load(self, seed: int, scale: str, now: datetime, *, again: bool) -> list[Town]:
        began = monotonic()
        reference.seed()
        if again:
            clear.clear(say=self.stdout.write)
        self.stdout.write("Drawing the towns ...")
        towns = [build(site, seed, now) for site in sites(scale)]
        load.load_all(towns, now=now, say=self.stdout.write)
        self.stdout.write(f"The towns are loaded ({monotonic() - began:.0f} s).")
        return towns
