"""The quarantine of a run to take away, for those who may read the records themselves."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gis.exchange.taking_out import MOST, columns_of, lines, write_geopackage

from .access import run_of

BOM = "\ufeff"  # without it a spreadsheet takes Arabic for something else


def quarantine_csv(request: HttpRequest, key: UUID) -> HttpResponse:
    run = run_of(request, key)
    items = list(run.quarantine.order_by("row").defer("original")[:MOST])
    text = StringIO()
    # Some spreadsheets part cells at a semicolon: in quotes none begins in the middle of a text.
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(lines(items, columns_of(items)))
    answer = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quarantine-{run.started_at:%Y-%m-%d}.csv"'
    return answer


def quarantine_geopackage(request: HttpRequest, key: UUID) -> HttpResponseBase:
    run = run_of(request, key)
    items = list(run.quarantine.order_by("row")[:MOST])
    with TemporaryDirectory(prefix="quarantine-") as folder:
        path = Path(folder) / "quarantine.gpkg"
        write_geopackage(path, items, columns_of(items), items[0].original_crs if items else "")
        content = BytesIO(path.read_bytes())
    name = f"quarantine-{run.started_at:%Y-%m-%d}.gpkg"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/geopackage+sqlite3")
