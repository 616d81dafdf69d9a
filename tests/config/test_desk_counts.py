"""How many there are, and of which day, is said rightly at the desk's lists in both languages."""

import re

import pytest
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.config.desk import site
from apps.core.admin import RecordAdmin
from apps.core.long_lists import CountedSoFar
from tests.apps.reports.sending import send
from tests.apps.town import Town, found_towns, hire

from .test_imports_admin import delivered

pytestmark = pytest.mark.django_db
REPORTS, PARCELS = "/admin/reports/report/", "/admin/parcels/parcel/"
RECORDS = [
    page for page in site._registry.values() if isinstance(page, RecordAdmin) and hasattr(page.model, "authority")
]


@pytest.fixture
def town() -> Town:
    return found_towns()


def page_of(town: Town, address: str, language: str, role: str = "manager") -> str:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, role))
    return client.get(address).content.decode()


def counted(page: str) -> str:
    """The line below a list."""
    (line,) = re.findall(r'<p class="paginator">(.*?)</p>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", line).split())


@pytest.mark.parametrize(
    ("count", "arabic", "english"),
    [(0, "البلاغات: 0", "0 Reports"), (1, "البلاغات: 1", "1 Report"), (3, "البلاغات: 3", "3 Reports"),
     (11, "البلاغات: 11", "11 Reports")],
)  # fmt: skip
def test_a_list_is_counted_as_the_language_does(town: Town, count: int, arabic: str, english: str):
    for _number in range(count):
        send()
    assert counted(page_of(town, REPORTS, "ar")) == arabic
    assert counted(page_of(town, REPORTS, "en")).casefold() == english.casefold()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_large_counts_stand_in_groups_of_three(town: Town, monkeypatch: pytest.MonkeyPatch, language: str):
    send()
    monkeypatch.setattr(CountedSoFar, "_counted", 3018)
    told = page_of(town, REPORTS + "?q=", language), page_of(town, REPORTS + "?q=2", language)
    assert all("3,018" in counted(page) for page in told)
    assert re.search(r'<span class="small quiet">3,018 ', told[1])
    assert not any("3018" in page for page in told)


@pytest.mark.parametrize(("language", "all_chosen"), [("ar", "حدد الكل"), ("en", "Select all 3,018 ")])
def test_so_do_those_of_what_is_done_to_all(
    town: Town, monkeypatch: pytest.MonkeyPatch, language: str, all_chosen: str
):
    delivered(town)
    monkeypatch.setattr(CountedSoFar, "_counted", 3018)
    page = page_of(town, reverse("admin:spatial_quarantine_changelist"), language, role="gis_officer")
    assert all_chosen in page
    assert page.count("3,018") >= 3
    assert "3018" not in page


@pytest.mark.parametrize("page", RECORDS, ids=str)
def test_so_is_every_list(town: Town, page: ModelAdmin):
    address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    with override("ar"):
        wanted = rf"{re.escape(str(page.opts.verbose_name_plural))}: \d+"
    assert re.fullmatch(wanted, counted(page_of(town, address, "ar")))


def choices(page: str) -> list[str]:
    return [text.strip() for text in re.findall(r'<a href="\?[^"]*">([^<]*)</a>', page)]


@pytest.mark.parametrize(
    ("language", "of_a_day", "in_force"), [("ar", "اليوم", "السارية اليوم"), ("en", "Today", "Today")]
)
def test_todays_records_are_not_those_in_force_today(town: Town, language: str, of_a_day: str, in_force: str):
    send()
    dates, dated = (choices(page_of(town, address, language)) for address in (REPORTS, PARCELS))
    assert of_a_day in dates
    assert in_force in dated
    assert language == "en" or in_force not in dates
