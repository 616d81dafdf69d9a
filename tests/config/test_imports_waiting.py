"""Pages that wait for the worker: nothing is queued twice, who does not answer is told of, and one can leave."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gis.db.acting import acting_as
from gis.exchange import looking
from gis.exchange.deliveries import path_of
from gis.exchange.models import Delivery, ImportRun, Quarantine
from gis.exchange.target import find_target
from tests.apps.town import Town, found_towns, hire
from tests.config.test_imports import client_of, officer, plots_here, quarantined, upload

pytestmark = pytest.mark.django_db
ASKED = {"HX-Request": "true"}
OFF = {"ar": "لا برنامج يستجيب", "en": "No program answers"}
BUSY = {"ar": "مشغول بعمل آخر", "en": "busy with other work"}


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def a_worker_lives() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def released(town: Town, count: int = 1) -> tuple[Quarantine, ImportRun]:
    """A feature that is being judged, together with others of its file."""
    item = quarantined(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        run = ImportRun.objects.create(
            authority_id=town.here.pk, layer="parcels", file_name="x", kind="release", state="waiting"
        )
        Quarantine.objects.filter(pk=item.pk).update(settled_by=run)
        Quarantine.objects.bulk_create(
            Quarantine(run=item.run, authority_id=town.here.pk, row=9 + n, code="missing", settled_by=run)
            for n in range(count - 1)
        )
    return item, run


def earlier(town: Town, run: ImportRun) -> None:
    with acting_as(authorities=[town.here.pk], actor="test"):
        ImportRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(minutes=2))


class TestLook:
    def test_it_is_queued_once(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        for _press in range(3):
            client.post(reverse("admin:import_file", args=[delivery.pk]), {"do": "look"})
        jobs = ProcrastinateJob.objects.filter(task_name__endswith="look_at_file", args__delivery=str(delivery.pk))
        assert jobs.count() == 1

    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_who_does_not_answer_is_told_of_once(self, town: Town, tmp_path: Path, language: str):
        client = officer(town, language=language)
        delivery = upload(client, town, plots_here(tmp_path))
        page = reverse("admin:import_file", args=[delivery.pk])
        client.post(page, {"do": "look"})
        now = int(timezone.now().timestamp())
        for since in (now, "", "x", "9" * 40):
            assert client.get(page, {"since": since}, headers=ASKED).status_code == 204
        asked = {"since": now - 90}
        assert OFF[language] in client.get(page, asked, headers=ASKED).content.decode()
        assert client.get(page, asked | {"said": "off"}, headers=ASKED).status_code == 204
        a_worker_lives()
        assert BUSY[language] in client.get(page, asked | {"said": "off"}, headers=ASKED).content.decode()


CANCELLED = {"ar": "أُلغيت معاينة الملف", "en": "Cancelled: the file was not looked at"}
NOT_LOOKED_AT = {"ar": "لم يُعايَن", "en": "Not looked at"}


class TestLookGoingOn:
    """A look that goes on: how far it is, and its end."""

    @pytest.fixture
    def client(self, town: Town) -> Client:
        return officer(town)

    @pytest.fixture
    def delivery(self, town: Town, client: Client, tmp_path: Path) -> Delivery:
        return upload(client, town, plots_here(tmp_path))

    def row(self, town: Town, delivery: Delivery) -> Delivery:
        with acting_as(authorities=[town.here.pk], actor="test"):
            return Delivery.objects.get(pk=delivery.pk)

    def test_how_far_it_is_is_told_when_it_has_moved(self, town: Town, client: Client, delivery: Delivery):
        page = reverse("admin:import_file", args=[delivery.pk])
        client.post(page, {"do": "look"})
        going = self.row(town, delivery)
        looking._go_on(going, going.choices, going.found, 0.41, 0)
        for asked, told in (({}, "41%"), ({"percent": "40"}, "41%"), ({"percent": "41"}, "")):
            assert told in client.get(page, asked, headers=ASKED).content.decode()
        assert client.get(page, {"percent": "41"}, headers=ASKED).status_code == 204
        whole = client.get(page).content.decode()
        assert 'value="41"' in whole

    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_it_is_cancelled_from_its_page(self, town: Town, client: Client, delivery: Delivery, language: str):
        page = reverse("admin:import_file", args=[delivery.pk])
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        client.post(page, {"do": "look"})
        assert 'name="do" value="cancel"' in client.get(page).content.decode()
        told = client.post(page, {"do": "cancel"}, follow=True).content.decode()
        assert CANCELLED[language] in told
        assert 'name="do" value="look"' in told
        assert 'value="cancel"' not in told
        assert client.get(page, headers=ASKED)["HX-Refresh"] == "true"
        assert NOT_LOOKED_AT[language] in client.get(reverse("admin:import_start")).content.decode()
        assert path_of(delivery).is_file()

    def test_what_has_ended_is_not_cancelled(self, town: Town, client: Client, delivery: Delivery):
        page = reverse("admin:import_file", args=[delivery.pk])
        client.post(page, {"do": "cancel"})
        assert self.row(town, delivery).state == "ready"

    @pytest.mark.parametrize("meanwhile", [{"state": "unreadable"}, {"choices": {"table": "another"}}])
    def test_nothing_is_kept_of_one_that_nobody_wants(
        self, town: Town, client: Client, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any]
    ):
        client.post(reverse("admin:import_file", args=[delivery.pk]), {"do": "look"})

        def look_at(held: Delivery, *_given: Any, **_named: Any) -> None:
            with acting_as(authorities=[town.here.pk], actor="test"):
                Delivery.objects.filter(pk=held.pk).update(found={}, **meanwhile)
            held.state, held.found = "ready", {"format": "CSV"}

        monkeypatch.setattr(looking, "look_at", look_at)
        looking.look(self.row(town, delivery), find_target("parcels", "here"))
        assert self.row(town, delivery).found == {}

    def test_another_table_is_offered_where_there_are_several(self, town: Town, client: Client, delivery: Delivery):
        page = reverse("admin:import_file", args=[delivery.pk])
        with acting_as(authorities=[town.here.pk], actor="test"):
            Delivery.objects.update(state="looking", found={"tables": ["one", "other"], "counts": {"other": 1200}})
        told = client.post(page, {"do": "cancel"}, follow=True).content.decode()
        assert CANCELLED["en"] in told
        assert 'name="table" value="other"' in told
        assert "1,200 rows" in told


class TestJudged:
    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_who_does_not_answer_is_told_of_once(self, town: Town, language: str):
        item, run = released(town)
        client, asked = officer(town, language=language), reverse("admin:import_judging", args=[item.pk])
        assert client.get(asked).status_code == 204
        earlier(town, run)
        for known, told in (("", OFF), ("busy", OFF)):
            assert told[language] in client.get(asked, {"said": known}).content.decode()
        assert client.get(asked, {"said": "off"}).status_code == 204
        assert OFF[language] in client.get(reverse("admin:import_progress", args=[run.pk])).content.decode()
        known = client.get(reverse("admin:import_progress", args=[run.pk]), {"said": "off"}).content.decode()
        assert OFF[language] not in known
        assert "<progress" in known

    @pytest.mark.parametrize(
        ("language", "others"), [("ar", "مع معلمين آخرين"), ("en", "together with 2 others; who cancels, cancels all")]
    )
    def test_it_is_cancelled_from_its_page(self, town: Town, language: str, others: str):
        item, run = released(town, 3)
        client, here = officer(town, language=language), reverse("admin:spatial_quarantine_change", args=[item.pk])
        cancel = reverse("admin:import_cancel", args=[run.pk])
        page = client.get(here).content.decode()
        assert others in page
        assert f'action="{cancel}"' in page
        assert reverse("admin:spatial_importrun_change", args=[run.pk]) in page
        assert client.post(cancel, {"back": f"{here}?x=1"})["Location"] == f"{here}?x=1"
        page = client.get(here).content.decode()
        assert 'name="do" value="release"' in page
        assert cancel not in page

    def test_nobody_is_led_elsewhere(self, town: Town):
        _item, run = released(town)
        answer = officer(town).post(reverse("admin:import_cancel", args=[run.pk]), {"back": "https://else.example/"})
        assert answer["Location"] == reverse("admin:spatial_importrun_change", args=[run.pk])

    def test_who_reads_cancels_nothing(self, town: Town):
        item, _run = released(town)
        page = client_of(hire(town.here, "planner")).get(reverse("admin:spatial_quarantine_change", args=[item.pk]))
        assert "Cancel: it waits here again" not in page.content.decode()
