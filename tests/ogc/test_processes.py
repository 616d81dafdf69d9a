"""The abstract tests of OGC API Processes 1.0 (18-062r2, annex A) for what is described, and asked at once.

Callbacks are not offered. Every process has one output, given by value: the tests of several outputs and of references
ask for what no process here says that it does.
"""

import json
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from gis.processes.offered import registry

from .ground import AT, Ground

PROBLEMS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0/"
SPEC = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
IDS = [one.id for one in registry]
POINT = {"type": "Point", "coordinates": [AT.x, AT.y]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[57.9, 23.3], [58.3, 23.3], [58.3, 23.7], [57.9, 23.7], [57.9, 23.3]]],
}
INPUTS: dict[str, dict[str, Any]] = {
    "buffer": {"geometry": {"value": POINT}, "distance": 500},
    "what-is-here": {"place": {"value": POINT}},
    "summary-by-area": {"layer": "parcels", "areas": {"value": AREA}},
    "nearest": {"point": {"value": POINT}, "layer": "wells"},
}


def get(ground: Ground, path: str, who: str = "anonymous", **query: str) -> Any:
    return ground.client(who).get(f"/ogc{path}", query)


def execute(ground: Ground, process: str, body: Any, who: str = "anonymous", **headers: str) -> Any:
    content = body if isinstance(body, str) else json.dumps(body)
    client = ground.client(who, **headers)
    return client.post(f"/ogc/processes/{process}/execution", content, content_type="application/json")


