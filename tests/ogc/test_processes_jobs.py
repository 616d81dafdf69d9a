"""The abstract tests of OGC API Processes 1.0 for jobs: asked for later, the list, the answer, ending one."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.holding import held_by
from apps.config.processes import carry_out_process, forget_processes
from gis.layers import Audience
from gis.processes import jobs, working
from gis.processes.jobs import Job
from gis.rights import NOTHING
from tests import databases

from .ground import Ground
from .test_processes import IDS, INPUTS, PROBLEMS, execute, links_of

STATUS = {
    "type": "object",
    "required": ["jobID", "status", "type", "processID", "created", "updated", "progress", "message", "links"],
    "properties": {
        "jobID": {"type": "string"},
        "processID": {"type": "string"},
        "type": {"enum": ["process"]},
        "status": {"enum": ["accepted", "running", "successful", "failed", "dismissed"]},
        "message": {"type": "string"},
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "links": {"type": "array", "items": {"type": "object", "required": ["href"]}},
    },
}


@pytest.fixture(autouse=True)
def _nothing_left(ground: Ground) -> None:
    Job.objects.using("owner").all().delete()


def asked(ground: Ground, who: str = "anonymous", process: str = "nearest", **more: Any) -> dict[str, Any]:
    """A job that waits: what is told of it, with the address where it stands."""
    answer = execute(ground, process, {"inputs": INPUTS[process], **more}, who, Prefer="respond-async")
    assert answer.status_code == 201, answer.content
    assert answer["Preference-Applied"] == "respond-async"
    return {"at": answer["Location"], **answer.json()}


def work(ground: Ground) -> None:
    """What the queue hands to the worker, in the test's own process."""
    queued = list(ProcrastinateJob.objects.using("owner").filter(task_name=carry_out_process.name, status="todo"))
    with databases.superuser(ground.database) as root:
        root.execute("DELETE FROM procrastinate_jobs")
    for one in queued:
        carry_out_process(**one.args)


def look(ground: Ground, address: str, who: str = "anonymous", **query: str) -> Any:
    return ground.client(who).get(address, query)


@pytest.mark.abstract(
    "core/job-creation-auto-execution-mode", "core/job-creation-success-async", "core/job-op", "core/job-success",
    "core/job-results", "core/job-results-async-raw-value-one", "core/job-results-exception-results-not-ready",
)  # fmt: skip
@pytest.mark.parametrize("process", IDS)
def test_a_job_is_asked_for_done_and_answered(ground: Ground, process: str):
    """job-creation-success-async, job-success, job-results-success-async-raw-value-one."""
    told = asked(ground, process=process)
    jsonschema.validate(told, STATUS)
    assert told["status"] == "accepted"
    assert told["at"].endswith(f"/ogc/jobs/{told['jobID']}")
    early = look(ground, f"{told['at']}/results")
    assert (early.status_code, early.json()["type"]) == (404, f"{PROBLEMS}result-not-ready")
    work(ground)
    done = look(ground, told["at"]).json()
    jsonschema.validate(done, STATUS)
    assert (done["status"], done["progress"], done["processID"]) == ("successful", 100, process)
    assert done["created"] <= done["started"] <= done["finished"]
    result = look(ground, links_of(done)["http://www.opengis.net/def/rel/ogc/1.0/results"])
    assert result["Content-Type"] == "application/geo+json"
    assert result.json() == execute(ground, process, {"inputs": INPUTS[process]}).json()


@pytest.mark.abstract("core/job-results-async-document")
def test_a_document_is_answered_as_one(ground: Ground):
    """job-results-success-async-document."""
    told = asked(ground, response="document")
    work(ground)
    answer = look(ground, f"{told['at']}/results")
    assert answer["Content-Type"] == "application/json"
    assert set(answer.json()) == {"features"}


@pytest.mark.abstract("core/job-exception-no-such-job", "core/job-results-exception-no-such-job")
@pytest.mark.parametrize("name", ["4c3452ec-b91d-43b5-a8ed-f12a747e915d", "1", "%20", "وظيفة"])
@pytest.mark.parametrize("rest", ["", "/results"])
def test_no_such_job(ground: Ground, name: str, rest: str):
    answer = look(ground, f"/ogc/jobs/{name}{rest}")
    assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEMS}no-such-job")
    assert ground.client("anonymous").delete(f"/ogc/jobs/{name}").status_code == 404


