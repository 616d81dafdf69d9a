"""Right-to-left stays right, nothing comes from other people's servers, no template is dead."""

import re
from pathlib import Path

from .sources import ROOT, packaged, write

SIDES = r"(left|right)"
PHYSICAL = re.compile(
    rf"(?:^|[;{{\s\"'])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-{SIDES}[\w-]*\s*:"
    rf"|border-(?:top|bottom)-{SIDES}-radius\s*:|(?:float|clear|text-align)\s*:\s*{SIDES}\b|{SIDES}\s*:\s*[^;]+;)"
)
STYLE = re.compile(r"""style=["']([^"']*)["']""")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ADDRESS = re.compile(
    r"""https?://(?!(?:www\.w3\.org/|127\.0\.0\.1|localhost|(?:\w+\.)?example(?:\.\w+)?/))[^\s"'`<>)]+"""
)
# Names of standards, not addresses that a page fetches.
NAMES = re.compile(r"^https?://(www\.opengis\.net|schemas\.opengis\.net|opengeospatial\.org|json-schema\.org)/")


def physical_directions(root: Path) -> list[str]:
    found = []
    for path in packaged(root, ".css"):
        found += _lines(root, path, COMMENT.sub(lambda part: "\n" * part[0].count("\n"), path.read_text()))
    for path in packaged(root, ".html"):
        found += _lines(root, path, "\n".join(f"{style};" for style in STYLE.findall(path.read_text())))
    return found


def _lines(root: Path, path: Path, text: str) -> list[str]:
    return [f"{path.relative_to(root)}: {line.strip()}" for line in text.splitlines() if PHYSICAL.search(line)]


def foreign_addresses(root: Path) -> list[str]:
    found = []
    for path in packaged(root, ".html", ".js", ".mjs", ".css"):
        found += [
            f"{path.relative_to(root)}: {url}" for url in ADDRESS.findall(path.read_text()) if not NAMES.match(url)
        ]
    return found


def templates(root: Path) -> dict[str, Path]:
    """Name as it is loaded -> file."""
    return {
        path.as_posix().split("/templates/", 1)[1]: path
        for path in packaged(root, ".html", ".txt", ".xml")
        if "/templates/" in path.as_posix()
    }


def unused_templates(root: Path, known_elsewhere: set[str]) -> list[str]:
    """Templates that no other file names, and that replace none of an installed package or of an error page."""
    texts = {path: path.read_text() for path in packaged(root, ".py", ".html", ".txt", ".xml")}
    unused = []
    for name, place in templates(root).items():
        named = any(_names(text, name) for path, text in texts.items() if path != place)
        if not named and name not in known_elsewhere:
            unused.append(name)
    return unused


def _names(text: str, template: str) -> bool:
    """Quoted, alone or as one of several behind commas ({% extends x|yesno:"a.html,b.html" %})."""
    return re.search(rf"""["',]{re.escape(template)}["',]""", text) is not None


def names_in_packages() -> set[str]:
    """Templates of installed packages, and the error pages that Django looks for by name."""
    from django.template.utils import get_app_template_dirs

    # By the name of their folder: the environment of packages stands inside the checkout.
    folders = [Path(folder) for folder in get_app_template_dirs("templates") if "site-packages" in Path(folder).parts]
    found = {str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.*")}
    return found | {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "robots.txt"}


def test_css_has_no_physical_direction():
    assert physical_directions(ROOT) == []


def test_nothing_from_other_servers():
    assert foreign_addresses(ROOT) == []


def test_every_template_is_used():
    assert unused_templates(ROOT, names_in_packages()) == []


def test_the_rules_see_their_faults(tmp_path: Path):
    faults = ("margin-left: 1px", "padding-right: 0", "float: left", "text-align: right", "left: 0", "border-right: 0")
    css = "".join(f".a{{{fault};}}\n" for fault in faults) + ".b{margin-inline-start:0;border-top-left-radius:2px;}\n"
    write(tmp_path, "apps/core/x.css", "/* left: 0; */\n" + css)
    write(tmp_path, "apps/core/templates/core/dead.html", '<p style="right: 3px">')
    write(
        tmp_path,
        "apps/core/templates/core/far.html",
        '<script src="https://cdn.net/x.js">{# "core/far.html" #}',
    )
    write(tmp_path, "apps/core/views.py", 'render("core/live.html")')
    write(tmp_path, "apps/core/templates/core/live.html", '<svg xmlns="http://www.w3.org/2000/svg">')
    assert len(physical_directions(tmp_path)) == len(faults) + 2
    assert foreign_addresses(tmp_path) == ["apps/core/templates/core/far.html: https://cdn.net/x.js"]
    assert unused_templates(tmp_path, set()) == ["core/dead.html", "core/far.html"]
