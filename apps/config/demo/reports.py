"""Two years of reports: when people are awake, more after rain, answered as a good office would."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from shapely import Point

from .people import Names, phone
from .site import Name, Site, word_list
from .whereabouts import Whereabouts

DAYS = 730
HOURS = np.array([1, 1, 1, 1, 2, 4, 8, 14, 20, 22, 20, 16, 13, 10, 9, 12, 17, 20, 21, 20, 16, 10, 5, 2], float)
WEEK = np.array([1.0, 1.0, 1.0, 0.95, 0.6, 0.75, 1.05])  # Monday first; Friday is quiet
RAINS = (58, 61, 212, 388, 391, 394, 640)  # days ago on which it rained
SUMMER = (5, 6, 7, 8, 9)  # months
ENGLISH_SHARE = 0.22
EMAIL_SHARE = 0.3  # of those
NAMED_SHARE = 0.62  # reporters who say who they are
REJECTED_SHARE = 0.07
BACKLOG = timedelta(days=120)  # of younger reports some still wait for their next step
WAITING_SHARE = 0.4


@dataclass(frozen=True)
class Step:
    """What became of a report, and when."""

    status: str
    at: datetime
    answer: str


@dataclass(frozen=True)
class Complaint:
    """A report to be."""

    category: str
    text: str
    language: str
    place: Point
    at: datetime
    steps: tuple[Step, ...]
    reporter: tuple[str, str, str] | None  # name, phone, e-mail


class Answers:
    """What reporters are told, by status and language."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], list[str]] = {}
        for row in word_list("report_answers"):
            self._texts.setdefault((row["status"], row["lang"]), []).append(row["text"])

    def one(self, status: str, language: str, rng: np.random.Generator) -> str:
        choices = self._texts[status, language]
        return choices[int(rng.integers(len(choices)))]


def complaints(town: Whereabouts, site: Site, now: datetime, rng: np.random.Generator) -> Iterator[Complaint]:
    """As many as the site asks for, from two years ago until an hour ago."""
    patterns = list(word_list("report_patterns"))
    weights = np.array([float(row["weight"]) for row in patterns])
    texts = _texts()
    names, answers = Names(rng), Answers()
    for _number in range(site.reports):
        pattern = patterns[int(rng.choice(len(patterns), p=weights / weights.sum()))]
        at = _moment(pattern["season"], now, rng)
        place, street, quarter = town.spot(pattern["where"])
        language = "en" if rng.random() < ENGLISH_SHARE and ("en", pattern["category"]) in texts else "ar"
        choices = texts[language, pattern["category"]]
        said = choices[int(rng.integers(len(choices)))]
        text = said.format(street=getattr(street, language), quarter=getattr(quarter, language))
        name = names.full()
        reporter = (getattr(name, language), phone(rng), _email(name, rng)) if rng.random() < NAMED_SHARE else None
        steps = tuple(_steps(at, now, language, answers, rng))
        yield Complaint(pattern["category"], text, language, place, at, steps, reporter)


def _email(name: Name, rng: np.random.Generator) -> str:
    """Under a domain that is kept for examples."""
    first, *_rest, last = name.en.lower().split()
    return f"{first}.{last}@example.org" if rng.random() < EMAIL_SHARE else ""


def _texts() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in word_list("report_texts"):
        found.setdefault((row["lang"], row["category"]), []).append(row["text"])
    return found


def _moment(season: str, now: datetime, rng: np.random.Generator) -> datetime:
    """A day and hour; later days are likelier, as more people know how to report."""
    while True:
        ago = int(DAYS * (1 - np.sqrt(rng.random())))
        if season == "rain" and rng.random() < 0.8:
            ago = int(rng.choice(RAINS)) - int(rng.integers(0, 4))
        hour = int(rng.choice(24, p=HOURS / HOURS.sum()))
        day = now - timedelta(days=ago)
        at = day.replace(hour=hour, minute=int(rng.integers(60)), second=int(rng.integers(60)), microsecond=0)
        out_of_season = season == "summer" and at.month not in SUMMER and rng.random() < 0.7
        if at < now - timedelta(hours=1) and not out_of_season and rng.random() < WEEK[at.weekday()]:
            return at


def _steps(at: datetime, now: datetime, language: str, answers: Answers, rng: np.random.Generator) -> Iterator[Step]:
    """Accepted within a day or two, worked on, done; what would lie in the future has not happened yet."""
    rejected = rng.random() < REJECTED_SHARE
    states = ["accepted", "rejected"] if rejected else ["accepted", "in_progress", "done"]
    if now - at < BACKLOG and rng.random() < WAITING_SHARE:
        states = states[: int(rng.integers(0, len(states)))]
    for status, pace in zip(states, (1.1, 4.0, 7.5), strict=False):
        at += timedelta(days=float(rng.exponential(pace)), minutes=7)
        if at >= now:
            return
        yield Step(status, at, answers.one(status, language, rng))
