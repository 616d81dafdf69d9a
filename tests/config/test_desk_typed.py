"""The forms of the desk take the digits that an Arabic or Persian keyboard writes."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.db import models
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.config.desk import site
from apps.core.typed import DayWidget, Folds, MomentWidget, NumberWidget
from apps.wells.models import Well
from gis.db.acting import acting_as
from tests.apps.town import HERE, Town, found_towns, hire

pytestmark = pytest.mark.django_db
# Nobody writes in the queue.
PAGES = sorted((page for page in site._registry.values() if page.opts.app_label != "procrastinate"), key=str)
TYPED = (models.IntegerField, models.DecimalField, models.FloatField, models.DateField, models.TimeField)


@pytest.fixture
def town() -> Town:
    return found_towns()


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_field_of_numbers_and_days_folds_digits(page: ModelAdmin, rf: Any):
    request = rf.get("/")
    for holder in (page, *(inline(page.model, site) for inline in page.inlines)):
        for field in holder.model._meta.concrete_fields:
            if isinstance(field, TYPED) and field.editable and not field.choices:
                made = holder.formfield_for_dbfield(field, request)
                assert isinstance(made.widget, (Folds, MomentWidget)), (holder, field)
                assert getattr(made.widget, "input_type", "text") == "text"


def typed_in(widget: Any, value: str) -> object:
    return widget.value_from_datadict({"n": value}, {}, "n")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("١٢٣٫٥", "123.5"), ("۱۲۳٫۵", "123.5"), ("١٬٢٣٤٬٥٦٧٫٢٥", "1234567.25"), ("-٥", "-5"), ("\u2066٧\u2069", "7"),
        ("1,234", "1,234"), ("١٬٢٣", "1٬23"), ("", ""), ("كثير", "كثير"),
    ],
)  # fmt: skip
def test_numbers_are_folded_and_what_is_unclear_is_left_to_be_refused(typed: str, read: str):
    assert typed_in(NumberWidget(), typed) == read


def test_days_and_clocks_are_folded():
    assert typed_in(DayWidget(), "٢٠٢٦-٠٣-٠١") == "2026-03-01"
    given = {"n_0": "۲۰۲۶-۰۳-۰۱", "n_1": "٠٩:٣٠"}
    assert MomentWidget().value_from_datadict(given, {}, "n") == ["2026-03-01", "09:30"]


def well(town: Town, **given: object) -> dict[str, object]:
    """What the form of a well sends."""
    return {
        "authority": town.here.pk, "number": "W1", "use": "domestic", "status": Well.Status.values[0],
        "kind": Well.Kind.values[0], "valid_from": "2026-01-01", "geom": HERE.geojson, "owners-TOTAL_FORMS": 0,
        "owners-INITIAL_FORMS": 0, **given,
    }  # fmt: skip


@pytest.mark.parametrize(("depth", "stored"), [("٤٥٫٢٥", Decimal("45.25")), ("عميق", None), ("1,5", None)])
def test_a_form_takes_them(town: Town, depth: str, stored: Decimal | None):
    sent = well(town, depth_m=depth, drilled_on="٢٠٢٥-١٢-٣١", valid_from="٢٠٢٦-٠١-٠١")
    page = sign_in(hire(town.here, "gis_officer")).post(reverse("admin:wells_well_add"), sent)
    with acting_as(authorities=[town.here.pk]):
        kept = Well.objects.first()
    if stored is None:
        assert kept is None
        assert list(page.context["adminform"].form.errors) == ["depth_m"]
    else:
        assert (kept.depth_m, f"{kept.drilled_on}", f"{kept.valid_from}") == (stored, "2025-12-31", "2026-01-01")


@pytest.mark.parametrize("drawn", ["", HERE.geojson])
@pytest.mark.parametrize("typed", ["٢٣٫٥٥، ٥٨٫٠٥", "23.55 N, 58.05 E", "23°33'0\"N 58°3'0\"E"])
def test_a_place_can_be_typed_and_goes_before_the_map(town: Town, typed: str, drawn: str):
    client = sign_in(hire(town.here, "gis_officer"))
    answer = client.post(reverse("admin:wells_well_add"), well(town, geom=drawn, geom_typed=typed))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with acting_as(authorities=[town.here.pk]):
        assert Well.objects.get().geom.coords == pytest.approx((58.05, 23.55), abs=1e-9)


@pytest.mark.parametrize("typed", ["near the mosque", "95.2, 58.1", "23.55"])
def test_what_is_no_place_is_said_and_stays(town: Town, typed: str):
    client = sign_in(hire(town.here, "gis_officer"))
    page = client.post(reverse("admin:wells_well_add"), well(town, geom_typed=typed), headers={"Accept-Language": "ar"})
    [said] = page.context["adminform"].form.errors["geom"]
    assert f"«{typed}» ليس مكانًا" in said
    shown = page.content.decode()
    assert f'value="{typed}"' in shown
    assert f"{HERE.x}" in shown.partition('name="geom"')[2]  # and the map keeps its point


def test_without_a_place_the_form_asks_for_one(town: Town):
    client = sign_in(hire(town.here, "gis_officer"))
    page = client.post(reverse("admin:wells_well_add"), well(town, geom="", geom_typed=" "))
    assert list(page.context["adminform"].form.errors) == ["geom"]
