"""Does a thing answer by what it was called before? An old address is found, and told as the old one."""

import re
import unicodedata
from collections.abc import Iterable

from gis.db.documents import searched
from gis.layers import Audience
from gis.places import Found

NUMBER = re.compile(r"\d+")


def former_of(found: Found, text: str, audience: Audience) -> str:
    """The former name by which the feature answers the text; empty where it answers by what it is called today.

    Numbers tell: a former address is numbers (building, way, block), and names of today stand beside them.
    """
    asked = _numbers([text])
    fields = searched(found.layer, audience)
    before = [str(found.values.get(field.name) or "") for field in fields if field.former]
    today = [str(found.values.get(field.name) or "") for field in fields if not field.former]
    if asked & _numbers(before) - _numbers(today):
        return "; ".join(name for name in before if name)
    return ""


def _numbers(texts: Iterable[str]) -> set[str]:
    return {
        "".join(str(unicodedata.digit(digit)) for digit in number) for text in texts for number in NUMBER.findall(text)
    }
