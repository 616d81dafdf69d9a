"""The desk's lists where an authority is a country: what the database gives up is told, and filters read no list."""

import re
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.config.desk import site
from apps.core import long_lists
from apps.core.admin import RecordAdmin
from apps.reports.admin import ReportAdmin
from apps.reports.models import Report
from tests.apps.reports.sending import send
from tests.apps.town import THERE, category, employ, found_towns, hire

pytestmark = pytest.mark.django_db
REPORTS = "/admin/reports/report/"
RECORDS = [
    page for page in site._registry.values() if isinstance(page, RecordAdmin) and hasattr(page.model, "authority")
]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searching takes a minute, of which the web's login is given a tenth of a second."""
    found = ReportAdmin.get_search_results

    def sleeping(self: Any, request: Any, rows: QuerySet[Report], term: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 100")
        return found(self, request, rows.extra(where=["pg_sleep(60) IS NOT NULL"]) if term else rows, term)

    monkeypatch.setattr(ReportAdmin, "get_search_results", sleeping)


@pytest.mark.parametrize(
    ("language", "told", "none"), [("ar", "لم يُعرض شيء", "لا نتائج"), ("en", "Nothing is listed", "0 result")]
)
def test_what_takes_too_long_is_told_and_kept(slow: None, language: str, told: str, none: str):
    town = found_towns()
    report = send()
    client = signed_in(hire(town.here))
    client.cookies["django_language"] = language
    answer = client.get(REPORTS, {"q": "حفرة", "status__exact": "new"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert told in text
    assert none not in text
    assert numbers_below(text) == ""
    assert report.number not in text
    assert 'value="حفرة"' in text
    assert '<input type="hidden" name="status__exact" value="new">' in text
    assert report.number in client.get(REPORTS).content.decode()


def test_a_number_that_takes_too_long_to_look_up_is_told_too(slow: None):
    """It is looked up while the list is put together, and would be again for the list that was given up."""
    town = found_towns()
    report = send()
    client = signed_in(hire(town.here))
    client.cookies["django_language"] = "en"
    answer = client.get(REPORTS, {"q": report.number})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing is listed" in text
    assert f'value="{report.number}"' in text


def numbers_below(page: str) -> str:
    """What stands below the list."""
    [said] = re.findall(r'<p class="paginator">(.*?)</p>', page, re.DOTALL)
    return " ".join(str(said).split())


def test_another_fault_is_no_long_list(monkeypatch: pytest.MonkeyPatch):
    town = found_towns()
    send()
    broken: Any = lambda self, request, rows, term: (rows.extra(where=["1/0 = 1"]), False)  # noqa: E731
    monkeypatch.setattr(ReportAdmin, "get_search_results", broken)
    with pytest.raises(Exception, match="division by zero"):
        signed_in(hire(town.here)).get(REPORTS, {"q": "x"})


def test_a_whole_number_is_looked_up_and_nothing_else_is_read():
    town = found_towns()
    report, other = send(), send()
    client = signed_in(hire(town.here))
    with CaptureQueriesContext(connection) as asked:
        listed = client.get(REPORTS, {"q": f"{report.number[:4]}-{report.number[4:]}"}).context["cl"]
    assert [one.pk for one in listed.result_list] == [report.pk]
    assert not any("~" in query["sql"] for query in asked)
    assert other.pk not in {one.pk for one in listed.result_list}


@pytest.mark.parametrize("page", RECORDS, ids=str)
def test_who_works_for_several_chooses_one_authority(page: ModelAdmin):
    town = found_towns()
    person = hire(town.here, "manager")
    client = signed_in(person)
    address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    query = {"authority__id__exact": str(town.here.pk)}
    assert client.get(address, query).status_code == 400
    employ(person, town.there, "manager")
    assert client.get(address, query).status_code == 200


def test_choices_are_those_that_occur_and_one_may_see():
    """Each category is looked for by itself: `DISTINCT` over three million reports took the five seconds of a page."""
    town = found_towns()
    ours = {str(send().category_id), str(send().category_id)}
    theirs, nobodys = str(send(location=THERE).category_id), str(category().pk)
    person = hire(town.here)
    assert choices_of(person) == ours
    employ(person, town.there, "desk_officer")
    with CaptureQueriesContext(connection) as asked:
        assert choices_of(person) == {*ours, theirs}
    assert nobodys not in {*ours, theirs}
    assert not any("DISTINCT" in query["sql"] and "category_id" in query["sql"] for query in asked)


def choices_of(person: User) -> set[str]:
    filters = signed_in(person).get(REPORTS).context["cl"].filter_specs
    (offered,) = [one for one in filters if one.field_path == "category"]
    return {str(key) for key, _title in offered.lookup_choices}


def test_no_more_is_counted_than_anybody_leafs(monkeypatch: pytest.MonkeyPatch):
    """Then the days that occur are not looked for either, and a filter of days leads to few."""
    town = found_towns()
    for _number in range(3):
        send()
    client = signed_in(hire(town.here))
    client.cookies["django_language"] = "en"
    page = client.get(REPORTS)
    assert page.context["cl"].date_hierarchy == "reported_at"
    assert "more than" not in page.content.decode()
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 2)
    monkeypatch.setattr(ReportAdmin, "list_per_page", 1)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(REPORTS)
    assert "more than 2 reports" in " ".join(page.content.decode().split()).lower()
    assert not any("DATE_TRUNC" in query["sql"] for query in asked)
    assert (page.context["cl"].paginator.num_pages, len(page.context["cl"].result_list)) == (2, 1)
    assert client.get(REPORTS, {"reported_at__gte": "2026-01-01", "reported_at__lt": "2027-01-01"}).status_code == 200
