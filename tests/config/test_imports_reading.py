"""The page of a delivered file: what was chosen outlasts a second look, and what it asks is enough to read the file."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.config.imports import tasks
from gis.db.acting import acting_as
from gis.exchange import looking
from gis.exchange.deliveries import path_of
from gis.exchange.look import look_at
from gis.exchange.models import Delivery, ImportRun, Quarantine, SavedMapping
from gis.exchange.target import find_target
from tests.apps.town import Town
from tests.gis.exchange.files import Plot, square, write

from .test_imports import START, begin, officer, plots_here, town, upload

__all__ = ["town"]
pytestmark = pytest.mark.django_db
MAPPED = {"source:plot_no": "column:plot", "source:block_no": "column:block", "source:land_use": "column:use"}
CHOSEN = MAPPED | {
    "given:land_use:0": "housing",
    "recode:land_use:0": "residential",
    "crs": "EPSG:32640",
    "dates": "dmy",
}


def page_of(delivery: Delivery) -> str:
    return reverse("admin:import_file", args=[delivery.pk])


def looked_again(town: Town, delivery: Delivery) -> Delivery:
    """What the worker does with the look that was asked for."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
        assert delivery.state == "looking"
        look_at(delivery, find_target("parcels", "here"))
        delivery.save()
    return delivery


def mapped(client: Client, town: Town, path: Path) -> Delivery:
    """A file of which everything has been said."""
    delivery = upload(client, town, path)
    client.post(page_of(delivery), CHOSEN | {"table": delivery.choices["table"]})
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
    return delivery


def said(delivery: Delivery) -> tuple[Any, ...]:
    kept = delivery.choices
    return kept["columns"]["plot_no"], kept["recodes"], kept["crs"], kept["dates"]


ALL_SAID = ("plot", {"land_use": {"housing": "residential"}}, "EPSG:32640", "dmy")


