"""A filter as a caller wrote it, as the tree that CQL2's JSON is: both encodings become the same tree."""

import json
import re
from typing import Any, Literal

import cql2

from gis.cql2 import limits
from gis.cql2.refusals import NotCql2, NotCql2Json, WrongGeometry

Language = Literal["cql2-text", "cql2-json"]
# Objects with "op" and "args", "property", "date", "timestamp", "interval", "bbox" or "type"; lists, texts, numbers.
Tree = Any

PLACE = re.compile(r"--> (\d+):(\d+)")
NEAR = 30


def read(text: str, language: Language = "cql2-text") -> Tree:
    """The filter's tree, its syntax judged and no name looked up. Raises a BadFilter."""
    tree = _from_json(text) if language == "cql2-json" else _from_text(text)
    limits.check_tree(tree)
    return tree


def _from_text(text: str) -> Tree:
    limits.check_text(text)
    try:
        return cql2.parse_text(text.strip()).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise NotCql2(near=_near(text.strip(), str(error))) from error
    except Exception as error:  # the library has no class of its own for a place whose positions it cannot take in
        raise WrongGeometry(why=str(error)[:80]) from error


def _from_json(text: str) -> Tree:
    limits.check_json(text)
    try:
        json.loads(text, parse_constant=_no_constant)
        tree = cql2.parse_json(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise NotCql2Json() from error
    except Exception as error:
        raise WrongGeometry(why=str(error)[:80]) from error
    if tree is None:  # null would pass for no filter, and everything would be the answer
        raise NotCql2Json
    return tree


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _near(text: str, said: str) -> str:
    """What stands where the parser stopped."""
    place = PLACE.search(said)
    text = text.encode(errors="replace").decode()
    if not place:
        return text[:NEAR]
    lines = text.split("\n")
    line = lines[min(int(place[1]), len(lines)) - 1]
    at = int(place[2]) - 1
    return line[at : at + NEAR] or line[-NEAR:]
