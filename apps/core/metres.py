"""Eastings and northings as people type them: in either order, with zone, letters and words or without."""

import re
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\w.])([-+]?\d{5,8}(?:\.\d+)?)(?![\d.])")
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[,\u066c]\d{3})+(?:\.\d+)?(?![\d,])")
# A band of latitude (8 degrees each, from 80 south) may stand behind the zone; N and S may mean the hemisphere.
BANDS = "CDEFGHJKLMNPQRSTUVWX"
ZONE = re.compile(rf"(?<![\w.])([1-9]|[1-5]\d|60)\s?([{BANDS}](?!\w))?(?![\w.])")
EAST = r"EASTING|EAST|E|X|شرقيات|شرقا|شرق|ق|س"
NORTH = r"NORTHING|NORTH|N|Y|شماليات|شمالا|شمال|ش|ص"
SIDE = re.compile(rf"(?<![^\W\d])(?:M(?=[EN]\b))?(?:(?P<east>{EAST})|(?P<north>{NORTH}))(?![^\W\d])")
FILLER = re.compile(r"(?<!\w)(?:UTM|ZONE|METRES|METERS|M|النطاق|نطاق|المنطقة|متر|م)(?!\w)")
TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")  # a letter and a digit


@dataclass(frozen=True)
class Metres:
    """Two numbers of a projection. `zone` and `band` of UTM where they were written; `ordered`: letters said which is
    the easting; without them it comes first."""

    easting: float
    northing: float
    zone: int | None = None
    band: str = ""
    ordered: bool = False

    @property
    def turned(self) -> "Metres":
        """The other way round."""
        return Metres(self.northing, self.easting, self.zone, self.band)

    def in_band(self, lat: float) -> bool:
        """Does the letter behind the zone agree? N and S are taken for the hemisphere as well."""
        if not self.band or (self.band == "N" and lat >= 0) or (self.band == "S" and lat < 0):
            return True
        return abs(lat) < 84 and BANDS[min(int((lat + 80) // 8), len(BANDS) - 1)] == self.band


def read_metres(text: str) -> Metres | None:
    """What capital letters and European digits say, None where it is not an easting and a northing."""
    if len(GROUPED.findall(text)) == 2:
        text = GROUPED.sub(lambda match: re.sub("[,\u066c]", "", match[0]), text)
    text = FILLER.sub(" ", TOUCHING.sub(" ", text))
    zone = ZONE.search(text)
    rest = text[: zone.start()] + " " + text[zone.end() :] if zone else text
    numbers = NUMBER.findall(rest)
    if len(numbers) != 2 or re.sub(r"[\s,;:=/()\-]+", "", SIDE.sub("", NUMBER.sub("", rest))):
        return None
    first, second = map(float, numbers)
    found = Metres(first, second, int(zone[1]) if zone else None, (zone[2] or "") if zone else "")
    return _by_letters(found, rest)


def _by_letters(found: Metres, rest: str) -> Metres | None:
    sides = ["E" if match["east"] else "N" for match in SIDE.finditer(rest)]
    if not sides:
        return found
    if sorted(sides) != ["E", "N"]:
        return None
    east, north = (found.easting, found.northing) if sides[0] == "E" else (found.northing, found.easting)
    return Metres(east, north, found.zone, found.band, ordered=True)
