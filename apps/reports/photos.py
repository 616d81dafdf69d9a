"""The one gate for photos: decoded under limits, turned upright, stripped of everything, encoded anew.

Whatever way a photo comes in, only what `clean` returns is kept. Where and when it was taken (EXIF), who made it
(IPTC, XMP), thumbnails and colour profiles with their descriptions are dropped: nobody consented to keep them.
"""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

import puremagic
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from apps.core.refusals import Refusal

LARGEST_BYTES = 12 * 2**20
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
QUALITY = 85
READ_AS = {".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP"}
HEIC = frozenset({".heic", ".heif", ".hif", ".avif", ".heics", ".heifs"})
HEIC_CHILD = Path(__file__).with_name("heic_child.py")
TOO_MANY_PIXELS = 4  # its answer
WALL_SECONDS = 20.0  # it has ten seconds of processor time, and machines are busy
ORIENTATION = 0x0112  # the one EXIF tag that is used, before all are dropped


class Readable(Protocol):
    """An uploaded file, an open file or a buffer."""

    def read(self, size: int = -1, /) -> bytes: ...


class PhotoTooLarge(Refusal):
    code = "photo_too_large"
    status = 413
    sentence = _(
        "A photo may have up to %(megabytes)s MB. Choose a smaller one, or let the phone take it at less size."
    )


class PhotoTooManyPixels(Refusal):
    code = "photo_too_many_pixels"
    sentence = _("A photo may have up to %(megapixels)s million pixels. Choose a smaller one.")


class PhotoUnreadable(Refusal):
    code = "photo_unreadable"
    sentence = _("This file is not a photo that can be read. Send a JPEG, PNG, WebP or HEIC that opens on your phone.")


@dataclass(frozen=True)
class Photo:
    """A clean photo: JPEG bytes without metadata, and the SHA-256 (hex) of the bytes that were sent."""

    jpeg: bytes
    sha256: str
    width: int
    height: int


def read(file: Readable) -> bytes:
    """All bytes of a file. Raises PhotoTooLarge without reading further than the limit."""
    raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20)
    return raw


def clean(raw: bytes) -> Photo:
    """A new JPEG of at most 1600 pixels a side.

    Raises PhotoTooLarge, PhotoTooManyPixels or PhotoUnreadable; nothing else, whatever the bytes are.
    """
    if len(raw) > LARGEST_BYTES:
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20)
    try:
        kind = _format_of(raw)
        plain = _decoded(raw) if kind == "PPM" else raw
        with Image.open(BytesIO(plain), formats=[kind]) as image:
            picture = _upright(image)
    except Image.DecompressionBombError as error:
        raise PhotoTooManyPixels(megapixels=LARGEST_PIXELS // 10**6) from error
    except Refusal:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise PhotoUnreadable from error
    return Photo(_encode(picture), digest(raw), *picture.size)


def digest(raw: bytes) -> str:
    """By which a photo that is sent again is recognised."""
    return hashlib.sha256(raw).hexdigest()


def _format_of(raw: bytes) -> str:
    """The format by the first bytes, never by the name; Pillow is asked for this one only."""
    try:
        found = puremagic.from_string(raw[:4096]).lower()
    except (puremagic.PureError, ValueError) as error:
        raise PhotoUnreadable from error
    if found in HEIC:
        return "PPM"  # what its decoder gives
    if found not in READ_AS:
        raise PhotoUnreadable
    return READ_AS[found]


def _decoded(raw: bytes) -> bytes:
    """The plain picture in a HEIC file, decoded by a process of its own."""
    command = [sys.executable, "-I", str(HEIC_CHILD), str(LARGEST_PIXELS), str(LONGEST_SIDE)]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=WALL_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise PhotoUnreadable from error
    if done.returncode == TOO_MANY_PIXELS:
        raise PhotoTooManyPixels(megapixels=LARGEST_PIXELS // 10**6)
    if done.returncode or not done.stdout:
        raise PhotoUnreadable
    return done.stdout


def _upright(image: Image.Image) -> Image.Image:
    """The picture alone, in RGB, no side longer than allowed; transparent parts turn white."""
    if image.width * image.height > LARGEST_PIXELS:
        raise PhotoTooManyPixels(megapixels=LARGEST_PIXELS // 10**6)
    turn = _turn(image)
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is then decoded at a fraction of its size
    flat = _plain(image)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture = Image.new("RGB", flat.size, "white")
    picture.paste(flat.convert("RGB"), mask=flat.getchannel("A") if flat.mode == "RGBA" else None)
    return picture.transpose(turn) if turn is not None else picture


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without a loss: palettes only as true colours, bits only as shades."""
    if "transparency" in image.info or image.mode in ("PA", "LA", "La", "RGBa"):
        return image.convert("RGBA")
    shades = {"P": "RGB", "1": "L"}.get(image.mode)
    return image.convert(shades) if shades else image


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to turn the picture upright. Damaged EXIF is no reason to refuse a good picture: it stays as it lies."""
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError):
        return None


def _encode(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
