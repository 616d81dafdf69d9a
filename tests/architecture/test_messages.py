"""Every text of the platform has its Arabic, finished and with the same placeholders."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from .sources import PACKAGES, ROOT, files, write

# With its header: without one xgettext names no encoding and drops every letter that is not ASCII.
EXTRACT = ["xgettext", "--from-code=UTF-8", "--output=-", "--no-wrap", "--add-comments=Translators"]
PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext:1,2", "ngettext_lazy:1,2")
IN_CONTEXT = ("pgettext:1c,2", "pgettext_lazy:1c,2", "npgettext:1c,2,3", "npgettext_lazy:1c,2,3")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
MARKERS = frozenset(word.partition(":")[0] for word in (*PLAIN, *IN_CONTEXT)) - {"_"}
SHORT = frozenset({"gettext", "gettext_lazy", "gettext_noop"})  # may be called _: they take a msgid alone
NO_WORDS = re.compile(r"^[^A-Za-z]*$")

Message = tuple[str | None, str]


def texts(root: Path) -> set[Message]:
    """Context and msgid of every marked text in Python and templates."""
    from django.utils.translation import templatize

    marked: set[Message] = set()
    for package in PACKAGES:
        python = [path for path in files(root / package, ".py") if path.parent.name != "migrations"]
        marked |= _extracted([str(path) for path in python], None)
        for path in files(root / package, ".html", ".txt"):
            if "templates" in path.parts:
                marked |= _extracted(["-"], templatize(path.read_text(), origin=str(path)))
    return marked


def _extracted(names: list[str], text: str | None) -> set[Message]:
    if not names:
        return set()
    command = [*EXTRACT, "--language=Python", *(f"--keyword={word}" for word in (*PLAIN, *IN_CONTEXT)), *names]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(result.stdout)} if result.stdout else set()


def catalogues(root: Path) -> Iterator[tuple[Path, polib.POFile]]:
    for package in PACKAGES:
        for path in files(root / package, ".po"):
            if "ar" in path.parts:
                yield path, polib.pofile(str(path))


def translated(root: Path) -> set[Message]:
    return {
        (entry.msgctxt, entry.msgid) for _, catalogue in catalogues(root) for entry in catalogue if _finished(entry)
    }


def _finished(entry: polib.POEntry) -> bool:
    forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
    return not entry.fuzzy and not entry.obsolete and all(form.strip() for form in forms)


def unfinished(root: Path) -> list[str]:
    """Entries that are empty or fuzzy, or that lose a placeholder."""
    found = []
    for path, catalogue in catalogues(root):
        for entry in catalogue:
            if not entry.obsolete and not _finished(entry):
                found.append(f"{path.relative_to(root)}: unfinished: {entry.msgid}")
            elif not entry.obsolete and not _same(entry):
                found.append(f"{path.relative_to(root)}: other placeholders: {entry.msgid}")
    return found


def _same(entry: polib.POEntry) -> bool:
    """A plural form may leave a number out that has a name ("well", "two wells"), a plain text may lose nothing.

    Without a name it would be one value too many for the text, and an error when it is said.
    """
    wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    if entry.msgid_plural:
        forms = [set(PLACEHOLDER.findall(form)) for form in entry.msgstr_plural.values()]
        return all(wanted & {"%d", "%s"} <= form <= wanted for form in forms)
    return set(PLACEHOLDER.findall(entry.msgstr)) == wanted


def differing(root: Path) -> list[str]:
    """Texts that two catalogues say differently: which of them people read would hang on the order of the apps."""
    found: dict[Message, set[tuple[str, ...]]] = {}
    for _path, catalogue in catalogues(root):
        for entry in catalogue:
            forms = (entry.msgstr, *entry.msgstr_plural.values())
            found.setdefault((entry.msgctxt, entry.msgid), set()).add(forms)
    return sorted(msgid for (_context, msgid), told in found.items() if len(told) > 1)


def untranslated(root: Path) -> list[str]:
    return sorted(msgid for context, msgid in texts(root) - translated(root) if not NO_WORDS.match(msgid))


def renamed(root: Path) -> list[str]:
    """Markers under names that the extraction does not know: their texts would never reach a translator."""
    found = []
    for package in PACKAGES:
        for path in files(root / package, ".py"):
            lines = sorted(_renamings(ast.parse(path.read_text())))
            found += [f"{path.relative_to(root)}:{line}: {marker} as {name}" for line, marker, name in lines]
    return found


def _renamings(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Imports `gettext as name` and assignments `name = gettext`."""
    for node in ast.walk(tree):
        pairs: list[tuple[str, str]] = []
        if isinstance(node, ast.ImportFrom):
            pairs = [(alias.name, alias.asname or alias.name) for alias in node.names]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Name | ast.Attribute):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            pairs = [(_last(node.value), _last(target)) for target in targets]
        for marker, name in pairs:
            if marker in MARKERS and name != marker and not (name == "_" and marker in SHORT):
                yield getattr(node, "lineno", 0), marker, name