@pytest.mark.abstract("core/job-results-failed")
def test_a_failed_job_says_why_in_both_languages(ground: Ground):
    """job-results-failed: the status and the sentence of what went wrong."""
    inputs = {"layer": "wells", "areas_layer": "governorates", "field": "use"}
    answer = execute(ground, "summary-by-area", {"inputs": inputs}, Prefer="respond-async")
    work(ground)
    told = look(ground, answer["Location"], lang="ar").json()
    assert told["status"] == "failed"
    result = look(ground, f"{answer['Location']}/results")
    assert result.status_code == 400
    assert result.json()["code"] == "InvalidParameterValue"
    assert result.json()["type"].endswith(":InvalidParameterValue")
    assert told["message"] == result.json()["details"]["ar"] != result.json()["details"]["en"]


def test_inputs_are_checked_before_a_job_is_made(ground: Ground):
    answer = execute(ground, "buffer", {"inputs": {}}, Prefer="respond-async")
    assert answer.status_code == 400
    assert not Job.objects.exists()


# --- dismiss


@pytest.mark.abstract("dismiss/job-dismiss-op", "dismiss/job-dismiss-success")
def test_a_waiting_job_is_dismissed(ground: Ground):
    told = asked(ground)
    answer = ground.client("anonymous").delete(told["at"])
    assert (answer.status_code, answer.json()["status"]) == (200, "dismissed")
    jsonschema.validate(answer.json(), STATUS)
    work(ground)
    assert look(ground, told["at"]).json()["status"] == "dismissed"
    assert look(ground, f"{told['at']}/results").json()["code"] == "ResultGone"


