"""`manage.py seed_reference`: code lists into the tables. Safe to run again and again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.config import reference


class Command(BaseCommand):
    """Load data/reference, or another country's folder of the same files."""

    help = "Load governorates, wilayats, their spellings and the report categories."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=reference.FOLDER, help="folder with the CSV files")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not (folder / "governorates.csv").is_file():
            raise CommandError(f"{folder} has no governorates.csv. Name a folder with the files of data/README.md.")
        for seeded in reference.seed(folder):
            self.stdout.write(f"{seeded.name}: {seeded.new} added, {seeded.total - seeded.new} already there.")
