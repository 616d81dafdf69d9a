"""Numbers of the desk have units."""

import pytest
from django.utils.translation import override

from apps.core.desk_labels import labels_of
from apps.parcels.models import Parcel, ParcelDraft
from apps.territory.models import Authority
from apps.wells.models import MotherWell, Well


@pytest.mark.parametrize(("language", "unit"), [("ar", "(م²)"), ("en", "(m²)")])
def test_an_area_says_its_unit_on_the_draft_too(language: str, unit: str):
    with override(language):
        for model in (Parcel, ParcelDraft):
            assert labels_of(model)["legal_area_m2"].endswith(unit)


def test_what_is_no_measure_keeps_its_name():
    with override("en"):
        assert labels_of(Well) == {"depth_m": "Depth (m)"}
        assert labels_of(MotherWell) == {"depth_m": "Depth (m)"}
    assert labels_of(Authority) == {}
