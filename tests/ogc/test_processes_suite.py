"""Each abstract test of OGC API Processes 1.0 (18-062r2, annex A) is shown by a test of ours, or cannot be here.

The tests that are marked with them stand in this file, in test_processes.py and in test_processes_jobs.py. What the
OGC's own suite fetches from the net, the schemas of the documents, is written down here from the standard.
"""

import http.client
import sys
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from ogc.conformance import CLASSES
from tests.servers import served

from . import test_processes, test_processes_jobs
from .ground import Ground
from .test_processes import IDS, INPUTS, SPEC, execute, get, links_of

ASKED = {
    "core": "http landingpage-op landingpage-success api-definition-op api-definition-success conformance-op"
    " conformance-success process-list pl-limit-definition pl-limit-response pl-links process-list-success process"
    " process-success process-exception-no-such-process job-creation-op job-creation-auto-execution-mode"
    " job-creation-default-execution-mode job-creation-request job-creation-inputs job-creation-input-array"
    " job-creation-input-inline job-creation-input-inline-object job-creation-input-inline-mixed"
    " job-creation-input-inline-binary job-creation-input-inline-bbox job-creation-input-ref"
    " job-creation-input-validation job-creation-default-outputs job-creation-success-sync-raw-value-one"
    " job-creation-success-sync-raw-value-multi job-creation-success-sync-raw-ref"
    " job-creation-success-sync-raw-mixed-multi job-creation-success-sync-document job-creation-success-async job-op"
    " job-success job-exception-no-such-job job-results job-results-async-raw-value-one"
    " job-results-async-raw-value-multi job-results-async-raw-ref job-results-async-raw-mixed-multi"
    " job-results-async-document job-results-exception-no-such-job job-results-exception-results-not-ready"
    " job-results-failed",
    "ogc-process-description": "json-encoding inputs-def input-def input-mixed-type outputs-def output-def"
    " output-mixed-type",
    "json": "definition content",
    "html": "definition content",
    "oas30": "oas-definition-1 oas-definition-2 oas-impl completeness exceptions-codes security",
    "job-list": "job-list-op type-definition type-response status-definition status-response datetime-definition"
    " datetime-response processid-mandatory processid-definition processid-response duration-definition"
    " duration-response limit-definition limit-response links job-list-success",
    "dismiss": "job-dismiss-op job-dismiss-success",
}
ONE_OUTPUT = "every process has one output, of one type and given by value, and says so"
CANNOT_BE = {
    "core/job-creation-input-inline-binary": "no process takes bytes, and none says that it does",
    "ogc-process-description/output-mixed-type": ONE_OUTPUT,
    **{
        f"core/{kind}-{name}": ONE_OUTPUT
        for kind in ("job-creation-success-sync", "job-results-async")
        for name in ("raw-value-multi", "raw-ref", "raw-mixed-multi")
    },
}

TEXT = {"type": "string"}
LINKS = {
    "type": "array",
    "items": {"type": "object", "required": ["href"], "properties": dict.fromkeys(("href", "rel", "type"), TEXT)},
}
SUMMARY: dict[str, Any] = {
    "type": "object",
    "required": ["id", "version"],
    "properties": {
        **dict.fromkeys(("id", "version", "title", "description"), TEXT),
        "keywords": {"type": "array", "items": TEXT},
        "jobControlOptions": {"type": "array", "items": {"enum": ["sync-execute", "async-execute", "dismiss"]}},
        "outputTransmission": {"type": "array", "items": {"enum": ["value", "reference"]}},
        "links": LINKS,
    },
}
SCHEMA = {"type": "object", "minProperties": 1}
OUTPUT = {
    "type": "object",
    "required": ["schema"],
    "properties": {"title": TEXT, "description": TEXT, "schema": SCHEMA},
}
OCCURS = {"minOccurs": {"type": "integer"}, "maxOccurs": {"oneOf": [{"type": "integer"}, {"const": "unbounded"}]}}
INPUT = OUTPUT | {"properties": OUTPUT["properties"] | OCCURS}  # type: ignore[operator]
PROCESS = SUMMARY | {
    "required": ["id", "version", "inputs", "outputs"],
    "properties": SUMMARY["properties"]
    | {
        "inputs": {"type": "object", "additionalProperties": INPUT},
        "outputs": {"type": "object", "minProperties": 1, "additionalProperties": OUTPUT},
    },
}
LIST = {
    "type": "object",
    "required": ["processes", "links"],
    "properties": {"processes": {"type": "array", "items": SUMMARY}, "links": LINKS},
}
EXCEPTION = {
    "type": "object",
    "required": ["type"],
    "properties": dict.fromkeys(("type", "title", "detail", "instance"), TEXT) | {"status": {"type": "integer"}},
}


