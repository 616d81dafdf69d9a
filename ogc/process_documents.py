"""Processes and jobs as documents (OGC API Processes 1.0, 18-062r2)."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from gis.processes.jobs import Job
from gis.processes.registry import Input, Process

from . import caller, media
from .relations import RELATIONS, link

EXECUTE, RESULTS, EXCEPTIONS = f"{RELATIONS}execute", f"{RELATIONS}results", f"{RELATIONS}exceptions"
CONTROLS = ("sync-execute", "async-execute", "dismiss")


def summary(process: Process) -> dict[str, Any]:
    """What the list says of a process."""
    here = address(process)
    return {
        "id": process.id,
        "title": str(process.title),
        "description": str(process.description),
        "keywords": list(process.keywords),
        "version": process.version,
        "jobControlOptions": list(CONTROLS),
        "outputTransmission": ["value"],
        "links": [link("self", media.JSON, f"{here}?f=json"), link("alternate", media.HTML, f"{here}?f=html")],
    }


def description(process: Process) -> dict[str, Any]:
    """All of a process: inputs and output with their schemas."""
    found, output = summary(process), process.output
    found["links"].append(link(EXECUTE, media.JSON, f"{address(process)}/execution", _("Ask for it by POST")))
    return found | {
        "inputs": {one.name: _input(one) for one in process.inputs},
        "outputs": {
            output.name: {"title": str(output.title), "description": str(output.description or output.title)}
            | {"schema": output.schema()}
        },
    }


def _input(one: Input) -> dict[str, Any]:
    schema = one.kind.schema()
    if one.default is not None:
        schema["default"] = one.default
    return {
        "title": str(one.title),
        "description": str(one.description or one.title),
        "schema": schema,
        "minOccurs": 1 if one.required else 0,
        "maxOccurs": one.most,
    }


def status(job: Job) -> dict[str, Any]:
    """Where a job stands."""
    here = f"{caller.current().base}/jobs/{job.pk}"
    links = [link("self", media.JSON, f"{here}?f=json"), link("alternate", media.HTML, f"{here}?f=html")]
    if job.state == Job.State.SUCCESSFUL:
        links.append(link(RESULTS, media.JSON, f"{here}/results", _("The answer")))
    if job.state == Job.State.FAILED:
        links.append(link(EXCEPTIONS, media.PROBLEM, f"{here}/results", _("Why there is no answer")))
    times = {"created": job.created_at, "started": job.started_at, "finished": job.ended_at, "updated": job.updated_at}
    return {
        "processID": job.process,
        "type": "process",
        "jobID": str(job.pk),
        "status": job.state,
        "message": job.message,
        **{name: _written(moment) for name, moment in times.items() if moment},
        "progress": job.progress,
        "links": links,
    }


def result(process: Process, text: str, response: str) -> tuple[str, str]:
    """The answer and its media type: itself, or as the value of its output."""
    output = process.output
    if response == "raw":
        return output.media_type, text
    name, kind = json.dumps(output.name), json.dumps(output.media_type)
    return media.JSON, f'{{{name}:{{"mediaType":{kind},"value":{text}}}}}'


def address(process: Process) -> str:
    return f"{caller.current().base}/processes/{process.id}"


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
