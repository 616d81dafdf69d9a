"""The quarantine of a run to take away, for those who may read the records themselves.

Both files are written to the disk some features at a time, and go out from there: neither fills the memory.
"""

import csv
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from gis.exchange.models import ImportRun
from gis.exchange.taking_out import Taken, lines, write_geopackage

from .access import run_of

BOM = "\ufeff"  # without it a spreadsheet takes Arabic for something else


def quarantine_csv(request: HttpRequest, key: UUID) -> HttpResponseBase:
    run = run_of(request, key)
    taken = Taken.of(run, shapes=False)
    content = TemporaryFile(prefix="quarantine-")  # noqa: SIM115  (the answer closes it when it has gone out)
    text = TextIOWrapper(content, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    # Some spreadsheets part cells at a semicolon: in quotes none begins in the middle of a text.
    items = chain.from_iterable(taken.portions())
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(lines(items, taken.columns()))
    text.detach()
    content.seek(0)
    return FileResponse(
        content, as_attachment=True, filename=_name(run, taken, "csv"), content_type="text/csv; charset=utf-8"
    )


def quarantine_geopackage(request: HttpRequest, key: UUID) -> HttpResponseBase:
    run = run_of(request, key)
    taken = Taken.of(run, shapes=True)
    system = run.quarantine.values_list("original_crs", flat=True).order_by("row").first() or ""
    with TemporaryDirectory(prefix="quarantine-") as folder:
        path = Path(folder) / "quarantine.gpkg"
        write_geopackage(path, taken, system)
        content = path.open("rb")  # it can be read though the folder is gone
    return FileResponse(
        content, as_attachment=True, filename=_name(run, taken, "gpkg"), content_type="application/geopackage+sqlite3"
    )


def _name(run: ImportRun, taken: Taken, ending: str) -> str:
    """A file that does not hold all says so."""
    part = "" if taken.whole else f"-first-{len(taken.sizes)}"
    return f"quarantine-{run.started_at:%Y-%m-%d}{part}.{ending}"
