"""A job of the feed in the real worker: asked over HTTP, carried out by the queue, answered over HTTP."""

import json
import time
from pathlib import Path

from django.test import Client

from tests.workers import working

PATIENCE_S = 120


def test_a_job_goes_through_the_queue(committed_db: str, tmp_path: Path) -> None:
    client = Client(headers={"host": "127.0.0.1"})
    asked = {"inputs": {"geometry": {"type": "Point", "coordinates": [58.1, 23.5]}, "distance": 100}}
    told = client.post(
        "/ogc/processes/buffer/execution",
        json.dumps(asked),
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )
    assert told.status_code == 201
    with working(committed_db, tmp_path / "worker.log"):
        ends = time.monotonic() + PATIENCE_S
        while (found := client.get(told["Location"]).json())["status"] in ("accepted", "running"):
            assert time.monotonic() < ends
            time.sleep(0.2)
    assert (found["status"], found["progress"]) == ("successful", 100)
    at_once = client.post("/ogc/processes/buffer/execution", json.dumps(asked), content_type="application/json")
    assert client.get(f"{told['Location']}/results").json() == at_once.json()