def links_of(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


# --- core: landing page, conformance, API definition


@pytest.mark.abstract("core/landingpage-op", "core/landingpage-success")
def test_the_landing_page_leads_to_processes_and_jobs(ground: Ground):
    links = links_of(get(ground, "/").json())
    for rel in (f"{RELATIONS}processes", f"{RELATIONS}job-list"):
        assert get(ground, links[rel].partition("/ogc")[2]).status_code == 200


@pytest.mark.abstract("core/conformance-op", "core/conformance-success")
def test_the_classes_are_declared(ground: Ground):
    declared = {uri.removeprefix(SPEC) for uri in get(ground, "/conformance").json()["conformsTo"] if SPEC in uri}
    assert declared == {"core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss"}


@pytest.mark.abstract(
    "core/api-definition-op", "core/api-definition-success", "core/pl-limit-definition", "oas30/oas-definition-1",
    "oas30/oas-definition-2", "oas30/completeness",
)  # fmt: skip
def test_the_api_document_describes_the_addresses(ground: Ground):
    document = get(ground, "/openapi").json()
    validate(document)
    paths = document["paths"]
    wanted = {
        "/processes": {"get"}, "/processes/{processId}": {"get"}, "/processes/{processId}/execution": {"post"},
        "/jobs": {"get"}, "/jobs/{jobId}": {"get", "delete"}, "/jobs/{jobId}/results": {"get"},
    }  # fmt: skip
    assert {path: set(paths[path]) for path in wanted} == wanted
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert limit["type"] == "integer"
    assert limit["minimum"] == 1


# --- core: list of processes


@pytest.mark.abstract("core/process-list", "core/process-list-success", "core/pl-links", "json/content")
def test_the_list_has_every_process_with_its_links(ground: Ground):
    document = get(ground, "/processes").json()
    assert [one["id"] for one in document["processes"]] == IDS
    assert {"self", "alternate"} <= set(links_of(document))
    for one in document["processes"]:
        assert one["version"]
        assert set(one["jobControlOptions"]) == {"sync-execute", "async-execute", "dismiss"}
        assert one["outputTransmission"] == ["value"]
        described = links_of(one)["self"].partition("/ogc")[2].partition("?")[0]
        assert get(ground, described).json()["id"] == one["id"]


@pytest.mark.abstract("core/pl-limit-response")
def test_a_limit_pages_through_the_list(ground: Ground):
    document = get(ground, "/processes", limit="3").json()
    found = [one["id"] for one in document["processes"]]
    assert len(found) == 3
    following = ground.client("anonymous").get(links_of(document)["next"]).json()
    assert found + [one["id"] for one in following["processes"]] == IDS
    assert "next" not in links_of(following)
    assert links_of(following)["prev"]
    for limit in ("0", "-1", "x", "1.5"):
        refused = get(ground, "/processes", limit=limit)
        assert (refused.status_code, refused.json()["parameter"]) == (400, "limit")


# --- core and ogc-process-description: one process


@pytest.mark.abstract(
    "core/process", "core/process-success", "ogc-process-description/json-encoding",
    "ogc-process-description/inputs-def", "ogc-process-description/input-def", "ogc-process-description/outputs-def",
    "ogc-process-description/output-def",
)  # fmt: skip
@pytest.mark.parametrize("process", IDS)
def test_a_process_is_described(ground: Ground, process: str):
    document = get(ground, f"/processes/{process}").json()
    assert document["id"] == process
    assert links_of(document)[f"{RELATIONS}execute"].endswith(f"/ogc/processes/{process}/execution")
    for described in (*document["inputs"].values(), *document["outputs"].values()):
        assert described["title"]
        jsonschema.Draft202012Validator.check_schema(described["schema"])
    required = {name for name, one in document["inputs"].items() if one["minOccurs"]}
    assert required <= set(INPUTS[process])


@pytest.mark.abstract("core/process-exception-no-such-process")
@pytest.mark.parametrize("path", ["/processes/bufer", "/processes/%20", "/processes/قطعة"])
def test_an_unknown_process_is_a_problem_of_its_type(ground: Ground, path: str):
    for answer in (get(ground, path), execute(ground, path.removeprefix("/processes/"), {"inputs": {}})):
        assert answer.status_code == 404
        assert answer.json()["type"] == f"{PROBLEMS}no-such-process"
        assert "«" in answer.json()["details"]["ar"]


# --- core: execution


@pytest.mark.abstract(
    "core/job-creation-op", "core/job-creation-request", "core/job-creation-default-execution-mode",
    "core/job-creation-default-outputs", "core/job-creation-success-sync-raw-value-one",
)  # fmt: skip
@pytest.mark.parametrize("process", IDS)
def test_it_is_answered_at_once_where_nothing_is_preferred(ground: Ground, process: str):
    """default-execution-mode, default-outputs and success-sync-raw-value-one."""
    answer = execute(ground, process, {"inputs": INPUTS[process]})
    assert answer.status_code == 200, answer.content
    output = get(ground, f"/processes/{process}").json()["outputs"]
    ((name, described),) = output.items()
    assert answer["Content-Type"] == described["schema"]["contentMediaType"] == "application/geo+json"
    jsonschema.validate(answer.json(), described["schema"])
    named = execute(ground, process, {"inputs": INPUTS[process], "outputs": {name: {"transmissionMode": "value"}}})
    assert named.json() == answer.json()


@pytest.mark.abstract("core/job-creation-success-sync-document")
@pytest.mark.parametrize("process", IDS)
def test_as_a_document_the_answer_stands_under_the_name_of_its_output(ground: Ground, process: str):
    raw = execute(ground, process, {"inputs": INPUTS[process], "response": "raw"}).json()
    answer = execute(ground, process, {"inputs": INPUTS[process], "response": "document"})
    assert answer["Content-Type"] == "application/json"
    (told,) = answer.json().values()
    assert told == {"mediaType": "application/geo+json", "value": raw}


@pytest.mark.abstract(
    "core/job-creation-inputs", "core/job-creation-input-inline", "core/job-creation-input-inline-object",
    "core/job-creation-input-inline-mixed",
)  # fmt: skip
def test_an_object_may_stand_for_itself_or_be_qualified(ground: Ground):
    """input-inline, input-inline-object and input-inline-mixed."""
    given: list[Any] = [POINT, {"value": POINT}, {"value": POINT, "mediaType": "application/geo+json"}]
    told = [execute(ground, "nearest", {"inputs": {"layer": "wells", "point": one}}).json() for one in given]
    assert told[0]["features"]
    assert told == [told[0]] * 3


@pytest.mark.abstract("core/job-creation-input-array")
def test_several_values_are_a_list(ground: Ground):
    """input-array and the cardinalities."""

    def asked(layers: Any) -> Any:
        return execute(ground, "what-is-here", {"inputs": {"place": {"value": AREA}, "layers": layers}})

    both = asked(["wells", "reports"]).json()["features"]
    assert {one["properties"]["collection"] for one in both} == {"wells", "reports"}
    assert [one["id"] for one in asked("wells").json()["features"]] == [
        one["id"] for one in asked(["wells"]).json()["features"]
    ]
    assert asked(["wells"] * 51).status_code == 400
    assert asked([]).status_code == 400


@pytest.mark.abstract("core/job-creation-input-inline-bbox", "ogc-process-description/input-mixed-type")
def test_a_box_may_be_given(ground: Ground):
    """input-inline-bbox."""
    box = {"bbox": [57.9, 23.3, 58.3, 23.7], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
    told = [execute(ground, "what-is-here", {"inputs": {"place": one}}).json() for one in (box, {"value": AREA})]
    assert told[0]["features"]
    assert told[0] == told[1]


@pytest.mark.abstract("core/job-creation-input-ref")
def test_a_value_may_lie_in_this_feed(ground: Ground):
    """input-ref: a link to items or one item of ours; nobody sends the server elsewhere."""
    row = ground.rows["parcels"][0]
    base = "http://127.0.0.1/ogc/collections"
    for href in (f"{base}/parcels/items/{row.pk}", f"{base}/parcels/items?limit=1"):
        inputs = {"layer": "parcels", "areas": {"href": href, "type": "application/geo+json"}}
        answer = execute(ground, "summary-by-area", {"inputs": inputs})
        assert answer.status_code == 200, answer.content
        assert answer.json()["features"][0]["properties"]["count"] >= 1
    for href in ("http://elsewhere.example/x", "file:///etc/passwd", f"{base}/../../x", "http://127.0.0.1/ogc/x/items"):
        answer = execute(ground, "summary-by-area", {"inputs": {"layer": "parcels", "areas": {"href": href}}})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "areas")


@pytest.mark.abstract("core/job-creation-input-validation")
@pytest.mark.parametrize(
    ("process", "inputs", "pointers"),
    [
        ("buffer", {}, ["#/inputs/geometry", "#/inputs/distance"]),
        ("buffer", {"geometry": POINT, "distance": "far"}, ["#/inputs/distance"]),
        ("buffer", {"geometry": POINT, "distance": 1e9}, ["#/inputs/distance"]),
        ("buffer", {"geometry": POINT, "distance": True}, ["#/inputs/distance"]),
        ("buffer", {"geometry": POINT, "distance": 5, "sytem": "x"}, ["#/inputs/sytem"]),
        ("buffer", {"geometry": POINT, "distance": 5, "system": "EPSG:4326"}, ["#/inputs/system"]),
        ("nearest", {"point": AREA, "layer": "wells"}, ["#/inputs/point"]),
        ("nearest", {"point": POINT, "layer": "base-wadi"}, ["#/inputs/layer"]),
        ("nearest", {"point": POINT, "layer": "wells", "count": 1.5}, ["#/inputs/count"]),
        ("what-is-here", {"place": {"type": "Point", "coordinates": ["x", None]}}, ["#/inputs/place"]),
        ("what-is-here", {"place": {"type": "Point", "coordinates": [400, 99]}}, ["#/inputs/place"]),
        ("what-is-here", {"place": {"bbox": [1, 2, 3]}}, ["#/inputs/place"]),
        ("what-is-here", [], ["#/inputs"]),
    ],
)
def test_inputs_are_checked_against_their_description(ground: Ground, process: str, inputs: Any, pointers: list[str]):
    """input-validation: every fault at once, in both languages, with its place."""
    answer = execute(ground, process, {"inputs": inputs})
    assert answer.status_code == 400, answer.content
    problem = answer.json()
    assert problem["code"] == "InvalidParameterValue"
    assert [one["pointer"] for one in problem["errors"]] == pointers
    assert problem["details"]["ar"] != problem["details"]["en"]


@pytest.mark.abstract("oas30/exceptions-codes")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400), ("[]", 400), ('{"inputs": {"a": NaN}}', 400), ("[" * 100_000, 400), ('{"inputs": 1e999}', 400),
        (json.dumps({"inputs": INPUTS["buffer"], "response": "both"}), 400),
        (json.dumps({"inputs": INPUTS["buffer"], "outputs": {"x": {}}}), 400),
        (json.dumps({"inputs": INPUTS["buffer"], "outputs": {"area": {"transmissionMode": "reference"}}}), 400),
        (json.dumps({"inputs": INPUTS["buffer"], "subscriber": {"successUri": "http://a.example"}}), 400),
        ('{"inputs": {"a": "' + "x" * 1_000_001 + '"}}', 413),
    ],
)  # fmt: skip
def test_bad_requests_are_refused_with_a_sentence(ground: Ground, body: str, status: int):
    answer = execute(ground, "buffer", body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["details"]["ar"]


def test_another_type_of_body_is_refused(ground: Ground):
    answer = ground.client("anonymous").post("/ogc/processes/buffer/execution", "x", content_type="text/plain")
    assert answer.status_code == 415
    assert ground.client("anonymous").get("/ogc/processes/buffer/execution").status_code == 405


# --- html


@pytest.mark.abstract("html/definition", "html/content")
@pytest.mark.parametrize("language", ["ar", "en"])
def test_there_are_pages_for_people(ground: Ground, language: str):
    for path in ("/processes", *(f"/processes/{one}" for one in IDS), "/jobs"):
        answer = get(ground, path, f="html", lang=language)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/html")
        assert f'lang="{language}"' in answer.content.decode()
