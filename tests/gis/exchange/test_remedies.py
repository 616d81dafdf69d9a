"""What a refusal tells people to do is there where they read it: an option in a command, a control on a page."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils import translation

import gis.exchange
import gis.rasters
from gis.exchange import reasons, refusals, report
from gis.exchange.words import Hint
from gis.findings import Finding, Reason
from gis.rasters import importing as rasters
from gis.refusals import Refusal
from gis.remedies import Remedied, in_command
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import plots, write

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "apps/config/templates/config/imports"
COMMANDS = (("gis", "import_layer"), ("gis", "import_raster"), ("apps.federation", "follow"))
NAMES = tuple(name for _app, name in COMMANDS)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
NAMED = {"en": re.compile(r"“([^”%]+)”"), "ar": re.compile(r"«([^»%]+)»")}


def _classes(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in base.__subclasses__():
        yield one
        yield from _classes(one)


def sentences() -> dict[str, object]:
    """Everything that the imports of layers and rasters say by code, and every refusal there is."""
    for package in (gis.exchange, gis.rasters):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".child"):
                import_module(module.name)
    tables = (refusals.SENTENCES, reasons.REASONS, rasters.REASONS, report.REMARKS, report.TOLD_BY)
    said = {f"{number} {code}": sentence for number, table in enumerate(tables) for code, sentence in table.items()}
    said |= {f"{one.__module__}.{one.__qualname__}": one.sentence for one in _classes()}
    return said | {"hint": Hint(("EPSG:1", "EPSG:2")), "no hint": Hint(())}


def remedied() -> dict[str, Remedied]:
    return {name: said for name, said in sentences().items() if isinstance(said, Remedied)}


SAID = "database disk image is malformed"
QUOTED = {"ar": f"التفاصيل: «\u2068{SAID}\u2069».", "en": f"Details: “\u2068{SAID}\u2069”."}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_a_library_says_stands_apart(language: str) -> None:
    """After the sentence, which is whole without it."""
    codes = [code for code in refusals.SENTENCES if code.startswith(("broken_", "corrupt"))]
    assert len(codes) == 5
    for code in codes:
        unread = refusals.UnreadableFile(code, why=SAID, after="{")
        with translation.override(language):
            told, alone = str(unread), str(refusals.UnreadableFile(code, why="", after="{"))
        assert told == f"{alone} {QUOTED[language]}"
        assert alone.endswith(".")
    number = ("ar", "en").index(language)
    for code in ("bad_geojson_geometry", "bad_kml_geometry", "bad_drawing"):
        assert reasons.reason(code, {"why": SAID, "kind": "ARC", "handle": "1F"})[number].endswith(QUOTED[language])
    with translation.override(language):
        assert str(Finding(Reason.UNREADABLE, {"told": SAID})).endswith(QUOTED[language])
        assert str(refusals.RuleOfTheTable(rule="r", told=SAID)).endswith(QUOTED[language])


@pytest.mark.parametrize("language", ["ar", "en"])
def test_large_numbers_stand_in_groups_of_three(language: str) -> None:
    said: list[object] = [
        refusals.UnreadableFile("too_many_entities", entities=1_234_567, most=1_000_000),
        refusals.TooLong(name="a", letters=1_234_567, most=1_000_000),
        refusals.SnapshotTooEarly(count=1_234_567, day="2026-01-31"),
        Finding(Reason.TOO_MANY_POINTS, {"points": 1_234_567, "most": 10_000}),
    ]
    with translation.override(language):
        assert all("1,234,567" in str(one) for one in said)
    lacking = reasons.reason("osm_incomplete", {"missing": 1_234_567, "parts": 2_000_000, "feature": "way 1234"})
    assert all("1,234,567" in text and "way 1234" in text for text in lacking)
    assert all("12345" in text for text in reasons.reason("duplicate", {"row": 12345, "fields": "x"}))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_page_names_no_option(language: str) -> None:
    with translation.override(language):
        assert {name: str(said) for name, said in sentences().items() if OPTION.search(str(said))} == {}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_command_names_options_that_it_has(language: str) -> None:
    commands = [load_command_class(app, name).create_parser("manage.py", name) for app, name in COMMANDS]
    options = {option for parser in commands for action in parser._actions for option in action.option_strings}
    with translation.override(language), in_command():
        named = {name: set(OPTION.findall(str(said))) for name, said in remedied().items()}
    assert {name: found for name, found in named.items() if not found or found - options} == {}


def test_a_page_has_what_a_remedy_names() -> None:
    text = "".join(path.read_text() for path in PAGES.glob("*.html"))
    for name, said in remedied().items():
        with translation.override("en"):
            labels = NAMED["en"].findall(str(said.page))
        for label in labels:
            assert f'"{label}"' in text or f"'{label}'" in text, (name, label)
        with translation.override("ar"):
            assert NAMED["ar"].findall(str(said.page)) == [translation.gettext(label) for label in labels], name


def test_no_other_text_names_an_option() -> None:
    with translation.override(None):
        remedies = {str(said.command) for said in remedied().values()}
    catalogues = [polib.pofile(str(path)) for path in ROOT.glob("*/**/locale/ar/LC_MESSAGES/django.po")]
    assert len(catalogues) > 5
    naming = {entry.msgid for catalogue in catalogues for entry in catalogue if OPTION.search(entry.msgid)}
    assert naming - remedies == set()


def test_what_is_kept_of_a_typed_import_is_for_the_page(desk: Desk) -> None:
    path = write(desk.folder / "plots.csv", plots(1))
    with pytest.raises(CommandError, match=r"--crs EPSG:n\u200e\.\n.*--crs EPSG:n\.$"):
        call_command("import_layer", "parcels", str(path), "--authority", desk.authority.code)
    run = desk.run()
    assert run.file_name == path.name
    assert run.message_en.endswith("Choose it under “Coordinate system”.")
    assert "--" not in run.message_ar + run.message_en
