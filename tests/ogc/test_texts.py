"""Text comes out exactly as it went in: as data in documents, as text in pages."""

import json
import re

import pytest
from django.utils.html import escape

from .ground import COLLECTIONS, NASTY, Ground

# The layers whose rows carry the nasty text in a name, and the field that shows it.
NAMED = {
    "governorates": "name_ar", "wilayats": "name_ar", "streets": "name_ar", "aflaj": "name_ar",
    "protection-zones": "name_ar", "parking-zones": "name_ar", "reports": "category_ar",
}  # fmt: skip


@pytest.mark.parametrize("layer", sorted(NAMED))
def test_documents_carry_the_text_exactly(ground: Ground, layer: str):
    client = ground.client("anonymous")
    listed = client.get(f"/ogc/collections/{layer}/items")
    for feature in json.loads(listed.content)["features"]:
        assert feature["properties"][NAMED[layer]] == NASTY
        alone = client.get(f"/ogc/collections/{layer}/items/{feature['id']}")
        assert json.loads(alone.content)["properties"][NAMED[layer]] == NASTY
    raw = listed.content.decode()
    assert "شارع" in raw  # two bytes a letter, not the six of an escape
    assert "&lt;script" not in raw
    assert listed["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("layer", sorted(NAMED))
def test_pages_show_it_as_text(ground: Ground, layer: str):
    client = ground.client("anonymous")
    row = ground.rows[layer][0]
    for path in (f"/ogc/collections/{layer}/items", f"/ogc/collections/{layer}/items/{row.pk}"):
        page = client.get(path, {"f": "html"}).content.decode()
        assert escape(NASTY) in page
        assert "<script>alert" not in page
        assert "{{ 7*7 }}" in page


@pytest.mark.parametrize(("language", "told"), [("ar", "3,018 مَعلمًا"), ("en", "3,018 features")])
def test_a_page_says_how_many_there_are(ground: Ground, monkeypatch: pytest.MonkeyPatch, language: str, told: str):
    monkeypatch.setattr("ogc.items.features.count", lambda *_asked: 3018)
    page = ground.client("anonymous").get(f"/ogc/collections/parcels/items?f=html&limit=1&lang={language}")
    assert told in page.content.decode()


def test_what_is_asked_is_echoed_as_text(ground: Ground):
    client = ground.client("anonymous")
    for query in ({"plot_no": NASTY}, {NASTY: "1"}, {"limit": NASTY}):
        for form in ("json", "html"):
            text = client.get("/ogc/collections/parcels/items", {**query, "f": form}).content.decode()
            if form == "html":
                assert "<script>alert" not in text
            else:
                json.loads(text)


def test_no_script_but_the_sites_own(ground: Ground):
    for layer in COLLECTIONS:
        page = ground.client("anonymous").get(f"/ogc/collections/{layer.id}/items", {"f": "html"})
        for source in re.findall(r"<script[^>]*>", page.content.decode()):
            assert re.search(r'src="/static/', source), source
        assert "script-src 'self'" in page["Content-Security-Policy"]
