"""The part of the API document that tells of processes and jobs, with operations named as in the standard."""

from typing import Any

from django.utils.translation import gettext as _

from gis.processes.jobs import Job
from gis.processes.offered import registry

from . import media
from .described import Part, path, query, read, ref, refs, refusals
from .jobs import LONGEST_S
from .process_requests import RESPONSES

PAGES = (media.JSON, media.HTML)
EXECUTION_REFUSED = ("400", "404", "413", "415", "429", "503")


def paths() -> dict[str, Part]:
    """The addresses of processes and jobs."""
    process = path("processId", _("A process"), {"type": "string", "enum": [one.id for one in registry]})
    job = path("jobId", _("A job"), {"type": "string", "format": "uuid"})
    paging = refs("parameters", ["limit", "offset"])
    one = read("getStatus", _("Where a job stands"), [job], PAGES)
    gone = read(
        "getResult", _("What a job has answered"), [job], PAGES, refused=("400", "404", "410", "413", "500", "503")
    )
    gone["responses"]["200"]["content"][media.GEOJSON] = {"schema": ref("schemas", "Document")}
    dismissed = read("dismiss", _("End a job, and delete its answer"), [job], PAGES)
    return {
        "/processes": {"get": read("getProcesses", _("What can be computed"), paging, PAGES)},
        "/processes/{processId}": {"get": read("getProcessDescription", _("One process"), [process], PAGES)},
        "/processes/{processId}/execution": {"post": _execution(process)},
        "/jobs": {"get": read("getJobs", _("Your jobs"), [*paging, *_filters()], PAGES)},
        "/jobs/{jobId}": {"get": one, "delete": dismissed},
        "/jobs/{jobId}/results": {"get": gone},
    }


def _execution(process: Part) -> Part:
    prefer = query("Prefer", _("respond-async makes a job of it"), {"type": "string"}, where="header")
    answer: dict[str, Any] = {"schema": ref("schemas", "Document")}
    location = {"description": _("Where the job stands"), "schema": {"type": "string", "format": "uri"}}
    return {
        "operationId": "execute",
        "summary": _("Compute it, at once or as a job"),
        "parameters": [ref("parameters", "lang"), process, prefer],
        "requestBody": {"required": True, "content": {media.JSON: {"schema": _request()}}},
        "responses": {
            "200": {"description": _("The answer"), "content": {media.GEOJSON: answer, media.JSON: answer}},
            "201": {
                "description": _("A job that will have the answer"),
                "headers": {"Location": location},
                "content": {media.JSON: answer},
            },
        }
        | refusals(EXECUTION_REFUSED),
    }


def _request() -> Part:
    return {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "inputs": {"type": "object"},
            "outputs": {"type": "object"},
            "response": {"type": "string", "enum": list(RESPONSES), "default": RESPONSES[0]},
        },
    }


def _filters() -> list[Part]:
    text = {"type": "string"}
    seconds = {"type": "integer", "minimum": 0, "maximum": LONGEST_S}
    return [
        query("type", _("Of which kind"), {"type": "array", "minItems": 1, "items": text | {"enum": ["process"]}}),
        query(
            "processID",
            _("Of which processes"),
            {"type": "array", "minItems": 1, "items": text | {"enum": [one.id for one in registry]}},
        ),
        query(
            "status",
            _("Where they stand"),
            {"type": "array", "minItems": 1, "items": text | {"enum": list(Job.State.values)}},
        ),
        ref("parameters", "datetime"),
        query("minDuration", _("How many seconds they took at least"), seconds),
        query("maxDuration", _("How many seconds they took at most"), seconds),
    ]
