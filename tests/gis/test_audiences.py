"""Who reads, compared: a key with scopes is none of the three, whichever operator asks."""

import operator
from itertools import product

import pytest

from gis import search
from gis.layers import Audience, registry
from gis.published import NotByKey
from gis.scopes import Grant, Scope

KEYS = [Audience.of_key(Scope(name, (Grant(),))) for name in ("a", "b")]
EVERY = [*Audience, *KEYS]
RIGHTS = [Audience.PUBLIC, *KEYS, Audience.AGENCY, Audience.OFFICER]


@pytest.mark.parametrize(("one", "other"), list(product(EVERY, EVERY)), ids=str)
def test_one_order_holds_for_every_operator(one: Audience, other: Audience) -> None:
    here, there = (next(n for n, each in enumerate(RIGHTS) if each is side) for side in (one, other))
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(one, other) is compare(here, there), compare
        if other.scope is None:  # numbers are what is stored of an audience
            assert compare(one, int(other)) is compare(here, there), compare
            assert compare(int(other), one) is compare(there, here), compare


def test_equals_have_one_hash_and_no_key_finds_what_is_for_agencies() -> None:
    again = Audience.of_key(Scope("a", (Grant(),)))
    assert (again == KEYS[0], hash(again)) == (True, hash(KEYS[0]))
    table = {one: str(one) for one in Audience}
    assert [table.get(key) for key in KEYS] == [None, None]
    assert table.get(1) == str(Audience.AGENCY)  # type: ignore[call-overload]
    assert sorted(EVERY) == RIGHTS
    assert Audience.AGENCY not in KEYS


def test_a_key_has_the_columns_of_agencies_and_not_their_rank() -> None:
    for layer in registry:
        assert layer.fields_for(KEYS[0]) == layer.fields_for(Audience.AGENCY)
        assert layer.geometry_for(KEYS[0]) == layer.geometry_for(Audience.AGENCY)
        for field in layer.fields:
            assert field.source_for(KEYS[0]) == field.source_for(Audience.AGENCY)
    assert [one.level for one in EVERY] == [*Audience, Audience.AGENCY, Audience.AGENCY]
    assert not KEYS[0] >= Audience.AGENCY


def test_words_are_not_looked_for_by_a_key() -> None:
    with pytest.raises(NotByKey):
        search.find("way 7", audience=KEYS[0])
