"""Latitude and longitude as people type them: decimal degrees, or degrees with minutes and seconds, sides in letters.

Latitude comes first where no letter says otherwise (EPSG:4326).
"""

import re
from dataclasses import dataclass

SIDES = {"N": "N", "S": "S", "E": "E", "W": "W", "ش": "N", "ج": "S", "ق": "E", "غ": "W"}
LETTERS = "".join(SIDES)
WORDS = {
    "N": r"NORTH|LATITUDE|LAT|(?:دائرة|خط)\s+(?:ال)?عرض|شمالا|شمال",
    "S": r"SOUTH|جنوبا|جنوب",
    "E": r"EAST|LONGITUDE|LONG|LNG|LON|خط\s+(?:ال)?طول|شرقا|شرق",
    "W": r"WEST|غربا|غرب",
}
# Degrees; with whole degrees minutes, with whole minutes seconds; the marks may be left out.
ANGLE = re.compile(
    r"""(?P<sign>[-+]?)(?:(?P<d>\d{1,3})\s*(?:[°º]\s*|\s)(?:(?P<m>\d{1,2})\s*(?:['′’]\s*|\s)(?P<s>\d{1,2}(?:\.\d+)?)"""
    r"""\s*(?:["″”]|['′’]{2})?|(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’]?)|(?P<degrees>\d{1,3}(?:\.\d+)?)\s*[°º]?)"""
)


@dataclass(frozen=True)
class Degrees:
    """Degrees of a system that the text may name; `ordered`: letters said which is which."""

    lat: float
    lng: float
    ordered: bool


def read_degrees(text: str) -> Degrees | None:
    """What capital letters and European digits say, None where it is not a latitude and a longitude."""
    for side, words in WORDS.items():
        text = re.sub(rf"(?<!\w)(?:{words})(?!\w)[\s:=]*", f" {side} ", text)
    halves = [_angle(half.strip()) for half in _halves(text.strip(" :="))]
    if len(halves) != 2 or halves[0] is None or halves[1] is None:
        return None
    (first, one), (second, other) = halves[0], halves[1]
    axes = {one or "", other or ""}
    if axes & {"E", "W"} == {one} or axes & {"N", "S"} == {other}:
        first, second = second, first
    elif axes <= {"N", "S"} - {""} or axes <= {"E", "W"}:
        return None
    if abs(first) > 90 or abs(second) > 180:
        return None
    return Degrees(first, second, ordered=axes != {""})


def _halves(text: str) -> list[str]:
    """The two angles of a text, divided by a comma, by their letters, by their marks or by a space."""
    if re.search("[,;]", text):
        return re.split(r"\s*[,;]\s*", text)
    if re.match(f"[{LETTERS}]", text):
        return re.split(rf"(?<=.)\s*(?=[{LETTERS}])", text, maxsplit=1)
    if re.search(f"[{LETTERS}]", text):
        return re.split(rf"(?<=[{LETTERS}])\s*", text, maxsplit=1)
    if len(parts := re.split(r"\s*(?=(?<!\S)[-+]?\d{1,3}(?:\.\d+)?\s*[°º])", text)) > 1:
        return [part for part in parts if part]
    return text.split()


def _angle(half: str) -> tuple[float, str | None] | None:
    """Degrees with their sign, and the side that a letter before or behind them says."""
    side = None
    if half[:1] in SIDES and half[:1]:
        side, half = SIDES[half[0]], half[1:].strip()
    elif half[-1:] in SIDES and half[-1:]:
        side, half = SIDES[half[-1]], half[:-1].strip()
    match = ANGLE.fullmatch(half)
    if match is None:
        return None
    minutes, seconds = float(match["m"] or match["minutes"] or 0), float(match["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(match["degrees"] or match["d"]) + minutes / 60 + seconds / 3600
    return (-value if (match["sign"] == "-") != (side in ("S", "W")) else value), side
