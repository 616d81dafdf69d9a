"""`manage.py follow URL`: keep a local table equal to a collection of another server."""

import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.federation.fetching import Server
from apps.federation.services import Following, following
from gis.refusals import Refusal
from gis.remedies import in_command

USING = "owner"  # whose the schema is
WAIT_S = 30  # of a long poll
PAUSE_S = 5.0  # where the server does not wait
HOURLY_S = 3600.0  # between two rounds of a server that tells no changes
TROUBLE_S = 60.0
OFTEN_S, SELDOM_S = 0.2, 5.0


class NoKey(Refusal):
    code: ClassVar[str] = "no_key"
    sentence: ClassVar[str | Promise] = _("The file of the key cannot be read: %(why)s")


STOPPED = _("Stopped. The next time it goes on from here.")
DONE = _("mirror.%(table)s is up to date: %(written)s written, %(deleted)s deleted, %(rows)s rows.")


class Command(BaseCommand):
    help = (
        "Mirror a collection of another server (any OGC API Features; one of this platform by its log of changes) into "
        "a table of the schema mirror, and keep following it. It may be killed at any moment and goes on where it was."
    )
    requires_system_checks: list[str] = [Tags.models]

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        # fmt: off
        add("url", help="a collection, or with --collection the landing page: https://maps.example.org/ogc")
        add("--collection", default="", metavar="ID")
        add("--into", default="", metavar="TABLE", help="the table's name; else it is that of the collection")
        add("--bbox", default="", metavar="W,S,E,N", help="only what shares a point with this box, in degrees")
        add("--key", default="", metavar="KEY", help="an agency's key, or @FILE to read it from a file")
        add("--once", action="store_true", help="bring the table up to now and end")
        add("--every", type=float, default=0, metavar="SECONDS",
            help="ask so often; else a log is waited for, and a server without one is read hourly")
        # fmt: on

    def handle(self, *args: Any, **options: Any) -> None:
        meter = Meter(self.stderr, terminal=sys.stderr.isatty())
        try:
            with in_command():
                self.follow(options, meter)
        except Refusal as refusal:
            meter.clear()
            with in_command():
                raise CommandError(in_both(refusal)) from refusal
        except KeyboardInterrupt as interrupt:
            meter.clear()
            raise CommandError(in_both(STOPPED)) from interrupt

    def follow(self, options: dict[str, Any], meter: "Meter") -> None:
        server = Server(options["url"], key=_key(options["key"]))
        chosen = {"address": options["url"], **{name: options[name] for name in ("collection", "into", "bbox")}}
        found: Following | None = None
        while True:
            began = time.monotonic()
            try:
                found = found or following(**chosen, server=server, using=USING, say=meter.show)
                with found.mirror.alone():
                    self.turns(found, options, meter)
                return
            except (Refusal, Error) as trouble:
                if options["once"] or found is None or (isinstance(trouble, Refusal) and trouble.code == "busy"):
                    raise
                meter.clear()
                self.stderr.write(in_both(trouble))
                connections[USING].close()
            time.sleep(max(0.0, (options["every"] or TROUBLE_S) - (time.monotonic() - began)))

    def turns(self, found: Following, options: dict[str, Any], meter: "Meter") -> None:
        """Turn after turn; one, if asked for once."""
        waits = not (options["once"] or options["every"])
        while True:
            began = time.monotonic()
            count = found.run(wait=WAIT_S if waits else 0)
            if count.written or count.deleted or options["once"]:
                meter.clear()
                rows = found.mirror.count()
                about = {"table": found.mirror.table, "written": f"{count.written:,}", "deleted": f"{count.deleted:,}"}
                self.stdout.write(in_both(DONE, about | {"rows": f"{rows:,}"}))
            if options["once"]:
                return
            usual = (PAUSE_S if not count.written else 0.0) if found.tells_changes else HOURLY_S
            time.sleep(max(0.0, (options["every"] or usual) - (time.monotonic() - began)))


class Meter:
    """How many features have been written, on one line of a terminal, or on a line now and then in a log."""

    def __init__(self, out: Any, *, terminal: bool) -> None:
        self.out, self.terminal = out, terminal
        self.told = time.monotonic()

    def show(self, table: str, written: int) -> None:
        now = time.monotonic()
        if now - self.told < (OFTEN_S if self.terminal else SELDOM_S):
            return
        self.told = now
        line = f"mirror.{table}: {written:,}"
        self.out.write(f"\r{line:<60}" if self.terminal else line, ending="" if self.terminal else "\n")
        self.out.flush()

    def clear(self) -> None:
        if self.terminal:
            self.out.write("\r" + " " * 60 + "\r", ending="")


def in_both(said: object, details: dict[str, str] | None = None) -> str:
    """The sentence in Arabic, then in English; what is no sentence of ours, once."""
    lines = []
    for language in ("ar", "en"):
        with override(language):
            lines.append(str(said) % details if details else str(said))
    return "\n".join(dict.fromkeys(lines))


def _key(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise NoKey(why=str(error)) from error
