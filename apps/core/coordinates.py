"""Coordinates as people type them: decimal degrees or degrees, minutes and seconds; latitude first (EPSG:4326)."""

import re

from apps.core.digits import european

NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
DECIMAL = re.compile(rf"^({NUMBER})\s*°?\s*([NSشج]?)\s*[,،;\s]\s*({NUMBER})\s*°?\s*([EWقغ]?)$")
SEXAGESIMAL = re.compile(
    r"""^(\d{1,3})[°º]\s*(\d{1,2})['′’]\s*(?:(\d{1,2}(?:\.\d+)?)["″”]\s*)?([NSشج])[,،;\s]*"""
    r"""(\d{1,3})[°º]\s*(\d{1,2})['′’]\s*(?:(\d{1,2}(?:\.\d+)?)["″”]\s*)?([EWقغ])$"""
)
NEGATIVE = frozenset("SWجغ")


def read_point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, or None where the text is not a place on earth."""
    plain = european(text).strip().upper()
    if match := DECIMAL.match(plain):
        first, first_side, second, second_side = match.groups()
        lat, lng = _signed(float(first), first_side), _signed(float(second), second_side)
    elif match := SEXAGESIMAL.match(plain):
        lat, lng = _degrees(*match.groups()[:4]), _degrees(*match.groups()[4:])
    else:
        return None
    return (lng, lat) if abs(lat) <= 90 and abs(lng) <= 180 else None


def _degrees(degrees: str, minutes: str, seconds: str | None, side: str) -> float:
    return _signed(int(degrees) + int(minutes) / 60 + float(seconds or 0) / 3600, side)


def _signed(value: float, side: str) -> float:
    return -value if side and side in NEGATIVE else value
