"""Invented owners. Names are put together from lists; no number is one that could be anybody's."""

from dataclasses import dataclass

import numpy as np

from .dice import dice
from .land import Land, Lot
from .site import Name, Site, phrase, word_list

PRIVATE = ("residential", "residential_commercial", "agricultural")
COMPANY_SHARE = {"commercial": 0.55, "industrial": 0.7, "tourism": 1.0, "residential_commercial": 0.15}


@dataclass(frozen=True)
class Person:
    """A party to be: natural with a civil number, or legal with a register number. Both begin with noughts."""

    name: Name
    legal: bool
    number: str
    phone: str = ""


@dataclass(frozen=True)
class Holding:
    """Who holds a lot, and what share of it."""

    lot: Lot
    owner: Person
    share: tuple[int, int]


class Names:
    """Full names: given name, father's, grandfather's, family."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        given = list(word_list("given_names"))
        self.men = [Name(row["ar"], row["en"]) for row in given if row["kind"] == "m"]
        self.women = [Name(row["ar"], row["en"]) for row in given if row["kind"] == "f"]
        self.families = [Name(row["ar"], row["en"]) for row in word_list("family_names")]

    def full(self) -> Name:
        woman = self.rng.random() < 0.38
        first = self._one(self.women if woman else self.men)
        father, grandfather, family = self._one(self.men), self._one(self.men), self._one(self.families)
        son = phrase("son")
        of = phrase("daughter") if woman else son
        return Name(
            f"{first.ar} {of.ar} {father.ar} {son.ar} {grandfather.ar} {family.ar}",
            f"{first.en} {of.en} {father.en} {son.en} {grandfather.en} {family.en}",
        )

    def _one(self, names: list[Name]) -> Name:
        return names[int(self.rng.integers(len(names)))]


def phone(rng: np.random.Generator) -> str:
    """In the range 900x xxxx, which no operator gives out."""
    return f"+968 900{int(rng.integers(0, 10))} {int(rng.integers(0, 10_000)):04d}"


def holdings(land: Land, site: Site, seed: int) -> list[Holding]:
    """Owners of all lots: people with one plot or several, heirs who share, companies, the town itself."""
    rng = dice(seed, site.code, "people")
    names = Names(rng)
    people = [
        Person(names.full(), False, f"000{number:06d}", phone(rng))
        for number in range(1, max(20, round(len(land.lots) * 0.62)))
    ]
    companies = [
        Person(Name(row["ar"], row["en"]), True, f"000{number:05d}")
        for number, row in enumerate(word_list("companies"), start=1)
    ]
    town = Person(site.authority, True, "00000000")
    found = []
    for lot in land.lots:
        if lot.land_use == "government":
            owners = [town]
        elif rng.random() < COMPANY_SHARE.get(lot.land_use, 0.01):
            owners = [companies[int(rng.integers(len(companies)))]]
        else:
            heirs = 1 if rng.random() < 0.93 else int(rng.integers(2, 5))
            owners = [people[int(k)] for k in rng.choice(len(people), heirs, replace=False)]
        found += [Holding(lot, owner, (1, len(owners))) for owner in owners]
    return found
