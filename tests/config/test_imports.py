"""The pages of imports: who reaches them, what they take, and what they say; the work itself is tested beside gis."""

import csv
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import User
from gis.db.acting import acting_as
from gis.exchange import worklist
from gis.exchange.look import look_at
from gis.exchange.models import Delivery, ImportRun, Quarantine
from gis.exchange.target import find_target
from tests.apps.town import Town, found_towns, hire
from tests.gis.exchange.files import Plot, square, write

pytestmark = pytest.mark.django_db
START = reverse("admin:import_start")
ORDER = "Read the coordinates in the other order"
BIDI = "a\u202egpk.\n"


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def client_of(person: User, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    return client


def officer(town: Town, body: str = "here", language: str = "en") -> Client:
    return client_of(hire(getattr(town, body), "gis_officer"), language)


def begin(client: Client, town: Town, *, size: int = 10, name: str = "plots.gpkg", layer: str = "parcels") -> Any:
    return client.post(START, {"layer": layer, "authority": town.here.pk, "name": name, "size": size})


def upload(client: Client, town: Town, path: Path, layer: str = "parcels") -> Delivery:
    ways = begin(client, town, size=path.stat().st_size, name=path.name, layer=layer).json()
    answer = client.post(f"{ways['piece']}?at=0", path.read_bytes(), content_type="application/octet-stream")
    assert answer.json() == {"received": path.stat().st_size}
    assert client.post(ways["complete"]).status_code == 200
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery: Delivery = Delivery.objects.get()
        look_at(delivery, find_target(layer, "here"))
        delivery.save()
    return delivery


def plots_here(folder: Path) -> Path:
    """Two plots, one of an unknown use."""
    moved = [(58.05 - 57.50, 23.55 - 23.40), (58.051 - 57.50, 23.55 - 23.40)]
    import shapely

    shapes = [shapely.affinity.translate(square(0), *by) for by in moved]
    return write(folder / "plots.gpkg", [Plot(shapes[0], "s0", "1"), Plot(shapes[1], "s1", "2", use="housing")])


def quarantined(town: Town, body: str = "here") -> Quarantine:
    key = getattr(town, body).pk
    with acting_as(authorities=[key], actor="test"):
        run = ImportRun.objects.create(authority_id=key, layer="parcels", file_name=f"{body}.gpkg", state="done")
        item: Quarantine = Quarantine.objects.create(
            run=run, authority_id=key, row=1, source_id=body, code="missing", reason_ar="ا", reason_en="No geometry",
            attributes={"=PLOT": BIDI, "n": 1},
        )  # fmt: skip
    return item


def pages(item: Quarantine, delivery: Delivery) -> dict[str, str]:
    """Every address of the imports, by its name."""
    of_file = ("file", "piece", "complete", "discard", "preview")
    of_run = ("progress", "cancel", "again", "places", "csv", "gpkg")
    found = {name: reverse(f"admin:import_{name}", args=[delivery.pk]) for name in of_file}
    found |= {name: reverse(f"admin:import_{name}", args=[item.run_id]) for name in of_run}
    return found | {
        "judging": reverse("admin:import_judging", args=[item.pk]),
        "run": reverse("admin:spatial_importrun_change", args=[item.run_id]),
        "feature": reverse("admin:spatial_quarantine_change", args=[item.pk]),
    }


POSTED = {"piece", "complete", "discard", "cancel", "again"}
READ = {"run", "progress", "places", "csv", "gpkg", "feature", "judging"}


class TestRights:
    @pytest.mark.parametrize("role", ["planner", "desk_officer", "field_officer"])
    def test_who_only_reads_starts_nothing(self, town: Town, role: str):
        client = client_of(hire(town.here, role))
        assert client.get(START).status_code == 403
        assert begin(client, town).status_code == 403
        assert START not in client.get(reverse("admin:spatial_importrun_changelist")).content.decode()

    @pytest.mark.parametrize("who", ["nobody", "citizen"])
    def test_the_public_is_led_to_the_door(self, town: Town, who: str):
        client = Client() if who == "nobody" else client_of(hire(None))
        item, delivery = quarantined(town), delivered(town)
        for name, address in pages(item, delivery).items():
            answer = client.post(address) if name in POSTED else client.get(address)
            assert answer.status_code == 302, name
            assert "/login/" in answer["Location"], name

    def test_another_authority_finds_nothing(self, town: Town):
        client, item, delivery = officer(town, "there"), quarantined(town), delivered(town)
        for name, address in pages(item, delivery).items():
            answer = client.post(address) if name in POSTED else client.get(address)
            gone = answer.status_code == 404 or (answer.status_code == 302 and answer["Location"] == "/admin/")
            assert gone or (name == "judging" and answer.headers.get("HX-Refresh")), name
        assert begin(client, town).status_code == 403
        listing = client.get(reverse("admin:spatial_quarantine_changelist")).content.decode()
        assert "here.gpkg" not in listing

    def test_a_planner_reads_the_report_and_changes_nothing(self, town: Town):
        client, item, delivery = client_of(hire(town.here, "planner")), quarantined(town), delivered(town)
        for name, address in pages(item, delivery).items():
            answer = client.post(address) if name in POSTED else client.get(address)
            assert answer.status_code == 403 if name not in READ else answer.status_code in (200, 204), name
        for what in ("keep", "release", "reject", "reopen"):
            given = {"do": what, "version": 0, "reason": "x"}
            assert client.post(pages(item, delivery)["feature"], given).status_code == 403

    def test_a_layer_that_nobody_writes_is_not_offered(self, town: Town):
        client = officer(town)
        assert begin(client, town, layer="reports").status_code == 403
        assert begin(client, town, layer="wells").status_code == 200

    def test_without_its_token_nothing_is_taken(self, town: Town):
        client = Client(enforce_csrf_checks=True)
        client.force_login(hire(town.here, "gis_officer"))
        delivery = delivered(town)
        for name in ("piece", "complete", "discard"):
            assert client.post(reverse(f"admin:import_{name}", args=[delivery.pk])).status_code == 403

    def test_a_delivered_file_has_no_address(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        for root in ("/media", "/static", ""):
            assert client.get(f"{root}/imports/{delivery.pk}/plots.gpkg").status_code == 404


def delivered(town: Town) -> Delivery:
    with acting_as(authorities=[town.here.pk], actor="test"):
        made: Delivery = Delivery.objects.create(
            authority_id=town.here.pk, layer="parcels", file_name="x.csv", size=1, found={"crs": "", "columns": []}
        )
    return made


class TestFile:
    def test_from_the_upload_to_the_queue(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        page = reverse("admin:import_file", args=[delivery.pk])
        text = client.get(page).content.decode()
        assert "GeoPackage" in text
        assert 'value="housing"' not in text  # the column is not named yet
        given = {"source:plot_no": "column:plot", "source:land_use": "column:use", "source:source_id": "column:id"}
        text = client.post(page, given, headers={"HX-Request": "true"}).content.decode()
        assert 'name="given:land_use:0" value="housing"' in text
        recoded = given | {"given:land_use:0": "housing", "recode:land_use:0": "residential", "do": "dry"}
        answer = client.post(page, recoded)
        with acting_as(authorities=[town.here.pk], actor="test"):
            run = ImportRun.objects.get()
        assert answer["Location"] == reverse("admin:spatial_importrun_change", args=[run.pk])
        assert (run.state, run.dry, run.choices["recodes"]) == (
            "waiting",
            True,
            {"land_use": {"housing": "residential"}},
        )
        job = ProcrastinateJob.objects.get(task_name__endswith="carry_out")
        assert job.args == {"run": str(run.pk), "authority": str(town.here.pk)}
        assert 'hx-trigger="every 1s"' in client.get(answer["Location"]).content.decode()

    def test_the_preview_tells_and_proposes(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        page = reverse("admin:import_file", args=[delivery.pk])
        seen = client.get(reverse("admin:import_preview", args=[delivery.pk])).json()
        assert (len(seen["features"]), seen["refused"]) == (2, "")
        assert "first 2 features land" in seen["told"]
        client.post(page, {"swap_axes": "1"})
        seen = client.get(reverse("admin:import_preview", args=[delivery.pk])).json()
        assert [(one["swap"], one["words"]) for one in seen["tries"]] == [(False, ORDER)]
        assert "outside" in seen["refused"]

    @pytest.mark.parametrize("sent", [{"source:plot_no": "column:nothing"}, {"dates": "x", "snapshot": "2024-99-99"}])
    def test_what_a_form_makes_up_is_left_out(self, town: Town, tmp_path: Path, sent: dict[str, str]):
        client = officer(town)
        delivery = upload(client, town, plots_here(tmp_path))
        assert client.post(reverse("admin:import_file", args=[delivery.pk]), sent).status_code == 200
        with acting_as(authorities=[town.here.pk], actor="test"):
            delivery.refresh_from_db()
        assert (delivery.choices["columns"]["plot_no"], delivery.choices["dates"], delivery.choices["snapshot"]) == (
            "",
            "",
            "",
        )

    def test_limits_are_said_in_a_sentence(self, town: Town):
        for language, of_page, of_file in (
            ("en", "at most 8 GB, and what is zipped at most 2 GB once unpacked.", "has 8.8 GB; the most is 8 GB."),
            (
                "ar",
                "وبحد أقصى 8 غيغابايت، والمضغوط 2 غيغابايت بعد فكّه.",
                "حجم الملف 8.8 غيغابايت والحد الأقصى 8 غيغابايت.",
            ),
        ):
            client = officer(town, language=language)
            assert of_page in client.get(START).content.decode()
            answer = begin(client, town, size=9000 * 2**20)
            assert (answer.status_code, of_file in answer.json()["error"]) == (422, True)

    @pytest.mark.parametrize(("language", "delete"), [("ar", "حذف"), ("en", "Delete")])
    def test_an_upload_that_was_broken_off_is_listed_and_can_be_deleted(self, town: Town, language: str, delete: str):
        """It counts for the limit, so it must be found."""
        client = officer(town, language=language)
        ways = begin(client, town).json()
        page = client.get(START).content.decode()
        assert f'action="{ways["discard"]}"' in page
        assert delete in page.partition(ways["discard"])[2]
        client.post(ways["discard"])
        assert ways["discard"] not in client.get(START).content.decode()

    def test_a_name_that_turns_the_line_is_made_plain(self, town: Town):
        ways = begin(officer(town), town, name="plots\u202egpj.\n<b>.csv").json()
        page = officer(town).get(ways["page"]).content.decode()
        assert "\u202e" not in page
        assert "plotsgpj.&lt;b&gt;.csv" in page

    def test_a_form_with_a_file_is_no_way_in(self, town: Town):
        given = {"layer": "parcels", "authority": town.here.pk, "file": SimpleUploadedFile("x.gpkg", b"x")}
        officer(town).post(START, given)
        with acting_as(authorities=[town.here.pk], actor="test"):
            assert [one.received for one in Delivery.objects.all()] == [0]


class TestFeature:
    @pytest.mark.parametrize(("language", "word"), [("ar", "إفراج"), ("en", "Release")])
    def test_its_page(self, town: Town, language: str, word: str):
        item, client = quarantined(town), officer(town, language=language)
        text = client.get(reverse("admin:spatial_quarantine_change", args=[item.pk])).content.decode()
        assert word in text
        assert item.reason_en in text if language == "en" else item.reason_ar in text
        assert f"<bdi>{'=PLOT'}</bdi>" in text

    def test_reject_and_open_again(self, town: Town):
        item, client = quarantined(town), officer(town)
        page = reverse("admin:spatial_quarantine_change", args=[item.pk])
        client.post(page, {"do": "reject", "version": 0, "reason": "old survey"})
        text = client.get(page).content.decode()
        assert "old survey" in text
        client.post(page, {"do": "reopen", "version": 1})
        assert "Reject, because" in client.get(page).content.decode()

    def test_the_second_of_two_is_told(self, town: Town):
        item, client = quarantined(town), officer(town)
        page = reverse("admin:spatial_quarantine_change", args=[item.pk])
        client.post(page, {"do": "keep", "version": 0, "value:0": "7"})
        answer = client.post(page, {"do": "keep", "version": 0, "value:0": "8"}).content.decode()
        assert "Somebody else has worked on this feature meanwhile" in answer
        assert 'value="8"' in answer
        assert "<bdi>7</bdi>" in answer

    def test_a_shape_that_is_left_alone_keeps_its_original(self, town: Town):
        item, client = quarantined(town), officer(town)
        page = reverse("admin:spatial_quarantine_change", args=[item.pk])
        client.post(page, {"do": "keep", "version": 0, "shape": ""})
        point = json.dumps({"type": "Point", "coordinates": [58.05, 23.55]})
        client.post(page, {"do": "keep", "version": 0, "shape": point})
        with acting_as(authorities=[town.here.pk], actor="test"):
            item.refresh_from_db()
        assert (item.version, item.drawn is not None) == (1, True)
        answer = client.post(page, {"do": "keep", "version": 1, "shape": "no"}, follow=True).content.decode()
        assert "Draw it again" in answer

    def test_in_bulk_with_one_reason(self, town: Town):
        item, client = quarantined(town), officer(town)
        listing = reverse("admin:spatial_quarantine_changelist")
        given = {"action": "reject", "_selected_action": [item.pk], "seen": f"{item.pk}:0"}
        assert "1 feature will be rejected" in client.post(listing, given).content.decode()
        client.post(listing, given | {"decided": "yes", "reason": "not ours"})
        with acting_as(authorities=[town.here.pk], actor="test"):
            item.refresh_from_db()
            assert item.state == "rejected"
            assert [step.told_en for step in item.steps.all()] == ["not ours"]

    def test_release_in_bulk_is_queued(self, town: Town):
        item, client = quarantined(town), officer(town)
        given = {"action": "release", "_selected_action": [item.pk], "seen": f"{item.pk}:0"}
        client.post(reverse("admin:spatial_quarantine_changelist"), given)
        with acting_as(authorities=[town.here.pk], actor="test"):
            run = ImportRun.objects.get(kind="release")
            with pytest.raises(worklist.BeingReleased):
                worklist.reject({item.pk: 1}, reason="x", by=run.by)
        assert ProcrastinateJob.objects.filter(args__run=str(run.pk)).exists()


@pytest.mark.parametrize("kind", ["csv", "gpkg"])
def test_the_quarantine_to_take_away(town: Town, kind: str):
    item, client = quarantined(town), officer(town)
    answer = client.get(reverse(f"admin:import_{kind}", args=[item.run_id]))
    assert answer["Content-Disposition"].startswith("attachment")
    content = b"".join(answer) if answer.streaming else answer.content
    assert content.startswith({"csv": '\ufeff"n","\'=PLOT",'.encode(), "gpkg": b"SQLite format 3"}[kind])


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "＝1+1", "x;=1+1", "@a", "\t=1"])
def test_a_text_to_take_away_is_no_formula(town: Town, text: str):
    """Whether cells are parted at commas or, as in some countries, at semicolons."""
    item, client = quarantined(town), officer(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        Quarantine.objects.filter(pk=item.pk).update(attributes={"n": text})
    answer = client.get(reverse("admin:import_csv", args=[item.run_id]))
    told = b"".join(answer).decode().removeprefix("\ufeff")
    for parted in (",", ";"):
        cells = [cell for line in csv.reader(told.splitlines(), delimiter=parted) for cell in line]
        assert not [cell for cell in cells if unicodedata.normalize("NFKC", cell.lstrip())[:1] in ("=", "+", "@")]
