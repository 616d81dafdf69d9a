"""pygeoapi still has what we replace and still uses it: a new version cannot undo a repair in silence."""

import inspect

import pytest
from pygeoapi import api, l10n
from pygeoapi.api import collection, itemtypes

from ogc import documents, phrases, seams

# Where pygeoapi itself calls each replaced name.
USED_IN = {
    ("pygeoapi.api", "to_json"): api.conformance,
    ("pygeoapi.api", "render_j2_template"): api.conformance,
    ("pygeoapi.l10n", "translate_gettext"): l10n.translate,
}


def test_every_seam_is_listed_here():
    assert {(module.__name__, name) for module, name, _ours in seams.REPLACED} == set(USED_IN)


@pytest.mark.parametrize(("module", "name"), sorted(USED_IN))
def test_pygeoapi_calls_what_we_replace(module: str, name: str):
    assert f"{name}(" in inspect.getsource(USED_IN[module, name])


def test_the_fault_that_we_repair_is_still_theirs():
    """When pygeoapi no longer spoils text, the seam can go."""
    from pygeoapi.util import to_json

    assert to_json({"a": "<b>"}) == '{"a":"&lt;b&gt;"}'
    assert documents.dumps({"a": "<b> ب"}) == '{"a":"<b> ب"}'


def test_a_name_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seams, "REPLACED", ((api, "no_such_name", None),))
    with pytest.raises(AttributeError, match="no_such_name"):
        seams.replace()


def test_its_words_have_their_arabic():
    """Every title of a link that reaches people is in our list of phrases."""
    source = "".join(inspect.getsource(module) for module in (api, itemtypes, collection))
    for phrase in phrases.LINKS:
        assert f"'{phrase}'" in source, phrase
