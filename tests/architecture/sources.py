"""The files of a checkout, without what it makes for itself."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".local", "node_modules", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
MADE |= {".import_linter_cache", ".hypothesis", ".venv"}
PACKAGES = ("gis", "ogc", "apps")


def files(root: Path, *endings: str) -> Iterator[Path]:
    """Files below `root` whose names end in one of `endings` (all, when none is named), in order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - MADE)
        for name in sorted(names):
            if not endings or name.endswith(endings):
                yield Path(folder, name)


def packaged(root: Path, *endings: str) -> Iterator[Path]:
    """The same, in our packages only: without tests, tools and documents."""
    for package in PACKAGES:
        yield from files(root / package, *endings)


def write(root: Path, path: str, text: str) -> None:
    """A file of a seeded fault."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
