"""Several words in one sentence, with the comma of the reader's language."""

from collections.abc import Iterable

from django.utils.translation import get_language

COMMA = {"ar": "، "}


def listed(words: Iterable[str]) -> str:
    return COMMA.get(get_language() or "", ", ").join(words)