def test_a_running_job_ends_after_its_step(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    told = asked(ground, process="what-is-here")
    steps = []
    before = working._tell

    def tell(job: Job, step: Any) -> None:
        before(job, step)
        seen = Job.objects.get(pk=job.pk)
        steps.append((seen.state, seen.progress, seen.message_en))
        if len(steps) == 3:
            jobs.dismiss(seen)

    monkeypatch.setattr(working, "_tell", tell)
    work(ground)
    assert len(steps) == 3
    assert [status for status, _share, _message in steps] == ["running"] * 3
    assert 0 == steps[0][1] < steps[1][1] < steps[2][1] < 100
    assert steps[1][2].startswith("Looking at: ")
    job = Job.objects.get(pk=told["jobID"])
    assert (job.state, job.told, job.wanted) == ("dismissed", "", {})


def test_a_done_job_is_dismissed_with_its_answer(ground: Ground):
    told = asked(ground)
    work(ground)
    assert ground.client("anonymous").delete(told["at"]).json()["status"] == "dismissed"
    assert look(ground, f"{told['at']}/results").json()["code"] == "ResultGone"


# --- whose


def test_a_job_is_its_callers(ground: Ground):
    for who, others in (("officer", ("anonymous", "agency", "stranger")), ("agency", ("anonymous", "officer"))):
        told = asked(ground, who)
        work(ground)
        assert look(ground, told["at"], who).json()["status"] == "successful"
        assert [one["jobID"] for one in look(ground, "/ogc/jobs", who).json()["jobs"]] == [told["jobID"]]
        for other in others:
            assert look(ground, told["at"], other).status_code == 404
            assert look(ground, f"{told['at']}/results", other).status_code == 404
            assert ground.client(other).delete(told["at"]).status_code == 404
            assert told["jobID"] not in look(ground, "/ogc/jobs", other).content.decode()


def test_an_anonymous_job_is_found_by_its_id_and_in_no_list(ground: Ground):
    told = asked(ground)
    assert look(ground, told["at"], "officer").status_code == 200
    for who in ("anonymous", "officer"):
        assert look(ground, "/ogc/jobs", who).json()["jobs"] == []


def test_what_is_answered_is_what_the_caller_may_see(ground: Ground):
    """An officer's job reads by the officer's rights, an agency's by the agency's, an anonymous one by nobody's."""
    for who in ("anonymous", "agency", "officer"):
        told = asked(ground, who)
        work(ground)
        later = look(ground, f"{told['at']}/results", who).json()
        at_once = execute(ground, "nearest", {"inputs": INPUTS["nearest"]}, who).json()
        assert later == at_once
        assert ("owner" in later["features"][0]["properties"]) is (who == "officer")
        assert ("depth_m" in later["features"][0]["properties"]) is (who != "anonymous")


def test_a_job_of_somebody_whose_rights_have_ended_is_refused(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    told = asked(ground, "officer")
    monkeypatch.setattr("apps.config.processes.held_by", lambda caller: NOTHING)
    work(ground)
    assert look(ground, told["at"], "officer").json()["status"] == "failed"
    assert look(ground, f"{told['at']}/results", "officer").json()["code"] == "rights_ended"


def test_who_a_caller_is(ground: Ground):
    officer, nobody = ground.two.officer, ground.two.nobody  # type: ignore[attr-defined]
    held = held_by(f"user:{officer.pk}")
    assert (held.audience, held.user) == (Audience.OFFICER, officer.pk)
    assert held.rights == {f"authority:{ground.two.here.pk}"}
    assert held_by(f"user:{nobody.pk}") == NOTHING
    assert held_by("anonymous:0") == NOTHING
    assert held_by(f"organisation:{uuid4()}") == NOTHING


# --- job-list


@pytest.mark.abstract(
    "job-list/job-list-op", "job-list/job-list-success", "job-list/type-response", "job-list/processid-mandatory",
    "job-list/processid-response", "job-list/status-response", "job-list/datetime-response",
    "job-list/duration-response", "job-list/limit-response", "job-list/links",
)  # fmt: skip
def test_the_list_is_filtered_and_paged(ground: Ground):
    for process in ("nearest", "buffer", "nearest"):
        asked(ground, "officer", process)
    work(ground)
    asked(ground, "officer", "buffer")

    def found(**query: str) -> list[str]:
        answer = look(ground, "/ogc/jobs", "officer", **query)
        assert answer.status_code == 200, answer.content
        for one in answer.json()["jobs"]:
            jsonschema.validate(one, STATUS)
        return [one["processID"] for one in answer.json()["jobs"]]

    assert found() == found(type="process") == ["buffer", "nearest", "buffer", "nearest"]
    assert found(processID="buffer") == ["buffer", "buffer"]
    assert len(found(processID="buffer,nearest")) == 4
    assert found(status="accepted") == ["buffer"]
    assert len(found(status="successful,accepted")) == 4
    today = timezone.localdate()
    assert len(found(datetime=f"{today}/..")) == 4
    assert found(datetime=f"../{today - timedelta(days=1)}") == []
    assert len(found(minDuration="0", maxDuration="1000")) == 3
    assert found(minDuration="1000") == []
    page = look(ground, "/ogc/jobs", "officer", limit="3").json()
    assert len(page["jobs"]) == 3
    assert len(ground.client("officer").get(links_of(page)["next"]).json()["jobs"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"status": "done"},
        {"type": "x"},
        {"processID": "none"},
        {"processID": "\x00"},
        {"minDuration": "a"},
        {"datetime": "x"},
        {"limit": "0"},
        {"proces": "x"},
    ],
)
def test_bad_filters_of_the_list(ground: Ground, query: dict[str, str]):
    answer = look(ground, "/ogc/jobs", "officer", **query)
    assert answer.status_code == 400
    assert answer.json()["details"]["ar"]


# --- bounds and clean-up


def test_a_caller_has_few_jobs_at_a_time(ground: Ground):
    for _number in range(jobs.GOING):
        asked(ground)
    answer = execute(ground, "nearest", {"inputs": INPUTS["nearest"]}, Prefer="respond-async")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_jobs")
    assert answer["Retry-After"]
    asked(ground, "officer")
    work(ground)
    asked(ground)


def test_all_anonymous_jobs_together_are_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "GOING_ANONYMOUS", 1)
    asked(ground)
    answer = execute(ground, "nearest", {"inputs": INPUTS["nearest"]}, Prefer="respond-async")
    assert answer.status_code == 429
    asked(ground, "officer")


