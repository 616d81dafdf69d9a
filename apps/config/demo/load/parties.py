"""People and companies of an authority's records."""

from collections.abc import Iterator

from apps.accounts.models import Party
from apps.territory.models import Authority

from ..people import Person
from .rows import add


def add_parties(people: Iterator[Person], owner: Authority) -> dict[Person, Party]:
    """A party for each person, once."""
    distinct = list(dict.fromkeys(people))
    parties = add(
        Party,
        (
            Party(
                authority=owner,
                kind=Party.Kind.LEGAL if person.legal else Party.Kind.NATURAL,
                name_ar=person.name.ar,
                name_en=person.name.en,
                civil_no="" if person.legal else person.number,
                register_no=person.number if person.legal else "",
                phone=person.phone,
            )
            for person in distinct
        ),
    )
    return dict(zip(distinct, parties, strict=True))