def _last(node: ast.expr) -> str:
    """The name that stands last: `gettext` of `translation.gettext`."""
    return ast.unparse(node).rpartition(".")[2]


@pytest.fixture(scope="module", autouse=True)
def _gettext() -> None:
    assert shutil.which("xgettext"), "Install the package gettext."


def test_every_text_has_its_arabic():
    assert untranslated(ROOT) == []


def test_no_translation_is_unfinished():
    assert unfinished(ROOT) == []


def test_one_text_has_one_arabic():
    """Where two meanings are meant, a context (msgctxt) tells them apart."""
    assert differing(ROOT) == []


def test_two_arabics_for_one_text_are_seen(tmp_path: Path):
    for app, said in {"core": ("الوقت", "الجدول"), "wells": ("الزمن", "الجدول")}.items():
        po = polib.POFile()
        po.append(polib.POEntry(msgid="Time", msgstr=said[0]))
        po.append(polib.POEntry(msgid="Time", msgctxt=app, msgstr=said[0]))
        po.append(polib.POEntry(msgid="Table", msgstr=said[1]))
        folder = tmp_path / "apps" / app / "locale/ar/LC_MESSAGES"
        folder.mkdir(parents=True)
        po.save(str(folder / "django.po"))
    assert differing(tmp_path) == ["Time"]


def test_markers_keep_their_names():
    assert renamed(ROOT) == []


def test_a_renamed_marker_is_seen(tmp_path: Path):
    lines = (
        "from django.utils import translation",
        "from django.utils.translation import gettext as _, gettext_lazy, ngettext",
        "from django.utils.translation import gettext_lazy as lazily",
        "from django.utils.translation import pgettext as _",
        "say = translation.gettext",
        'lazily("Lost")',
    )
    write(tmp_path, "apps/core/views.py", "\n".join(lines))
    assert texts(tmp_path) == set()
    assert [line.partition(":")[2] for line in renamed(tmp_path)] == [
        "3: gettext_lazy as lazily",
        "4: pgettext as _",
        "5: gettext as say",
    ]


def test_the_rules_see_their_faults(tmp_path: Path):
    write(
        tmp_path,
        "apps/core/views.py",
        'from x import gettext as _\n_("Known")\n_("Lost")\n_("Lost…")\n_("Vague")\n_("%(n)s left")',
    )
    write(tmp_path, "apps/core/templates/core/x.html", '{% load i18n %}{% translate "In a page" %}{{ _("Quoted") }}')
    po = polib.POFile()
    po.append(polib.POEntry(msgid="Known", msgstr="معلوم"))
    po.append(polib.POEntry(msgid="Vague", msgstr="مبهم", flags=["fuzzy"]))
    po.append(polib.POEntry(msgid="%(n)s left", msgstr="بقي"))
    folder = tmp_path / "apps/core/locale/ar/LC_MESSAGES"
    folder.mkdir(parents=True)
    po.save(str(folder / "django.po"))
    assert untranslated(tmp_path) == ["In a page", "Lost", "Lost…", "Quoted", "Vague"]
    assert [line.split(": ", 1)[1] for line in unfinished(tmp_path)] == [
        "unfinished: Vague",
        "other placeholders: %(n)s left",
    ]