def test_jobs_whose_time_is_over_are_gone(ground: Ground):
    old, kept = asked(ground), asked(ground, "officer")
    Job.objects.filter(pk=old["jobID"]).update(expires_at=timezone.now())
    assert look(ground, old["at"]).status_code == 404
    forget_processes(timestamp=0)
    assert [str(job.pk) for job in Job.objects.all()] == [kept["jobID"]]


def test_a_job_whose_worker_was_killed_is_told_to_have_failed(ground: Ground):
    told = asked(ground)
    Job.objects.filter(pk=told["jobID"]).update(state="running", started_at=timezone.now())
    seen = look(ground, told["at"]).json()
    assert seen["status"] == "failed"
    assert look(ground, f"{told['at']}/results").status_code == 503


def test_a_fault_of_ours_is_written_down_and_told_without_a_trace(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    told = asked(ground)

    def broken(*_args: Any) -> None:
        raise RuntimeError("SECRET")

    monkeypatch.setattr(working, "_begun", broken)
    with pytest.raises(RuntimeError):
        work(ground)
    result = look(ground, f"{told['at']}/results")
    assert result.status_code == 500
    assert "SECRET" not in result.content.decode()


def test_an_answer_has_a_greatest_size(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(working, "MOST_LETTERS", 10)
    answer = execute(ground, "nearest", {"inputs": INPUTS["nearest"]})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_much")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_of_a_job(ground: Ground, language: str):
    told = asked(ground, "officer")
    work(ground)
    for address in ("/ogc/jobs", told["at"], f"{told['at']}/results"):
        answer = look(ground, address, "officer", f="html", lang=language)
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/html")
    assert json.dumps(told["jobID"])[1:9] in answer.content.decode()


def test_an_execution_ends_in_time_at_once_and_as_a_job(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis.processes.registry.AT_ONCE_S", -1)
    monkeypatch.setattr(working, "LATER_S", -1)
    answer = execute(ground, "what-is-here", {"inputs": INPUTS["what-is-here"]})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_long")
    told = asked(ground, process="what-is-here")
    work(ground)
    result = look(ground, f"{told['at']}/results")
    assert (result.status_code, result.json()["code"]) == (413, "too_long")


def test_few_links_are_followed(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """Each is a question to the database, also under the name of an input that there is not."""
    followed: list[str] = []
    monkeypatch.setattr("ogc.process_requests._value", lambda *given: followed.append(given[0]))
    links = [{"href": "http://127.0.0.1/ogc/collections/parcels/items"}] * 4
    answer = execute(ground, "nearest", {"inputs": {"point": links, "x": links}})
    assert (answer.status_code, followed) == (400, [])
    assert "links" in answer.json()["details"]["en"]


def refused_by(ground: Ground, who: str = "anonymous") -> tuple[int, str]:
    answer = execute(ground, "nearest", {"inputs": INPUTS["nearest"]}, who, Prefer="respond-async")
    return answer.status_code, answer.json().get("code", "")


def test_dismissed_jobs_make_room_and_count_for_the_day(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "KEPT", 1)
    told = asked(ground)
    assert refused_by(ground) == (429, "too_many_results")
    ground.client("anonymous").delete(told["at"])
    asked(ground)
    monkeypatch.setattr(jobs, "KEPT", 100)
    monkeypatch.setattr(jobs, "OF_ONE_A_DAY", 2)
    assert refused_by(ground) == (429, "enough_jobs")
    asked(ground, "officer")


@pytest.mark.parametrize("bound", ["GOING_OF_ALL", "BYTES_KEPT"])
def test_all_jobs_together_are_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch, bound: str):
    monkeypatch.setattr(jobs, bound, 1)
    asked(ground, "officer")
    if bound == "BYTES_KEPT":
        work(ground)
    assert refused_by(ground) == (503, "no_room_for_jobs")
