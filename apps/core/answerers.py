"""What else answers the search box: an app may know things that are on no map, such as a report's number."""

from collections.abc import Callable, Iterable, Iterator

from apps.core.cards import Find
from gis.layers import Audience

Answerer = Callable[[str, Audience], Iterable[Find]]

_answerers: list[Answerer] = []


def answers(function: Answerer) -> Answerer:
    """Decorator: the function is asked each question, and gives its finds or none."""
    _answerers.append(function)
    return function


def asked(words: str, audience: Audience) -> Iterator[Find]:
    """What the apps know."""
    for function in _answerers:
        yield from function(words, audience)
