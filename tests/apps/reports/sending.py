"""A report as a phone sends it."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from apps.reports.models import Report
from apps.reports.services import submit_report
from tests.apps.town import AT, HERE, category


def send(**given: Any) -> Report:
    """A valid report; what is given replaces a part of it."""
    body: dict[str, Any] = {
        "category": given.get("category") or category(),
        "location": HERE,
        "text": "حفرة عميقة أمام المدرسة",
        "photos": (),
        "client_id": uuid4(),
        "language": "ar",
        "at": AT,
    }
    return submit_report(**(body | given))


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), kind: str = "JPEG", **options: Any) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    file.seek(0)
    return file
