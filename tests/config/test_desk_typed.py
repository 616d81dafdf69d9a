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


@pytest.mark.parametrize(("depth", "stored"), [("٤٥٫٢٥", Decimal("45.25")), ("عميق", None), ("1,5", None)])
def test_a_form_takes_them(town: Town, depth: str, stored: Decimal | None):
    officer = hire(town.here, "gis_officer")
    sent = {
        "authority": town.here.pk, "number": "W1", "use": "domestic", "status": Well.Status.values[0],
        "kind": Well.Kind.values[0], "depth_m": depth, "drilled_on": "٢٠٢٥-١٢-٣١", "valid_from": "٢٠٢٦-٠١-٠١",
        "geom": HERE.geojson, "owners-TOTAL_FORMS": 0, "owners-INITIAL_FORMS": 0,
    }  # fmt: skip
    page = sign_in(officer).post(reverse("admin:wells_well_add"), sent)
    with acting_as(authorities=[town.here.pk]):
        well = Well.objects.first()
    if stored is None:
        assert well is None
        assert list(page.context["adminform"].form.errors) == ["depth_m"]
    else:
        assert (well.depth_m, f"{well.drilled_on}", f"{well.valid_from}") == (stored, "2025-12-31", "2026-01-01")
