"""What a caller wishes to be answered with: the header Accept, where the parameter f says nothing."""

from collections.abc import Mapping

JSON_TYPES = ("application/geo+json", "application/json", "application/schema+json", "*/*", "application/*")
HTML_TYPES = ("text/html", "application/xhtml+xml", "text/*")
ANSWERS = dict.fromkeys(JSON_TYPES, "json") | dict.fromkeys(HTML_TYPES, "html")


def chosen_format(given: str, accept: str) -> str:
    """ "html" for a browser, "json" for everybody else: the parameter first, then the wish with the highest weight."""
    return given or wish(accept, ANSWERS) or "json"


def wish(accept: str, kinds: Mapping[str, str]) -> str:
    """What `kinds` calls the media type that is wished for most; empty where it knows none of them."""
    wishes = []
    for place, part in enumerate(accept.split(",")):
        kind, _semicolon, weight = part.partition(";q=")
        kind = kind.split(";")[0].strip()
        if kind in kinds:
            wishes.append((-_weight(weight), place, kinds[kind]))
    return min(wishes)[2] if wishes else ""


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
