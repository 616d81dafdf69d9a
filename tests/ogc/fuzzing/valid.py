"""What the API document cannot say of a valid request, for schemathesis: which fields a collection has, which
parameters go together, which features there are. Its command line reads it; FUZZED names the file that says what the
ground holds.

Only requests that are meant to be valid are touched; those that are meant to be refused stay as they were made.
"""

import atexit
import json
import os
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

TOLD: dict[str, Any] = json.loads(Path(os.environ["FUZZED"]).read_text())
KNOWN, MOMENT = TOLD["collections"], TOLD["moment"]
MAXIMUM = 10_000
FORM = "application/x-www-form-urlencoded"  # as gis.parameters, which schemathesis does not import
FILTERS = ("application/query-cql-json", "application/query-cql2-json", "application/cql2+json")
SEEN: dict[str, set[int]] = {}
# A parameter that says how another is to be read is refused without it.
BESIDE = {"bbox-crs": "bbox", "filter-lang": "filter", "filter-crs": "filter"}

schemathesis.openapi.format("interval", st.sampled_from(["2026-01-31", "2026-01-01T00:00:00Z/..", "../2026-01-31"]))
schemathesis.openapi.format("change-token", st.just("beginning"))
schemathesis.openapi.format("field", st.just("id"))
schemathesis.openapi.format("record", st.just("streets"))
schemathesis.openapi.format("cql2", st.just("id IS NULL"))
schemathesis.openapi.format("cursor", st.just(""))
schemathesis.openapi.format("entity-tags", st.sampled_from(["*", '"1.2-3"', '"a", W/"b"']))
schemathesis.openapi.format("http-date", st.just("Mon, 23 Nov 2026 10:00:00 GMT"))
schemathesis.openapi.format("preference", st.sampled_from(["return=minimal", "return=representation"]))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        _no_refusal(case.query or {})
        if "/catalogue" in str(kwargs.get("base_url") or case.operation.schema.get_base_url()):
            _no_empty(case.query or {})
        return
    known = KNOWN.get((case.path_parameters or {}).get("collectionId"))
    if case.query:
        _tidy(case.query, known)
    if known and "featureId" in case.path_parameters:
        case.path_parameters["featureId"] = known["id"]
    if known and case.method == "GET" and "tileMatrix" in case.path_parameters:
        case.path_parameters |= known["tiles"][case.path_parameters["tileMatrixSetId"]]
    if "jobId" in (case.path_parameters or {}):
        case.path_parameters["jobId"] = TOLD["jobs"][case.method]
    if "processId" in (case.path_parameters or {}) and isinstance(case.body, dict):
        case.body = {"inputs": TOLD["processes"][case.path_parameters["processId"]]}
    if known and case.method == "POST" and case.media_type in (FORM, *FILTERS):
        _ask(case, known)
    elif known and case.method in ("POST", "PUT", "PATCH") and isinstance(case.body, dict):
        case.body = {"properties": {}} if case.method == "PATCH" else known["new"]
    if known and case.method in ("PUT", "PATCH"):
        case.headers["If-Match"] = "*"


def _ask(case: Any, known: Any) -> None:
    """A question: of a form all stands in it, of a filter the rest in the address."""
    if case.media_type == FORM:
        case.query, case.body = {}, {"filter": f"{known['fields'][0]} IS NULL", "limit": "3"}
        return
    case.body = {"op": "isNull", "args": [{"property": known["fields"][0]}]}
    case.query.pop("reason", None)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    SEEN.setdefault(case.operation.label, set()).add(response.status_code)


def _no_refusal(query: dict[str, Any]) -> None:
    """A limit above the maximum is answered with the maximum (Features part 1, 7.15.2): one below the minimum then."""
    limit = str(query.get("limit", ""))
    if limit.isdecimal() and int(limit) > MAXIMUM:
        query["limit"] = 0


def _no_empty(query: dict[str, Any]) -> None:
    """An empty parameter of the catalogue is left out of account (Records part 1): nothing that could be refused."""
    for name in [name for name, value in query.items() if value in ("", [], [""])]:
        query[name] = "\x00" if name == "q" else ","


def _tidy(query: dict[str, Any], known: Any) -> None:
    for name, other in BESIDE.items():
        if other not in query:
            query.pop(name, None)
    if "wait" in query:
        query["wait"] = 1
    if "bbox" in query:
        query["bbox"] = "2,3,40.5,50" if "bbox-crs" in query else "58,23.1,59,24"
    if "filter" in query and known:
        named = {"property": known["fields"][0]}
        in_text = query.get("filter-lang", "cql2-text") == "cql2-text"
        query["filter"] = f"{named['property']} IS NULL" if in_text else json.dumps({"op": "isNull", "args": [named]})
    if "as-of" in query:  # what was recorded then, in which neither words nor other days are looked for
        query["as-of"] = MOMENT
        query.pop("datetime", None)
    if "as-of" in query or "datetime" in query or not (known and known["words"]):
        query.pop("q", None)
    if "q" in query:
        query["q"] = "مسقط"
    if query.get("f", "json") not in ("json", "html"):  # files hold geometries and no number, and of the present only
        for name in ("as-of", "skipGeometry", "resulttype"):
            query.pop(name, None)
    query.pop("after", None)  # a cursor holds for the question that it came with
    for name in ("sortby", "properties"):
        if name in query and known:
            query[name] = known["fields"][:1]


@atexit.register
def _tell() -> None:
    Path(os.environ["FUZZED_SEEN"]).write_text(json.dumps({name: sorted(seen) for name, seen in SEEN.items()}))
