"""`manage.py import_layer LAYER FILE`: bring a file into a layer, with a report of what became of each feature."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis.exchange.importing import Done, import_file
from gis.exchange.mapping import parse
from gis.exchange.order import Order
from gis.exchange.reasons import in_both
from gis.exchange.report import STOPPED, describe
from gis.refusals import Refusal
from gis.remedies import in_command

# How often progress is told, in seconds: on a terminal, and in a log.
OFTEN, SELDOM = 0.2, 5.0


class Command(BaseCommand):
    """Each feature ends in the layer, in the layer after a repair that is reported, or in quarantine with a reason."""

    help = (
        "Import a GeoPackage, Shapefile, GeoJSON, KML, KMZ, GML, DXF, CSV, FlatGeobuf, GeoParquet or OpenStreetMap "
        "(.osm.pbf) file into a layer, plain, zipped or gzipped. "
        "A second file with the same source ids is an update; nothing is half-written."
    )
    # Not those of the pages: to load them all takes longer than everything else before the file is opened.
    requires_system_checks: list[str] = [Tags.models]

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        # fmt: off
        add("layer", help="such as parcels, address-units, wells")
        add("file", type=Path)
        add("--authority", default="", metavar="CODE", help="whose records these are")
        add("--map", action="extend", nargs="+", default=[], metavar="FIELD=COLUMN", dest="map",
            help="which column is a field; x, y and wkt name columns of coordinates; no column: leave the field out. "
            "Of a DXF: text:LAYER is the text of that CAD layer inside the outline, unit=mm its unit")
        add("--set", action="extend", nargs="+", default=[], metavar="FIELD=VALUE", help="one value for every row")
        add("--recode", action="extend", nargs="+", default=[], metavar="FIELD:GIVEN=CODE",
            help="read a value of the file as another")
        add("--crs", default="", metavar="EPSG:n", help="the coordinate system, where the file does not say it rightly")
        add("--table", default="",
            help="table of a GeoPackage, GML or OpenStreetMap file (lines/highway: those of the lines with this key), "
            "folder of a KML, CAD layer of a DXF; FILE or FILE/TABLE of a zip")
        add("--encoding", default="", help="of the text of a Shapefile or CSV, where it is not found rightly")
        add("--dates", default="", choices=("dmy", "mdy"), help="how dates that do not begin with the year are meant")
        add("--swap-axes", action="store_true", help="the file has latitude before longitude")
        add("--snapshot", type=_day, metavar="DATE",
            help="the file is the whole state of this day: end what it no longer has, begin what is new")
        add("--dry-run", action="store_true", help="report what would happen and write nothing")
        # fmt: on

    def handle(self, *args: Any, **options: Any) -> None:
        order = self.order(options)
        meter = Meter(self.stderr, terminal=sys.stderr.isatty())
        try:
            done = import_file(order, meter.show)
        except Refusal as refusal:
            meter.clear()
            raise _ended(refusal) from refusal
        except KeyboardInterrupt as interrupt:
            meter.clear()
            raise _ended(STOPPED) from interrupt
        meter.clear()
        self.tell(order, done)

    def order(self, options: dict[str, Any]) -> Order:
        try:
            wishes = parse(options["map"], options["set"], options["recode"])
        except Refusal as refusal:
            raise _ended(refusal) from refusal
        return Order(
            layer=options["layer"],
            path=options["file"],
            wishes=wishes,
            **{name: options[name] for name in ("authority", "crs", "table", "encoding", "dates", "swap_axes")},
            snapshot=options["snapshot"],
            dry_run=options["dry_run"],
        )

    def tell(self, order: Order, done: Done) -> None:
        """The report in Arabic, then in English."""
        for language in ("ar", "en"):
            with translation.override(language), in_command():
                self.stdout.write("\n".join(describe(order, done.report, done.about)) + "\n")


class Meter:
    """How far the work is, on one line of a terminal, or on a line now and then in a log."""

    def __init__(self, out: Any, *, terminal: bool) -> None:
        self.out = out
        self.terminal = terminal
        self.began = time.monotonic()
        self.told = 0.0
        self.stage = ""

    def show(self, stage: str, done: float, rows: int) -> None:
        now = time.monotonic()
        if stage == self.stage and now - self.told < (OFTEN if self.terminal else SELDOM):
            return
        if stage != self.stage:
            self.stage, self.began = stage, now
        self.told = now
        passed = now - self.began
        line = f"{stage}: {rows:,} rows, {done:.0%}" + (f", {rows / passed:,.0f}/s" if passed >= OFTEN else "")
        self.out.write(f"\r{line:<60}" if self.terminal else line, ending="" if self.terminal else "\n")
        self.out.flush()

    def clear(self) -> None:
        if self.terminal:
            self.out.write("\r" + " " * 60 + "\r", ending="")


def _ended(why: object) -> CommandError:
    """In both languages, for whoever typed; what is kept with the run is for the page that shows it."""
    with in_command():
        return CommandError("\n".join(in_both(why, {})))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day; write it as 2024-12-31") from error
