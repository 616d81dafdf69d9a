"""The manners of districts: sizes in metres. What a planner would draw, not a law."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Style:
    """Plot width and depth, length of a block, widths of streets; shares of turned districts, double and empty plots.

    `specials` are the bigger plots, each with the share of a block it takes; `uses` what the others are for.
    """

    width: float
    depth: float
    block: float
    street: float = 13.0
    cross: float = 11.0
    collector: float = 18.0
    segment: float = 330.0
    turned: float = 0.4
    double: float = 0.02
    empty: float = 0.0
    specials: tuple[tuple[str, float], ...] = ()
    uses: dict[str, float] = field(default_factory=dict)
    frontage: dict[str, float] = field(default_factory=dict)
    built: float = 0.6


HOMES = {"residential": 1.0}
SHOPS = {"residential_commercial": 0.8, "residential": 0.2}

STYLES = {
    "homes": Style(
        21, 30, 150, built=0.66, uses=HOMES, frontage=SHOPS,
        specials=(("mosque", 0.3), ("park", 0.5), ("school", 1.0), ("mosque", 0.25), ("park", 0.3)),
    ),
    "new": Style(
        20, 30, 170, street=14, built=0.22, empty=0.1, uses=HOMES, frontage=SHOPS,
        specials=(("mosque", 0.3), ("park", 0.6), ("school", 1.0)),
    ),
    "souq": Style(
        16, 21, 90, street=10, cross=9, built=0.92,
        uses={"commercial": 0.45, "residential_commercial": 0.55}, frontage={"commercial": 1.0},
        specials=(("souq", 1.0), ("mosque", 0.5), ("car_park", 1.0), ("park", 1.0), ("fish_market", 0.8)),
    ),
    "mixed": Style(
        25, 32, 130, street=15, built=0.6,
        uses={"residential_commercial": 0.7, "commercial": 0.3}, frontage={"commercial": 1.0},
        specials=(("stadium", 1.0), ("mosque", 0.4), ("car_park", 0.5), ("park", 0.6)),
    ),
    "civic": Style(
        42, 58, 150, street=18, turned=0.0, built=0.75, uses={"government": 0.75, "commercial": 0.25},
        frontage={"government": 0.6, "commercial": 0.4},
        specials=(
            ("town_hall", 0.6), ("hospital", 1.0), ("great_mosque", 0.7), ("police", 0.5), ("library", 0.4),
            ("school", 1.0), ("park", 1.0),
        ),
    ),
    "industry": Style(
        38, 52, 260, street=20, cross=16, collector=22, turned=0.0, built=0.5,
        uses={"industrial": 1.0}, frontage={"industrial": 0.8, "commercial": 0.2}, specials=(("mosque", 0.2),),
    ),
    "tourism": Style(
        92, 110, 200, street=16, turned=0.0, built=0.6, uses={"tourism": 1.0}, frontage={"tourism": 1.0},
        specials=(("park", 0.5), ("mosque", 0.3)),
    ),
}  # fmt: skip

# What the law calls the land under a bigger plot.
SPECIAL_USES = {
    "mosque": "government", "great_mosque": "government", "school": "government", "park": "government",
    "town_hall": "government", "hospital": "government", "police": "government", "library": "government",
    "stadium": "government", "car_park": "government", "souq": "commercial", "fish_market": "commercial",
}  # fmt: skip
