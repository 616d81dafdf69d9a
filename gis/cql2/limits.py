"""Bounds of a filter before anything parses it.

The parser is a library in Rust: measured, 5,000 nested parentheses or 20,000 chained operators overflow its stack and
end the process, and each level of plain parentheses that turns out to be wrong doubles its work (20 levels: 6 s).
So the text is looked through first, once, without recursion.
"""

import re
from collections.abc import Iterator
from typing import Any

from gis.cql2.refusals import WHATS, TooDeep, TooLong, TooMany, Unbalanced, WrongText

MOST_CHARACTERS = 100_000
MOST_LEVELS = 12
# A collection of several polygons with holes.
GEOMETRY_LEVELS = 5
# Brackets of JSON: two a level of CQL2, and those of the coordinates.
MOST_BRACKETS = 2 * MOST_LEVELS + 8
# Tokens, each counted twice for every plain parenthesis around it: the parser's work in the worst case. 60 ms.
MOST_WORK = 50_000
MOST_OPERATORS = 100
MOST_VERTICES = 1_000
MOST_PREDICATES = 50
MOST_LISTED = 1_000
MOST_WILDCARDS = 5

# Texts, names, numbers in a row, and signs.
TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[^\W\d][\w:.$]*|\d[\w.]*(?:\s*,\s*-?\d[\w.]*|\s+\d[\w.]*)*|\S""")
LETTERS_A_TOKEN = 8
SIGNS_A_POSITION = 3
STRING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}"]', re.DOTALL)
GEOMETRY = re.compile(r"(?:multi)?(?:point|linestring|polygon)|geometrycollection", re.IGNORECASE)
OPERATORS = {"and", "or", "not", "div", "+", "-", "*", "/", "%", "^"}
# A parenthesis after one of these, or after no word, may hold anything: the parser tries all that it knows.
BEFORE_PLAIN = OPERATORS | {"in", "between", "like", "is"}


def check_text(text: str) -> None:
    """Raises TooLong, WrongText, TooDeep, TooMany and Unbalanced for what the parser should not see."""
    check_length(text)
    work, operators, vertices, signs = 0, 0, 0, 0
    for piece, before, plain, in_geometry in _levels(text):
        work += (1 + len(piece) // LETTERS_A_TOKEN) << plain
        if work > MOST_WORK:
            raise TooDeep(most=MOST_LEVELS)
        separates = piece in (",", "(") or piece[0].isdigit()
        vertices += in_geometry and separates and piece.count(",")
        signs = 0 if piece in (",", "(") or (separates and "," in piece) else signs + (piece == "-")
        # A minus is a sign after these, and before a coordinate; elsewhere it nests, as every operator does.
        is_sign = piece == "-" and (before in (",", "(") or (in_geometry and signs <= SIGNS_A_POSITION))
        operators += piece in OPERATORS and not is_sign
    if operators > MOST_OPERATORS:
        raise TooMany(what=WHATS["operators"], most=MOST_OPERATORS)
    if vertices > 2 * MOST_VERTICES:  # the exact bound is that of check_tree
        raise TooMany(what=WHATS["vertices"], most=MOST_VERTICES)


def check_json(text: str) -> None:
    """Raises TooLong, WrongText, TooDeep and Unbalanced."""
    check_length(text)
    depth = 0
    for found in STRING.finditer(text):
        piece = found[0]
        if piece == '"':
            raise Unbalanced()
        depth += (piece in "[{") - (piece in "]}")
        if depth > MOST_BRACKETS:
            raise TooDeep(most=MOST_LEVELS)
    if depth:
        raise Unbalanced()


def check_tree(tree: Any) -> None:
    """The bounds that hold for both encodings. Raises TooMany."""
    counted = dict.fromkeys(("predicates", "operators", "vertices"), 0)
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            if len(node) > MOST_LISTED:
                raise TooMany(what=WHATS["values"], most=MOST_LISTED)
            waiting.extend(node)
        elif isinstance(node, dict):
            if "op" in node:
                counted["operators" if node["op"] in OPERATORS else "predicates"] += 1
            counted["vertices"] += _vertices(node)
            waiting.extend(node[name] for name in ("args", "interval", "geometries") if name in node)
    bounds = {"predicates": MOST_PREDICATES, "operators": MOST_OPERATORS, "vertices": MOST_VERTICES}
    for name, most in bounds.items():
        if counted[name] > most:
            raise TooMany(what=WHATS[name], most=most)


def _vertices(node: dict[str, Any]) -> int:
    found, waiting = 0, [node.get("coordinates")]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            found += bool(part) and not isinstance(part[0], list)
            waiting.extend(one for one in part if isinstance(one, list))
    return found + 4 * ("bbox" in node)


def check_length(text: str) -> None:
    """Raises TooLong and WrongText."""
    if len(text) > MOST_CHARACTERS:
        raise TooLong(length=len(text), most=MOST_CHARACTERS)
    if "\x00" in text:
        raise WrongText()


def _levels(text: str) -> Iterator[tuple[str, str, int, bool]]:
    """Each piece in lower case, the one before it, the plain parentheses around it, and whether a geometry holds it."""
    opened: list[str] = []
    before, plain, in_geometry = "", 0, 0
    for found in TOKEN.finditer(text):
        piece = found[0].lower()
        if piece in ("'", '"'):
            raise Unbalanced()
        if piece in ("(", ")"):
            if piece == "(":
                opened.append("geometry" if in_geometry else _kind(before))
            elif opened:
                opened.pop()
            else:
                raise Unbalanced()
            plain, in_geometry = opened.count("plain"), opened.count("geometry")
            if in_geometry > GEOMETRY_LEVELS or len(opened) - in_geometry > MOST_LEVELS:
                raise TooDeep(most=MOST_LEVELS)
        yield piece, before, plain, in_geometry > 0
        before = before if piece == "z" else piece
    if opened:
        raise Unbalanced()


def _kind(before: str) -> str:
    if GEOMETRY.fullmatch(before):
        return "geometry"
    is_word = before[:1].isalpha() or before[:1] in ("_", '"')
    return "call" if is_word and before not in BEFORE_PLAIN else "plain"
