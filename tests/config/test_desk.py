"""The lists of every page of the desk: filtered as their own links filter, and in no other way."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import standing_of
from apps.config.desk import site
from tests.apps.reports.sending import send
from tests.apps.town import found_towns, hire

pytestmark = pytest.mark.django_db
PAGES = sorted(site._registry.values(), key=lambda page: page.opts.label)
NOT_WRITTEN = ("startswith", "regex", "gt", "contains", "in", "relate", "icontains", "isnull__exact")
FILTER = re.compile(r'href="(\?[^"]+)"')


def address(listing: ModelAdmin) -> str:
    return reverse(f"admin:{listing.opts.app_label}_{listing.opts.model_name}_changelist")


@pytest.fixture
def national() -> Client:
    client = Client()
    client.force_login(User.objects.create(username="national", is_superuser=True, is_staff=True))
    return client


@pytest.mark.parametrize("listing", PAGES, ids=str)
def test_no_lookup_but_those_of_the_filters(listing: ModelAdmin, rf: Any, national: Client):
    request = rf.get("/")
    request.user = User.objects.get()
    request.standing = standing_of(request.user, on=timezone.localdate())
    for field in listing.opts.get_fields():
        if field.is_relation:
            deeper = [f"{field.name}__{other.name}__startswith" for other in field.related_model._meta.get_fields()]
            assert not any(listing.lookup_allowed(lookup, "a", request) for lookup in deeper)
        for name in NOT_WRITTEN:
            assert not listing.lookup_allowed(f"{field.name}__{name}", "a", request), field.name
    refused = national.get(address(listing), {"pk__regex": "(a"})
    assert refused.status_code == 400
    assert "تحقق من العنوان" in refused.content.decode()


@pytest.mark.parametrize("listing", PAGES, ids=str)
def test_what_the_filters_write_is_answered(listing: ModelAdmin, national: Client):
    found_towns()
    hire(None)
    send()
    first = national.get(address(listing), follow=True)
    assert first.status_code == 200
    for query in {unescape(link) for link in FILTER.findall(first.content.decode())}:
        assert national.get(address(listing) + query).status_code == 200, query


@pytest.mark.parametrize("parcel", [uuid4(), "x"])
def test_a_parcel_leads_to_its_drafts(parcel: object, national: Client):
    answer = national.get("/admin/parcels/parceldraft/", {"parcel__id__exact": parcel}, follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "token__startswith={token}", "geom__relate=POINT(1 1)", "text__regex=(a", "status__exact=%00", "status__lt=x",
        "authority__id__exact=x", "category__id__exact=99999999999999999999", "category__id__exact=x",
        "reported_at__year=9999", "reported_at__year=99999999999999999999", "reported_at__year=x",
        "reported_at__year=2026&reported_at__month=13", "reported_at__month=99", "reported_at__day=x", "q=%00",
        "reported_at__year=2026&reported_at__month=2&reported_at__day=30", "o=x", "p=999", "p=x", "_to_field=token",
    ],
)  # fmt: skip
def test_reports_answer_whatever_is_asked(query: str):
    town = found_towns()
    report = send()
    client = Client()
    client.force_login(hire(town.here))
    answer = client.get(f"/admin/reports/report/?{query.format(token=report.token[0])}", follow=True)
    assert answer.status_code in (200, 400)
    if query.startswith("token"):
        assert report.number not in answer.content.decode()
