"""A membership or a key that ends takes with it what was made by it: the file, and the answer of a job."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Membership, User
from apps.config.exports import forget_exports, make_export
from apps.config.processes import forget_processes
from gis.downloads.models import Export
from gis.processes.jobs import Job

from .ground import KEY, Ground
from .test_exports import begun, content
from .test_processes import INPUTS
from .test_processes_jobs import asked, work

OTHER_KEY = "another key of the same organisation"
Take = Callable[[], Any]


@pytest.fixture(autouse=True)
def small(ground: Ground, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    """The officer works for both authorities, and the organisation has two keys."""
    monkeypatch.setattr("ogc.downloads.LARGEST", 1)
    settings.MEDIA_ROOT = tmp_path
    officer = User.objects.using("owner").get(username="officer")
    second = Membership.objects.using("owner").create(user=officer, authority=ground.two.there, role="planner")
    first = AgencyKey.objects.using("owner").get(digest=digest_of(KEY))
    other = AgencyKey.objects.using("owner").create(
        organisation=first.organisation, digest=digest_of(OTHER_KEY), purpose="test", made_at=datetime.now(tz=UTC)
    )
    yield
    for model in (Export, Job):
        model.objects.using("owner").all().delete()  # type: ignore[attr-defined]
    second.delete(using="owner")
    other.delete(using="owner")
    AgencyKey.objects.using("owner").update(ends_at=None)


def ended(ground: Ground, who: str) -> Client:
    """Part of the rights ends: one authority of the officer's two, one key of the organisation's. Who is left asks."""
    yesterday = timezone.now() - timedelta(days=1)
    if who == "officer":
        Membership.objects.using("owner").filter(user__username="officer", authority=ground.two.there).update(
            valid_from=yesterday - timedelta(days=9), valid_to=yesterday
        )
        return ground.client("officer")
    AgencyKey.objects.using("owner").filter(digest=digest_of(KEY)).update(ends_at=yesterday)
    return ground.client("anonymous", **{"X-API-Key": OTHER_KEY})


@pytest.mark.parametrize("who", ["officer", "agency"])
def test_a_finished_file_is_taken_with_them(ground: Ground, who: str, tmp_path: Path):
    key, _told = begun(ground, who)
    make_export(export=str(key))
    assert content(ground.client(who), key)
    refused = ended(ground, who).get(f"/ogc/exports/{key}/file")
    assert (refused.status_code, refused.json()["code"]) == (410, "rights_ended")
    assert refused.json()["details"]["ar"] != refused.json()["details"]["en"]
    assert list((tmp_path / "exports").iterdir())
    forget_exports(timestamp=0)
    assert not list((tmp_path / "exports").iterdir())


@pytest.mark.parametrize("who", ["officer", "agency"])
def test_what_waits_is_not_made(ground: Ground, who: str):
    key, _told = begun(ground, who)
    ended(ground, who)
    make_export(export=str(key))
    assert Export.objects.get(pk=key).state == Export.State.FAILED


@pytest.mark.parametrize("who", ["officer", "agency"])
@pytest.mark.parametrize("before", [True, False])
def test_a_jobs_answer_is_taken_with_them(ground: Ground, who: str, before: bool):
    told = asked(ground, who)
    if before:
        work(ground)
        assert ground.client(who).get(f"{told['at']}/results").status_code == 200
    client = ended(ground, who)
    if not before:
        work(ground)
    refused = client.get(f"{told['at']}/results")
    assert (refused.status_code, refused.json()["code"]) == (410, "rights_ended")
    forget_processes(timestamp=0)
    job = Job.objects.get(pk=told["jobID"])
    assert (job.state, job.told) == ("failed", "rights_ended")
    assert client.get(f"{told['at']}/results").status_code == 410


@pytest.mark.parametrize("who", ["officer", "agency", "anonymous"])
def test_what_is_left_of_them_is_enough_for_what_rests_on_it(ground: Ground, who: str):
    """Asked after the end, or by more rights than before: nothing is taken from anybody."""
    client = ended(ground, who) if who != "anonymous" else ground.client("anonymous")
    response = client.get("/ogc/collections/parcels/items", {"f": "gpkg"})
    key = json.loads(response.content)["jobID"]
    make_export(export=key)
    Membership.objects.using("owner").filter(user__username="officer").update(valid_to=None)
    forget_exports(timestamp=0)
    assert content(client, key)
    job = client.post(
        "/ogc/processes/nearest/execution",
        json.dumps({"inputs": INPUTS["nearest"]}),
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )
    work(ground)
    forget_processes(timestamp=0)
    assert client.get(f"{job['Location']}/results").status_code == 200


def test_what_names_no_right_is_nobodys(ground: Ground):
    """What was kept before rights were."""
    key, _told = begun(ground, "officer")
    make_export(export=str(key))
    Export.objects.filter(pk=key).update(rights=[])
    assert ground.client("officer").get(f"/ogc/exports/{key}/file").status_code == 410
