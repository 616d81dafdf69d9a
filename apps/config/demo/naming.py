"""Names for roads and for what stands on the bigger plots, each in both scripts and each once in a town."""

from collections import defaultdict
from collections.abc import Iterator

from .dice import dice
from .land import Land, Lot
from .roads import Road
from .site import Name, Site, phrase, word_list

NAMED_RANK = 6  # shorter streets have a way number


def name_roads(roads: list[Road], site: Site, seed: int) -> None:
    """Give every addressed road a name: words for streets, the number of the way for short ones."""
    taken = {road.name.ar for road in roads if road.name}
    words = [Name(row["ar"], row["en"]) for row in word_list("street_words")]
    order = dice(seed, site.code, "street names").permutation(len(words))
    street, lane, way = (phrase(key) for key in ("street", "lane", "way"))
    free = (words[k] for k in order if street.of(words[k]).ar not in taken)
    for road in roads:
        if road.name or not road.addressed:
            continue
        word = next(free, None) if road.rank <= NAMED_RANK or road.kind == "alley" else None
        if word:
            road.name = (lane if road.kind == "alley" else street).of(word)
        else:
            road.name = way.of(Name(road.code, road.code))


def number_roads(roads: list[Road]) -> None:
    """Way numbers as they were given before streets had names: hundreds by district."""
    counted: dict[int, int] = defaultdict(int)
    for road in roads:
        if road.addressed:
            counted[road.quarter] += 1
            road.code = str(1000 + max(road.quarter, 0) * 100 + counted[road.quarter])


def landmarks(land: Land, site: Site, seed: int) -> Iterator[tuple[Lot, Name, int]]:
    """What people find their way by, with its rank on the map."""
    names: dict[str, list[Name]] = defaultdict(list)
    for row in word_list("place_names"):
        names[row["purpose"]].append(Name(row["ar"], row["en"]))
    for purpose, listed in names.items():
        dice(seed, site.code, "names", purpose).shuffle(listed)
    single = dict(site.names["landmarks"])
    for lot in land.lots:
        purpose = lot.purpose.removeprefix("old_")
        if purpose in single:
            yield lot, Name(**single.pop(purpose)), 6
        elif names.get(purpose):
            yield lot, names[purpose].pop(), 8
