"""The decoding process for the phone's own format: HEIC on its standard input, the plain picture (PPM) on its output.

The decoder is a large native library fed by strangers, so it runs under limits of its own and may crash alone. The
picture is upright (the container says how it was held) and carries nothing but its pixels. Run by path, not as a
module of the project: it loads nothing but Pillow and the decoder. Arguments: most pixels, longest side.
"""

import os
import resource
import sys
from io import BytesIO

import pi_heif
from PIL import Image

SECONDS = 10
MEMORY = 1024 * 1024 * 1024
UNREADABLE, TOO_MANY_PIXELS = 3, 4


def main(most_pixels: int, longest_side: int) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # the line below is stricter
    raw = sys.stdin.buffer.read()
    if not is_whole(raw):
        return UNREADABLE
    try:
        with Image.open(BytesIO(raw), formats=["HEIF"]) as image:
            if image.width * image.height > most_pixels:
                return TOO_MANY_PIXELS
            image.load()
            image.thumbnail((longest_side, longest_side))
            image.convert("RGB").save(sys.stdout.buffer, "PPM")
    except Exception:  # whatever the decoder says about a stranger's bytes, the answer is one
        return UNREADABLE
    sys.stdout.buffer.flush()
    return 0


def is_whole(raw: bytes) -> bool:
    """Whether the file ends where its last box does (ISO 14496-12, 4.2): the decoder greys what is cut off."""
    at = 0
    while at + 8 <= len(raw):
        size = int.from_bytes(raw[at : at + 4])
        if size == 1:
            size = int.from_bytes(raw[at + 8 : at + 16])
        if size == 0:  # to the end of the file
            return True
        if size < 8:
            return False
        at += size
    return at == len(raw)


if __name__ == "__main__":
    os._exit(main(*map(int, sys.argv[1:])))
