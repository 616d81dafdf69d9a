"""From the work list to a feature and on to the next: the list's filters and order stay, and so does what was seen."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from gis.db.acting import acting_as
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.report import Report
from tests.apps.town import Town, found_towns, hire
from tests.config.test_imports import client_of, officer

pytestmark = pytest.mark.django_db
LIST = reverse("admin:spatial_quarantine_changelist")
RUNS = reverse("admin:spatial_importrun_changelist")
COUNTS = Report(read=1300, added=1200, changed=40, unchanged=10, repaired=0, ended=7, quarantine={"a": 30, "b": 20})


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def run_of(town: Town, **more: Any) -> ImportRun:
    given = {"layer": "parcels", "file_name": "p.gpkg", "state": "done", **more}
    with acting_as(authorities=[town.here.pk], actor="test"):
        run: ImportRun = ImportRun.objects.create(authority_id=town.here.pk, **given)
    return run


def rows_of(town: Town, count: int, run: ImportRun | None = None) -> list[Quarantine]:
    """Rows 1 to `count` of a run; the even ones overlap, the odd ones lack something."""
    run = run or run_of(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        Quarantine.objects.bulk_create(
            Quarantine(
                run=run, authority_id=town.here.pk, row=row, code="missing" if row % 2 else "overlaps_row",
                reason_ar="x", reason_en="x", attributes={"n": row},
            )
            for row in range(1, count + 1)
        )  # fmt: skip
        return list(run.quarantine.order_by("row"))


def way(item: Quarantine, filters: str = "") -> str:
    page = reverse("admin:spatial_quarantine_change", args=[item.pk])
    return f"{page}?_changelist_filters={quote(filters, safe='')}" if filters else page


def steps(client: Client, address: str) -> dict[str, str]:
    """The ways to the one before and to the next."""
    text = client.get(address).content.decode()
    return {name: html.unescape(there) for name, there in re.findall(r'<a rel="(\w+)" href="([^"]+)"', text)}


def states(town: Town, items: list[Quarantine]) -> list[str]:
    with acting_as(authorities=[town.here.pk], actor="test"):
        found = Quarantine.objects.in_bulk([item.pk for item in items])
    return [found[item.pk].state for item in items]


class TestNext:
    def test_it_follows_the_list_as_it_opens(self, town: Town):
        older = rows_of(town, 1, run_of(town, started_at=timezone.now() - timedelta(days=1)))
        rows, client = rows_of(town, 3), officer(town)
        assert steps(client, way(rows[0])) == {"next": way(rows[1])}
        assert steps(client, way(rows[1])) == {"prev": way(rows[0]), "next": way(rows[2])}
        assert steps(client, way(rows[2])) == {"prev": way(rows[1]), "next": way(older[0])}

    @pytest.mark.parametrize(
        ("filters", "before", "after"),
        [("code=missing", 1, 5), ("o=-1", 4, 2), ("o=-1&code=missing", 5, 1), ("q=x&state__exact=all", 2, 4)],
    )
    def test_it_follows_filters_search_and_order(self, town: Town, filters: str, before: int, after: int):
        rows, client = rows_of(town, 5), officer(town)
        assert steps(client, way(rows[2], filters)) == {
            "prev": way(rows[before - 1], filters), "next": way(rows[after - 1], filters),
        }  # fmt: skip
        listed = client.get(f"{LIST}?{filters}").content.decode()
        assert html.escape(way(rows[before - 1], filters)) in listed
        back = f'href="{html.escape(f"{LIST}?{filters}")}"'
        assert client.get(way(rows[2], filters)).content.decode().count(back) == 2

    def test_a_filter_that_is_none_is_left_out(self, town: Town):
        rows = rows_of(town, 2)
        assert list(steps(officer(town), way(rows[0], "run__id__exact=x"))) == ["next"]

    def test_of_a_dry_run_it_stays_in_the_run(self, town: Town):
        rows, _others = rows_of(town, 2, run_of(town, dry=True)), rows_of(town, 2)
        assert steps(officer(town), way(rows[0])) == {"next": way(rows[1])}
        assert steps(officer(town), way(rows[1])) == {"prev": way(rows[0])}

    def test_from_the_report_one_stays_in_the_run(self, town: Town):
        run = run_of(town, counts=COUNTS.to_json())
        rows, _others = rows_of(town, 2, run), rows_of(town, 2, run_of(town, started_at=timezone.now()))
        report = client_text(officer(town), reverse("admin:spatial_importrun_change", args=[run.pk]))
        [address] = [html.unescape(one) for one in re.findall(r'href="([^"]*)">2</a></th>', report)]
        assert address.startswith(way(rows[1]))
        assert list(steps(officer(town), address)) == ["prev"]


def client_text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


class TestDecided:
    @pytest.mark.parametrize(
        ("language", "told", "there"),
        [("ar", "رُفض الصف 1", "العودة إلى الصف 1"), ("en", "Row 1 is rejected", "To row 1 again")],
    )
    def test_it_leads_to_the_next_that_waits(self, town: Town, language: str, told: str, there: str):
        rows, client, filters = rows_of(town, 5), officer(town, language=language), "code=missing"
        client.post(way(rows[2]), {"do": "release", "version": 0})  # row 3 is being judged
        answer = client.post(way(rows[0], filters), {"do": "reject", "version": 0, "reason": "old"})
        assert answer["Location"] == way(rows[4], filters)
        page = client_text(client, answer["Location"])
        assert told in page
        assert f'<a href="{html.escape(way(rows[0], filters))}">{there}</a>' in page
        answer = client.post(way(rows[4], filters), {"do": "release", "version": 0})
        assert answer["Location"] == way(rows[4], filters)  # nothing else waits: here one sees how it ends

    def test_after_the_last_it_is_the_first(self, town: Town):
        rows, client = rows_of(town, 3), officer(town)
        answer = client.post(way(rows[2]), {"do": "release", "version": 0})
        assert answer["Location"] == way(rows[0])

    def test_who_keeps_corrections_stays(self, town: Town):
        rows, client = rows_of(town, 2), officer(town)
        answer = client.post(way(rows[0]), {"do": "keep", "version": 0, "value:0": "7"})
        assert answer["Location"] == way(rows[0])


class TestInBulk:
    def test_each_goes_with_the_version_that_was_seen(self, town: Town):
        rows, client = rows_of(town, 3), officer(town)
        given = {"action": "reject", "_selected_action": [one.pk for one in rows], "seen": seen(client)}
        client.post(way(rows[1]), {"do": "keep", "version": 0, "value:0": "7"})
        page = client.post(LIST, given).content.decode()
        assert "2 features will be rejected" in page
        assert "1 feature was changed by somebody after your list was shown, and was left out (row 2)" in page
        client.post(way(rows[2]), {"do": "keep", "version": 0, "value:0": "7"})  # while the reason is typed
        given = {"action": "reject", "decided": "yes", "reason": "old", "seen": seen_in(page)}
        page = client.post(LIST, given | {"_selected_action": [rows[0].pk, rows[2].pk]}, follow=True).content.decode()
        assert "1 feature is rejected" in page
        assert "(row 3)" in page
        assert states(town, rows) == ["rejected", "open", "open"]

    @pytest.mark.parametrize("sent", ["", "x:y 1", "{pk}:", "{pk}:9"])
    def test_what_was_not_seen_is_not_decided(self, town: Town, sent: str):
        [row], client = rows_of(town, 1), officer(town)
        given = {"action": "release", "_selected_action": [row.pk], "seen": sent.format(pk=row.pk)}
        assert "was left out (row 1)" in client.post(LIST, given, follow=True).content.decode()
        assert not ImportRun.objects.filter(kind="release").exists()

    def test_the_whole_list_is_what_was_seen_of_it(self, town: Town):
        """More than a page holds; another comes while the officer thinks."""
        rows, client = rows_of(town, 55), officer(town)
        known = seen(client)
        client.post(way(rows[53]), {"do": "keep", "version": 0, "value:0": "7"})
        later = rows_of(town, 1)
        given = {"action": "reject", "select_across": "1", "_selected_action": [rows[0].pk], "seen": known}
        page = client.post(LIST, given).content.decode()
        assert "54 features will be rejected" in page
        assert "(row 54)" in page
        assert str(later[0].pk) not in page


def seen(client: Client) -> str:
    return seen_in(client_text(client, LIST))


def seen_in(page: str) -> str:
    [held] = re.findall(r'name="seen" value="([^"]*)"', page)
    return str(held)


class TestRuns:
    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_the_list_counts_and_names_who_asked(self, town: Town, language: str):
        asker = hire(town.here, "gis_officer")
        User.objects.filter(pk=asker.pk).update(name_ar="سالم بن علي")
        run = run_of(town, counts=COUNTS.to_json(), by=asker.pk)
        page = client_text(client_of(asker, language), RUNS)
        cells = dict(re.findall(r'<td class="field-(\w+)">(.*?)</td>', page))
        work = f"{LIST}?run__id__exact={run.pk}&amp;state__exact=all"
        assert [cells[name] for name in ("added", "changed", "ended", "held", "asker")] == [
            "1,200", "40", "7", f'<a href="{work}">50</a>', "سالم بن علي",
        ]  # fmt: skip

    def test_a_run_without_counts_says_none(self, town: Town):
        run_of(town, state="running")
        cells = dict(re.findall(r'<td class="field-(\w+)">(.*?)</td>', client_text(officer(town), RUNS)))
        assert {cells[name] for name in ("added", "changed", "ended", "held", "asker")} == {"-"}

    def test_it_asks_no_more_for_more_runs(self, town: Town):
        asked = []
        for count in (1, 9):
            for _number in range(count):
                run_of(town, counts=COUNTS.to_json(), by=hire(town.here, "gis_officer").pk)
            client = officer(town)
            with CaptureQueriesContext(connection) as queries:
                client.get(RUNS)
            asked.append(len(queries))
        assert asked[0] == asked[1]

    @pytest.mark.parametrize(("language", "began"), [("ar", "2 مارس 2026، 09:30"), ("en", "March 2, 2026, 9:30 a.m.")])
    def test_a_run_is_known_by_its_day_and_its_file(self, town: Town, language: str, began: str):
        """The same file comes every month."""
        day = timezone.make_aware(datetime(2026, 3, 2, 9, 30))
        run = run_of(town, started_at=day, file_name="plots.gpkg")
        rows_of(town, 1, run)
        rows_of(town, 1)
        page = client_text(officer(town, language=language), LIST)
        [choice] = re.findall(rf'href="\?run__id__exact={run.pk}"[^>]*>\s*([^<]*?)\s*<', page)
        assert choice.endswith(f"{began} · plots.gpkg")
