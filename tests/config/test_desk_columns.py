"""What a person wrote stands in its own direction in every list of the desk, by what the model declares."""

import re

import pytest
from django.contrib.admin import ModelAdmin
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse

from apps.config.desk import site
from apps.core.desk_columns import is_written
from gis.exchange.models import Quarantine
from tests.apps.town import Town, found_towns, hire

from .test_imports_admin import delivered

pytestmark = pytest.mark.django_db
PAGES = [page for page in site._registry.values() if page.list_display != ("__str__",)]


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_texts_are_what_is_written_and_codes_are_not(page: ModelAdmin):
    declared = {field.name: field for field in page.opts.get_fields()}
    for name in page.list_display:
        field = declared.get(name)
        if isinstance(field, CharField | TextField):
            assert is_written(page, name) == (not field.choices), name
        elif field is not None:
            assert not is_written(page, name), name


def cells(page: str) -> dict[str, bool]:
    """By column: is it marked?"""
    found = re.findall(r'<t[hd] class="(written )?field-(\w+)', page)
    return {name: bool(mark) for mark, name in found}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_cells_of_a_list_say_it(town: Town, language: str):
    delivered(town)
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "gis_officer"))
    page = client.get(reverse("admin:spatial_quarantine_changelist")).content.decode()
    assert cells(page) == {name: name == "source_id" for name in site._registry[Quarantine].list_display}
    assert '<td class="action-checkbox">' in page


def test_a_column_put_together_of_what_people_wrote_is_marked(town: Town):
    from apps.addressing.admin import AddressUnitAdmin
    from apps.addressing.models import AddressUnit

    page = site._registry[AddressUnit]
    assert isinstance(page, AddressUnitAdmin)
    assert is_written(page, "as_written")