def shown(*modules: ModuleType) -> set[str]:
    """What the marks of these modules' tests name."""
    marks = [mark for module in modules for test in vars(module).values() for mark in getattr(test, "pytestmark", [])]
    return {name for mark in marks if mark.name == "abstract" for name in mark.args}


def test_every_abstract_test_is_shown_or_cannot_be():
    asked = {f"{kind}/{name}" for kind, names in ASKED.items() for name in names.split()}
    found = shown(test_processes, test_processes_jobs, sys.modules[__name__])
    assert asked - found == set(CANNOT_BE)
    assert found <= asked
    assert {uri.removeprefix(SPEC) for uri in CLASSES if SPEC in uri} == set(ASKED)


@pytest.mark.abstract("core/http")
def test_the_server_speaks_http_1_1(ground: Ground):
    with served(ground.database) as address:
        for method, path, status in (("GET", "/processes", 200), ("GET", "/processes/x", 404), ("PUT", "/jobs", 405)):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
            connection.request(method, f"/ogc{path}", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            assert (answer.version, answer.status) == (11, status)
            connection.close()


@pytest.mark.abstract("json/definition")
@pytest.mark.parametrize(
    ("path", "schema"), [("/processes", LIST), *((f"/processes/{one}", PROCESS) for one in IDS), ("/jobs/1", EXCEPTION)]
)
def test_documents_are_of_the_standards_schemas(ground: Ground, path: str, schema: Any):
    jsonschema.validate(get(ground, path, "officer").json(), schema)


def test_outputs_may_be_named_none_by_none(ground: Ground):
    """An empty list of outputs asks for what the standard calls the default: all of them."""
    whole = execute(ground, "nearest", {"inputs": INPUTS["nearest"]})
    assert execute(ground, "nearest", {"inputs": INPUTS["nearest"], "outputs": {}}).json() == whole.json()


@pytest.mark.abstract("oas30/oas-impl", "oas30/security")
def test_the_operations_are_named_and_answered_as_described(ground: Ground):
    document = get(ground, "/openapi").json()
    named = {
        one["operationId"]: (path, method)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if path.startswith(("/processes", "/jobs"))
    }
    assert set(named) == {
        "getProcesses", "getProcessDescription", "execute", "getJobs", "getStatus", "getResult", "dismiss"
    }  # fmt: skip
    assert set(document["components"]["securitySchemes"]) >= {name for one in document["security"] for name in one}
    for name in ("getProcesses", "getJobs"):
        path, method = named[name]
        answer = get(ground, path)
        assert str(answer.status_code) in document["paths"][path][method]["responses"]
        assert answer["Content-Type"] in document["paths"][path][method]["responses"]["200"]["content"]


@pytest.mark.abstract(
    *(f"job-list/{name}-definition" for name in ("type", "processid", "status", "datetime", "duration", "limit"))
)
def test_the_filters_of_the_list_are_described(ground: Ground):
    document = get(ground, "/openapi").json()
    known = document["components"]["parameters"]
    given = [
        known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in document["paths"]["/jobs"]["get"]["parameters"]
    ]
    described = {one["name"]: one for one in given}
    for name in ("type", "processID", "status"):
        assert described[name]["schema"]["type"] == "array"
        assert described[name]["schema"]["items"]["enum"]
    for name in ("minDuration", "maxDuration", "limit"):
        assert described[name]["schema"]["type"] == "integer"
    assert described["limit"]["schema"]["minimum"] == 1
    assert described["limit"]["schema"]["default"] <= described["limit"]["schema"]["maximum"]
    assert described["datetime"]["schema"]["type"] == "string"
    assert all((one["in"], one["required"]) == ("query", False) for one in given)
    assert all((one["style"], one["explode"]) == ("form", False) for one in given)


def test_a_list_of_jobs_leads_to_its_other_form(ground: Ground):
    links = links_of(get(ground, "/jobs", "officer").json())
    assert ground.client("officer").get(links["alternate"])["Content-Type"].startswith("text/html")
    assert ground.client("officer").get(links["self"])["Content-Type"] == "application/json"
