"""Files made in the background: asked for, watched, cancelled, taken, forgotten; each by who may and by nobody else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pyogrio
import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AgencyKey
from apps.config.exports import make_export
from gis.downloads import exports
from gis.downloads.models import Export

from .ground import SECRETS, Ground
from .test_rights import features, get

FILES = ("fgb", "gpkg", "parquet")


@pytest.fixture(autouse=True)
def small(ground: Ground, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A file of two features is made in the background; nobody takes up the jobs but the test."""
    monkeypatch.setattr("ogc.downloads.LARGEST", 1)
    settings.MEDIA_ROOT = tmp_path
    yield
    Export.objects.all().delete()


def begun(ground: Ground, who: str, form: str = "gpkg", **query: str) -> tuple[UUID, Any]:
    response = get(ground, who, "parcels/items", f=form, **query)
    assert response.status_code == 202, response.content
    told = json.loads(response.content)
    assert response["Location"].endswith(f"/ogc/exports/{told['jobID']}")
    return UUID(told["jobID"]), told


def status(client: Client, key: UUID) -> Any:
    response = client.get(f"/ogc/exports/{key}")
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "private, no-store"
    return json.loads(response.content)


def content(client: Client, key: UUID) -> bytes:
    response = client.get(f"/ogc/exports/{key}/file")
    assert response.status_code == 200
    found = b"".join(response.streaming_content)
    response.close()
    return found


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("who", ["anonymous", "agency", "officer", "stranger"])
def test_it_is_the_file_that_would_have_been_sent(
    ground: Ground, who: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    key, told = begun(ground, who, form, properties="plot_no,authority")
    assert (told["status"], told["numberMatched"], told["progress"]) == ("accepted", 2, 0)
    make_export(export=str(key))
    client = ground.client(who)
    done = status(client, key)
    assert (done["status"], done["progress"], done["numberReturned"]) == ("successful", 100, 2)
    link = next(one for one in done["links"] if one["rel"] == "enclosure")
    found = content(client, key)
    assert link["length"] == len(found)
    path = tmp_path / f"it.{form}"
    path.write_bytes(found)
    frame = pyogrio.read_dataframe(path) if form != "parquet" else __import__("geopandas").read_parquet(path)
    expected = {
        row["id"]: row["properties"] for row in features(ground, who, "parcels", properties="plot_no,authority")
    }
    assert {row["id"]: {name: row[name] for name in ("plot_no", "authority")} for row in frame.to_dict("records")} == (
        expected
    )


def test_rows_are_those_of_who_asked(ground: Ground):
    """Also in the worker: own rows in full, the others' as the public sees them; agencies never an owner."""
    for who, owners in (("officer", {"0"}), ("stranger", {"1"}), ("agency", set()), ("anonymous", set())):
        key, _told = begun(ground, who)
        make_export(export=str(key))
        found = content(ground.client(who), key)
        assert {place for place in "01" if f"{SECRETS['owner']}{place}".encode() in found} == owners
        assert (SECRETS["deed_no"].encode() in found) == (who != "anonymous")


def test_it_is_told_to_nobody_else(ground: Ground):
    for who, others in (
        ("officer", ["anonymous", "nobody", "agency", "stranger"]),
        ("agency", ["anonymous", "officer"]),
    ):
        key, _told = begun(ground, who)
        make_export(export=str(key))
        for other in others:
            client = ground.client(other)
            for address in (f"/ogc/exports/{key}", f"/ogc/exports/{key}/file"):
                assert client.get(address).status_code == 404
            assert client.delete(f"/ogc/exports/{key}").status_code == 404
        assert status(ground.client(who), key)["status"] == "successful"
    key, _told = begun(ground, "anonymous")
    assert status(ground.client("agency"), key)["status"] == "accepted"  # by its address, which cannot be guessed
    assert key.version == 4
    for wrong in (uuid4(), "1", "%D8%B4"):
        assert ground.client("anonymous").get(f"/ogc/exports/{wrong}").status_code == 404


def test_rights_that_have_ended_meanwhile_end_it(ground: Ground):
    key, _told = begun(ground, "agency")
    AgencyKey.objects.using("owner").update(ends_at=timezone.now() - timedelta(days=1))
    try:
        make_export(export=str(key))
    finally:
        AgencyKey.objects.using("owner").update(ends_at=None)
    told = status(ground.client("agency"), key)
    assert told["status"] == "failed"
    assert told["message"]
    assert ground.client("agency").get(f"/ogc/exports/{key}/file").status_code == 404


def test_the_same_question_is_the_same_file_and_few_are_made_at_once(ground: Ground):
    first, _told = begun(ground, "anonymous")
    assert begun(ground, "anonymous")[0] == first
    begun(ground, "anonymous", "fgb")
    response = get(ground, "anonymous", "parcels/items", f="parquet")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert json.loads(response.content)["code"] == "TooManyExports"
    begun(ground, "agency")  # is somebody else
    assert ground.client("anonymous").delete(f"/ogc/exports/{first}").status_code == 200
    begun(ground, "anonymous", "parquet")


def test_all_together_are_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "OF_ALL", 1)
    begun(ground, "anonymous")
    assert get(ground, "agency", "parcels/items", f="gpkg").status_code == 503


