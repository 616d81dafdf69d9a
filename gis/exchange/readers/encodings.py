"""In which encoding a text is, from its bytes: Arabic files are often windows-1256 and do not say so."""

import codecs
from collections import Counter

from .unreadable import Unreadable

ARABIC = ("cp1256", "iso8859_6")
# The letters that make up most of any Arabic text: the encoding under which they are frequent is the right one.
FREQUENT = set("اليمونرتبهةعدسفك")


def codec(name: str) -> str:
    """Python's name of an encoding: from "UTF-8", "1256", "ANSI 1256", "88596"."""
    text = name.strip().lower().removeprefix("ansi ")
    if text.isdigit():
        text = f"iso8859_{text[4:]}" if text.startswith("8859") else f"cp{text}"
    try:
        return codecs.lookup(text).name.replace("-", "_")
    except LookupError as error:
        raise Unreadable("unknown_encoding", encoding=name[:40]) from error


def detect(sample: bytes) -> str:
    """UTF-8 where the bytes are, else the Arabic code page whose letters are likely, else the Western one."""
    if is_utf8(sample):
        return "utf_8"
    counts = Counter(byte for byte in sample if byte > 0x7F)

    def frequent(encoding: str) -> int:
        return sum(n for byte, n in counts.items() if bytes([byte]).decode(encoding, "ignore") in FREQUENT)

    best = max(ARABIC, key=frequent)
    return best if frequent(best) * 2 > counts.total() else "cp1252"


def is_utf8(sample: bytes) -> bool:
    """Nearly all of it: a value cut at the width of its column may end inside a letter, a file may hold one bad row."""
    decoded = sample.decode(errors="replace")
    letters = sum(character > "\x7f" and character != "\ufffd" for character in decoded)
    bad = decoded.count("\ufffd")
    return bad == 0 or letters > 20 * bad