class TestLookingAgain:
    def test_after_an_encoding_that_is_none(self, town: Town, tmp_path: Path):
        client, path = officer(town), write(tmp_path / "plots.csv", [Plot(square(0), "s0", "1", use="housing")])
        delivery = mapped(client, town, path)
        client.post(page_of(delivery), CHOSEN | {"encoding": "windows-9999"})
        assert looked_again(town, delivery).state == "unreadable"
        assert "windows-9999" in client.get(page_of(delivery)).content.decode()
        client.post(page_of(delivery), {"do": "look"})
        assert looked_again(town, delivery).state == "ready"
        assert (said(delivery), delivery.choices["encoding"]) == (ALL_SAID, "")

    def test_a_look_that_took_long(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = mapped(client, town, plots_here(tmp_path))
        client.post(page_of(delivery), {"do": "look"})
        client.post(page_of(delivery), {"do": "look"})
        assert said(looked_again(town, delivery)) == ALL_SAID

    def test_another_table(self, town: Town, tmp_path: Path):
        client, path = officer(town), plots_here(tmp_path)
        _another_table(path)
        delivery = upload(client, town, path)
        client.post(page_of(delivery), {"do": "look", "table": "more"})
        looked_again(town, delivery)
        client.post(page_of(delivery), CHOSEN | {"table": "more"})
        client.post(page_of(delivery), CHOSEN | {"table": ""})
        assert looked_again(town, delivery).state == "unreadable"
        client.post(page_of(delivery), {"do": "look", "table": "plots"})
        assert (said(looked_again(town, delivery)), delivery.choices["table"]) == (ALL_SAID, "plots")


def _another_table(path: Path) -> None:
    import pyogrio

    from tests.gis.exchange.files import table

    rows = table([Plot(square(3), "m0", "9", use="housing")])
    pyogrio.write_arrow(
        rows, path, driver="GPKG", layer="more", append=True,
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip


class TestMappings:
    def test_one_that_is_gone_is_told(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = mapped(client, town, plots_here(tmp_path))
        for key in ("no key", "01990000-0000-7000-8000-000000000000"):
            answer = client.post(page_of(delivery), {"do": "apply", "mapping": key}, follow=True)
            assert "This mapping is not kept any more" in answer.content.decode()

    def test_a_name_that_is_taken_is_replaced_only_where_it_is_meant(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = mapped(client, town, plots_here(tmp_path))
        keep = CHOSEN | {"table": delivery.choices["table"], "do": "save", "mapping_name": "survey"}
        client.post(page_of(delivery), keep)
        text = client.post(page_of(delivery), keep | {"dates": "mdy"}).content.decode()
        assert "under the name “survey” already" in text
        assert 'autocomplete="off" value="survey"' in text
        assert kept_dates(town) == "dmy"
        meant = keep | {"dates": "mdy", "do": "replace", "taken": "survey"}
        client.post(page_of(delivery), meant | {"taken": "another"})
        assert kept_dates(town) == "dmy"
        client.post(page_of(delivery), meant)
        assert kept_dates(town) == "mdy"

    def test_one_of_another_encoding_is_looked_at_with_it(self, town: Town, tmp_path: Path):
        client, path = officer(town), write(tmp_path / "plots.csv", [Plot(square(0), "s0", "1")])
        delivery = mapped(client, town, path)
        client.post(page_of(delivery), CHOSEN | {"do": "save", "mapping_name": "survey"})
        client.post(page_of(delivery), CHOSEN | {"encoding": "windows-1256"})
        looked_again(town, delivery)
        with acting_as(authorities=[town.here.pk], actor="test"):
            key = SavedMapping.objects.get().pk
        client.post(page_of(delivery), {"do": "apply", "mapping": key})
        assert looked_again(town, delivery).found["encoding"] == "utf_8"


def kept_dates(town: Town) -> str:
    with acting_as(authorities=[town.here.pk], actor="test"):
        return str(SavedMapping.objects.get().choices["dates"])


class TestAsking:
    def test_what_is_not_named_is_said_at_once(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        for what in ("dry", "run"):
            answer = client.post(page_of(delivery), {"do": what, "source:land_use": "column:use"}, follow=True)
            assert "The layer needs plot_no" in answer.content.decode()
        assert runs_of(town) == []

    def test_the_state_of_a_day_is_tried_first(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        given = MAPPED | {"source:source_id": "column:id", "snapshot": "2026-01-31"}
        text = client.post(page_of(delivery), given, headers={"HX-Request": "true"}).content.decode()
        assert 'value="run"' not in text
        answer = client.post(page_of(delivery), given | {"do": "run"}, follow=True)
        assert "Try it first" in answer.content.decode()
        assert runs_of(town) == []
        client.post(page_of(delivery), given | {"do": "dry"})
        [tried] = ended(town)
        client.post(reverse("admin:import_again", args=[tried.pk]))
        assert [run.dry for run in runs_of(town) if run.state == "waiting"] == [False]


def runs_of(town: Town) -> list[ImportRun]:
    with acting_as(authorities=[town.here.pk], actor="test"):
        return list(ImportRun.objects.all())


def ended(town: Town) -> list[ImportRun]:
    """As if the worker had carried out what waits."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        ImportRun.objects.update(state="done")
    return runs_of(town)


def test_what_was_changed_after_a_dry_run_is_not_imported_from_its_page(town: Town, tmp_path: Path):
    client = officer(town)
    delivery = mapped(client, town, plots_here(tmp_path))
    client.post(page_of(delivery), CHOSEN | {"do": "dry"})
    [tried] = ended(town)
    client.post(page_of(delivery), CHOSEN | {"dates": "mdy"})
    answer = client.post(reverse("admin:import_again", args=[tried.pk]), follow=True)
    assert "it is not what was tried" in answer.content.decode()
    assert [run.dry for run in runs_of(town)] == [True]


def test_a_file_that_a_run_reads_is_not_deleted(town: Town, tmp_path: Path):
    client = officer(town)
    delivery = mapped(client, town, plots_here(tmp_path))
    client.post(page_of(delivery), CHOSEN | {"do": "dry"})
    discard = reverse("admin:import_discard", args=[delivery.pk])
    assert "is being imported already" in client.post(discard, follow=True).content.decode()
    assert path_of(delivery).is_file()
    ended(town)
    assert "would have to be uploaded again" in client.get(page_of(delivery)).content.decode()
    client.post(discard)
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
    assert not delivery.kept


def met_in_dry_run(town: Town, delivery: Delivery, count: int) -> None:
    """So many rows of values that no list knows, one of them twice."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        run = ImportRun.objects.create(
            authority_id=town.here.pk, layer="parcels", file_name="p", state="done", dry=True, delivery=delivery
        )
        values = [7, *range(count - 1)]
        Quarantine.objects.bulk_create(
            Quarantine(run=run, authority_id=town.here.pk, row=row, code="unknown_code", reason_ar="x", reason_en="x",
                       details={"field": "land_use", "value": f"use {value}"})
            for row, value in enumerate(values)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "told"), [("ar", "4,600 قيمة أخرى ليست في القائمة"), ("en", "4,600 more values are not in the list")]
)
def test_of_very_many_codes_the_most_frequent_are_asked_for(town: Town, tmp_path: Path, language: str, told: str):
    """More than a form may send back; what was said of the others stays."""
    client = officer(town, language=language)
    delivery = mapped(client, town, plots_here(tmp_path))
    met_in_dry_run(town, delivery, 5000)
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
        delivery.choices["recodes"] = {"land_use": {"use 4000": "residential"}}
        delivery.save()
    page = client.get(page_of(delivery)).content.decode()
    assert told in page
    asked = dict(re.findall(r'name="(given:land_use:\d+)" value="([^"]*)"', page))
    assert len(asked) == 400
    assert asked["given:land_use:0"] == "use 7"
    answer = client.post(page_of(delivery), MAPPED | asked | {"recode:land_use:0": "residential"})
    assert answer.status_code == 200
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
    assert delivery.choices["recodes"] == {"land_use": {"use 7": "residential", "use 4000": "residential"}}


def test_a_file_of_which_not_all_has_come_is_not_looked_at(town: Town):
    client = officer(town)
    address = begin(client, town).json()["page"]
    client.post(address, {"do": "look"})
    with acting_as(authorities=[town.here.pk], actor="test"):
        assert Delivery.objects.get().state == "coming"
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(("size", "told"), [("9" * 5000, "the most is 8 GB"), ("9" * 19, "the most is 8 GB")])
def test_a_size_of_thousands_of_digits_is_too_large(town: Town, size: str, told: str):
    answer = officer(town).post(START, {"layer": "parcels", "authority": town.here.pk, "name": "a.csv", "size": size})
    assert told in answer.json()["error"]


def test_a_piece_that_begins_nowhere_is_refused(town: Town):
    client = officer(town)
    piece = begin(client, town).json()["piece"]
    answer = client.post(f"{piece}?at={'9' * 5000}", b"x", content_type="application/octet-stream")
    assert answer.status_code == 409


def test_a_file_at_which_the_program_fails_waits_for_nobody(town: Town, tmp_path: Path, monkeypatch: Any):
    """For whatever reason: the page must not say for ever that it is being looked at."""
    client = officer(town)
    delivery = upload(client, town, plots_here(tmp_path))
    client.post(page_of(delivery), {"do": "look"})
    monkeypatch.setattr(looking, "look_at", Mock(side_effect=ZeroDivisionError))
    monkeypatch.setattr(tasks.connections, "close_all", lambda: None)
    with pytest.raises(ZeroDivisionError):
        tasks.look_at_file(delivery=str(delivery.pk), authority=str(town.here.pk))
    said = client.get(page_of(delivery)).content.decode()
    assert "The program failed at this file" in said
    assert "The file is being looked at" not in said
    client.post(page_of(delivery), {"do": "look"})
    assert looked_again(town, delivery).state == "ready"


def test_several_codes_of_a_cell_are_asked_for_one_by_one(town: Town, tmp_path: Path):
    """What is no code of the list is offered to be read as one, once, however many cells say it."""
    path = tmp_path / "zones.csv"
    rows = ("sms, app", "SMS; cheque", "cheque", '[""other""', "رسالة نصية، تطبيق", "")
    lines = [f'{n},"{ways}","{square(n).wkt}"' for n, ways in enumerate(rows)]
    path.write_text("\n".join(["code,payment_channels,wkt", *lines]), encoding="utf-8")
    client = officer(town)
    delivery = upload(client, town, path, layer="parking-zones")
    page = client.get(page_of(delivery)).content.decode()
    given = re.findall(r'name="given:payment_channels:\d+" value="([^"]*)"', page)
    assert sorted(map(unescape, given)) == ['["other"', "cheque"]
