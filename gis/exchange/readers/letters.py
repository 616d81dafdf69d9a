"""Letters that are not seen, made visible: what a file or a library says goes to a page, a log and the database."""

import re
from typing import Any
from unicodedata import category

# Controls, directions, halves of pairs, private ones, ends of lines.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def holds_unseen(text: str) -> bool:
    return any(category(letter) in UNSEEN for letter in text)


def shown(text: str, kinds: tuple[str, ...] = UNSEEN) -> str:
    """The text with its letters of these kinds written as their numbers; Arabic stays as it is."""
    return "".join(one.encode("unicode_escape").decode() if category(one) in kinds else one for one in text)


# Halves of pairs, which no encoding writes (an escape of JSON may be one), and zero, which no text in the database is.
UNKEPT = re.compile("[\0\ud800-\udfff]")


def kept(told: Any) -> Any:
    """What a file says of itself, in whatever lists, fit for the database: what it cannot keep becomes U+FFFD."""
    if isinstance(told, str):
        return UNKEPT.sub("\ufffd", told)
    if isinstance(told, dict):
        return {kept(name): kept(value) for name, value in told.items()}
    return [kept(one) for one in told] if isinstance(told, list | tuple) else told
