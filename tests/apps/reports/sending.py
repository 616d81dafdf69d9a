"""A report as a phone sends it."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from apps.reports.models import Report
from apps.reports.services import submit_report
from apps.reports.services.keys import key_of
from tests.apps.town import AT, HERE, category


def send(**given: Any) -> Report:
    """A valid report; what is given replaces a part of it. It carries the reporter's `key`, which no table has."""
    body: dict[str, Any] = {
        "category": given.get("category") or category(),
        "location": HERE,
        "text": "حفرة عميقة أمام المدرسة",
        "photos": (),
        "client_id": uuid4(),
        "language": "ar",
        "at": AT,
    }
    body |= given
    report = submit_report(**body)
    report.key = key_of(body["client_id"])  # type: ignore[attr-defined]
    return report


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), kind: str = "JPEG", **options: Any) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    file.seek(0)
    return file
