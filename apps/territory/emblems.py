"""The one gate for emblems: a PNG, decoded under limits, stripped and encoded anew.

Drawings (SVG) are refused: they may carry scripts and addresses, and a PNG of 512 pixels is sharp wherever it is shown.
"""

import hashlib
from io import BytesIO
from typing import Protocol

from django.utils.translation import gettext_lazy as _
from PIL import Image

from apps.core.refusals import Refusal

LARGEST_BYTES = 2 * 2**20
LARGEST_PIXELS = 16_000_000
LONGEST_SIDE = 512
MAGIC = b"\x89PNG\r\n\x1a\n"


class Readable(Protocol):
    """An uploaded file, an open file or a buffer."""

    def read(self, size: int = -1, /) -> bytes: ...


class EmblemUnreadable(Refusal):
    code = "emblem_unreadable"
    sentence = _("The emblem is not a PNG picture of up to 2 MB and 16 million pixels. Save it as PNG and try again.")


def clean(file: Readable) -> bytes:
    """A new PNG of at most 512 pixels a side, see-through where it was. Raises EmblemUnreadable, nothing else."""
    raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES or not raw.startswith(MAGIC):
        raise EmblemUnreadable
    try:
        with Image.open(BytesIO(raw), formats=["PNG"]) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise EmblemUnreadable
            picture = image.convert("RGBA")
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError, LookupError) as error:
        raise EmblemUnreadable from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    Image.frombytes("RGBA", picture.size, picture.tobytes()).save(out, "PNG", optimize=True)
    return out.getvalue()


def name_of(code: str, png: bytes) -> str:
    """File name with the digest of its content, so that another emblem has another address."""
    return f"emblems/{code}-{hashlib.sha256(png).hexdigest()[:12]}.png"