def test_what_waits_is_cancelled_at_once_and_what_is_done_is_deleted(ground: Ground, tmp_path: Path):
    client = ground.client("anonymous")
    key, _told = begun(ground, "anonymous")
    assert json.loads(client.delete(f"/ogc/exports/{key}").content)["status"] == "dismissed"
    make_export(export=str(key))
    assert status(client, key)["status"] == "dismissed"
    key, _told = begun(ground, "anonymous")
    make_export(export=str(key))
    assert list((tmp_path / "exports").iterdir())
    assert json.loads(client.delete(f"/ogc/exports/{key}").content)["status"] == "dismissed"
    assert client.get(f"/ogc/exports/{key}/file").status_code == 404
    assert not list((tmp_path / "exports").iterdir())


@pytest.mark.parametrize("who", ["anonymous", "officer"])
def test_what_is_being_made_is_cancelled(ground: Ground, who: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    key, _told = begun(ground, who, "parquet")
    client = ground.client(who)

    def told(self: Any, number: int) -> None:
        """Somebody cancels while the first features are written; the thread beside learns it."""
        if who == "anonymous":
            assert status(client, key)["status"] == "running"
            assert client.delete(f"/ogc/exports/{key}").status_code == 200
        else:  # whose rows are read by the session that the test's client has
            Export.objects.using("owner").filter(pk=key).update(to_cancel=True)
        for _moment in range(400):
            self._over.wait(0 if self.cancelled else 0.05)
        assert self.cancelled
        ours(self, number)

    ours = exports.Beside.told
    monkeypatch.setattr(exports.Beside, "told", told)
    make_export(export=str(key))
    assert status(client, key)["status"] == "dismissed"
    assert not list((tmp_path / "exports").iterdir())


@pytest.mark.parametrize(
    ("bound", "value", "said"), [("MOST_OF_ONE", 10, "f=csv"), ("RESERVE", 2**62, "Try again in some minutes")]
)
@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("meanwhile", [True, False])
def test_what_grows_too_large_is_not_finished(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bound: str, value: int, said: str, form: str,
    meanwhile: bool,
):  # fmt: skip
    """Found while it grows by the thread beside, or in the end."""
    key, _told = begun(ground, "anonymous", form)
    monkeypatch.setattr(exports, bound, value)
    found: list[bool] = []

    def told(self: Any, number: int) -> None:
        (tmp_path / "exports" / f".{key}.{form}-journal").write_bytes(b"what a writer keeps")
        for _moment in range(400):
            self._over.wait(0 if self.refusal else 0.05)
        found.append(self.refusal is not None)
        ours(self, number)

    ours = exports.Beside.told
    if meanwhile:
        monkeypatch.setattr(exports.Beside, "told", told)
    make_export(export=str(key))
    end = status(ground.client("anonymous"), key)
    assert (end["status"], said in end["message"], found) == ("failed", True, [True] if meanwhile else [])
    assert not list((tmp_path / "exports").iterdir())


def test_one_whose_process_is_no_more_has_stopped(ground: Ground):
    key, _told = begun(ground, "anonymous")
    long_ago = timezone.now() - timedelta(seconds=exports.DEAD_AFTER + 1)
    Export.objects.filter(pk=key).update(state=Export.State.RUNNING, seen_at=long_ago)
    told = status(ground.client("anonymous"), key)
    assert (told["status"], "Ask for it again" in told["message"]) == ("failed", True)
    begun(ground, "anonymous")


def test_files_are_kept_for_a_day(ground: Ground, tmp_path: Path):
    key, _told = begun(ground, "anonymous")
    make_export(export=str(key))
    (tmp_path / "exports" / f".{uuid4()}.gpkg").write_bytes(b"of a process that was killed")
    exports.forget_old(timezone.now() + timedelta(hours=23))
    assert content(ground.client("anonymous"), key)
    assert len(list((tmp_path / "exports").iterdir())) == 1
    exports.forget_old(timezone.now() + timedelta(hours=25))
    assert ground.client("anonymous").get(f"/ogc/exports/{key}").status_code == 404
    assert not list((tmp_path / "exports").iterdir())


def test_a_look_at_the_headers_makes_nothing_and_text_streams(ground: Ground):
    assert ground.client("anonymous").head("/ogc/collections/parcels/items", {"f": "gpkg"}).status_code == 202
    assert not Export.objects.exists()
    response = get(ground, "anonymous", "parcels/items", f="csv")
    assert (response.status_code, len(list(response.streaming_content)) > 0) == (200, True)
    assert get(ground, "anonymous", "parcels/items", f="gpkg", limit="2").status_code == 200


def test_a_caller_has_so_many_in_a_day_whatever_became_of_them(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "OF_ONE_A_DAY", 2)
    for _number in range(2):
        key, _told = begun(ground, "anonymous")
        ground.client("anonymous").delete(f"/ogc/exports/{key}")
    response = get(ground, "anonymous", "parcels/items", f="gpkg")
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert json.loads(response.content)["code"] == "EnoughExports"
    begun(ground, "agency")
    Export.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    begun(ground, "anonymous")


@pytest.mark.parametrize("bound", ["KEPT", "BYTES_KEPT"])
def test_what_is_kept_of_all_is_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch, bound: str):
    monkeypatch.setattr(exports, bound, 1)
    key, _told = begun(ground, "anonymous")
    make_export(export=str(key))
    assert get(ground, "agency", "parcels/items", f="gpkg").status_code == 503
    ground.client("anonymous").delete(f"/ogc/exports/{key}")
    begun(ground, "agency")
