"""Letters that are not seen, made visible: what a file or a library says goes to a page, a log and the database."""

from unicodedata import category

# Controls, directions, halves of pairs, private ones, ends of lines.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def holds_unseen(text: str) -> bool:
    return any(category(letter) in UNSEEN for letter in text)


def shown(text: str, kinds: tuple[str, ...] = UNSEEN) -> str:
    """The text with its letters of these kinds written as their numbers; Arabic stays as it is."""
    return "".join(one.encode("unicode_escape").decode() if category(one) in kinds else one for one in text)
