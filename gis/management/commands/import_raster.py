"""`manage.py import_raster FILE …`: an elevation model into the catalogue."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis.db.acting import acting_as
from gis.rasters.importing import About, import_elevation
from gis.refusals import Refusal
from gis.remedies import in_command


class Command(BaseCommand):
    """Heights in metres, as GeoTIFF with one band; kept as a cloud-optimised GeoTIFF."""

    help = "Take an elevation model (GeoTIFF, metres) into the catalogue of rasters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        for name, told in {
            "title-ar": "title in Arabic",
            "title-en": "title in English",
            "source": "who made it",
            "licence": "what may be done with it",
        }.items():
            parser.add_argument(f"--{name}", required=True, help=told)
        parser.add_argument("--day", type=date.fromisoformat, required=True, help="the day whose state it shows")
        parser.add_argument("--vertical-datum", default="", help="what its heights are counted from")
        parser.add_argument("--crs", default="", help="its coordinate system, where the file names none or a wrong one")
        empty = parser.add_mutually_exclusive_group()
        empty.add_argument("--nodata", type=float, help="the number that stands for no value")
        empty.add_argument("--complete", action="store_true", help="every cell has a value")

    def handle(self, *args: Any, **options: Any) -> None:
        about = About(**{name: options[name] for name in About.__dataclass_fields__})
        try:
            with acting_as(actor="job:import", reason=options["file"].name):
                raster = import_elevation(options["file"], about)
        except Refusal as refusal:
            with in_command():
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("%(title)s: cells of %(size)s m, %(lowest)s to %(highest)s m, %(system)s.")
            % {
                "title": raster,
                "size": f"{raster.resolution_m:.1f}",
                "lowest": f"{raster.lowest:,.1f}",
                "highest": f"{raster.highest:,.1f}",
                "system": raster.system,
            }
        )
