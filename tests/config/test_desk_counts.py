"""How many there are, and of which day, is said rightly at the desk's lists in both languages."""

import re

import pytest
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.config.desk import site
from apps.core.admin import RecordAdmin
from tests.apps.reports.sending import send
from tests.apps.town import Town, found_towns, hire

pytestmark = pytest.mark.django_db
REPORTS, PARCELS = "/admin/reports/report/", "/admin/parcels/parcel/"
RECORDS = [
    page for page in site._registry.values() if isinstance(page, RecordAdmin) and hasattr(page.model, "authority")
]


@pytest.fixture
def town() -> Town:
    return found_towns()


def page_of(town: Town, address: str, language: str) -> str:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "manager"))
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
