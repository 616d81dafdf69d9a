"""The examples of the standard: every one is read, in both encodings, and is written again as the same tree."""

import json
import zipfile
from pathlib import Path

from gis.cql2 import read
from tests.gis.cql2.ogc import FOLDER


def examples(shared_data: Path, encoding: str) -> dict[str, str]:
    with zipfile.ZipFile(shared_data / FOLDER / "ogc_cql2_schema_and_examples.zip") as packed:
        names = [
            name for name in packed.namelist() if f"/examples/{encoding}/" in name and name.endswith((".txt", ".json"))
        ]
        return {Path(name).stem: packed.read(name).decode() for name in names}


def test_all_120_texts_are_read(shared_data: Path):
    texts = examples(shared_data, "text")
    assert len(texts) == 120
    for text in texts.values():
        assert read(text) is not None


def test_all_109_json_documents_are_read(shared_data: Path):
    documents = examples(shared_data, "json")
    assert len(documents) == 109
    for document in documents.values():
        assert read(document, "cql2-json") == read(json.dumps(read(document, "cql2-json")), "cql2-json")
