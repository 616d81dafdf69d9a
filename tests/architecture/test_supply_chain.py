"""What we stand on (T27): not older than the known holes, free to be linked, pinned with hashes, without addresses."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from .sources import ROOT, write

FLOORS = {"django": "5.2.17", "pygeoapi": "0.23.5", "geopandas": "1.1.2", "pillow": "12.0"}
# GPL and AGPL may not be linked with a permissive platform; the lesser licence may, and a choice may be made.
COPYLEFT = re.compile(r"\b(A?GPL|(Affero )?General Public License)", re.IGNORECASE)
LESSER = re.compile(r"\bL(esser |ibrary )?G(PL|eneral Public License)", re.IGNORECASE)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")


def requirements(root: Path, name: str) -> Iterator[tuple[str, str, str]]:
    """Package, version and its whole entry, from one lock file."""
    text = (root / "requirements" / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if found := PINNED.match(line):
            yield found[1].lower(), found[2], line


def lock_offences(root: Path) -> list[str]:
    found = []
    for path in sorted((root / "requirements").glob("*.txt")):
        if "://" in path.read_text():
            found.append(f"{path.name}: carries an address")
        found += [
            f"{path.name}: {name} has no hash"
            for name, _, entry in requirements(root, path.name)
            if "--hash=sha256:" not in entry
        ]
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    for place, package in packages.items():
        if "resolved" in package:
            found.append(f"package-lock.json: {place} carries an address")
        if place and "integrity" not in package:
            found.append(f"package-lock.json: {place} has no hash")
    return found


def below_the_floors(root: Path) -> list[str]:
    pinned = {name: number for name, number, _ in requirements(root, "base.txt")}
    return [
        f"{name} {pinned.get(name)} < {floor}"
        for name, floor in FLOORS.items()
        if name in pinned and Version(pinned[name]) < Version(floor)
    ]


def licence(name: str) -> str:
    about = metadata(name)
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return (
        " / ".join(filter(None, [about.get("License-Expression"), *classifiers])) or (about.get("License") or "")[:200]
    )


def forbidden(text: str) -> bool:
    """Whether the licence allows nothing but strong copyleft."""
    choices = re.split(r"\bOR\b| / |;", text)
    strong = [bool(COPYLEFT.search(LESSER.sub("", choice))) for choice in choices if choice.strip()]
    return bool(strong) and all(strong)


def test_locks_have_hashes_and_no_addresses():
    assert lock_offences(ROOT) == []


def test_versions_are_not_older_than_the_known_holes():
    assert below_the_floors(ROOT) == []


def test_installed_is_what_the_lock_says():
    wrong = []
    for name, pinned, entry in requirements(ROOT, "base.txt"):
        marker = Requirement(entry.split("--hash")[0].strip()).marker
        if marker is None or marker.evaluate():
            try:
                wrong += [] if version(name) == pinned else [f"{name}: {version(name)} instead of {pinned}"]
            except PackageNotFoundError:
                wrong.append(f"{name}: not installed")
    assert wrong == []


def test_no_strong_copyleft_is_linked():
    found = {}
    for name, _, entry in requirements(ROOT, "base.txt"):
        marker = Requirement(entry.split("--hash")[0].strip()).marker
        if (marker is None or marker.evaluate()) and forbidden(licence(name)):
            found[name] = licence(name)
    assert found == {}


def test_the_rules_see_their_faults(tmp_path: Path):
    write(
        tmp_path,
        "requirements/base.txt",
        "--index-url https://x\ndjango==5.2.1 \\\n    --hash=sha256:00\npygeoapi==0.24.0\n",
    )
    lock = {"packages": {"": {}, "a": {"resolved": "https://x", "integrity": "i"}, "b": {}}}
    write(tmp_path, "package-lock.json", json.dumps(lock))
    assert lock_offences(tmp_path) == [
        "base.txt: carries an address",
        "base.txt: pygeoapi has no hash",
        "package-lock.json: a carries an address",
        "package-lock.json: b has no hash",
    ]
    assert below_the_floors(tmp_path) == ["django 5.2.1 < 5.2.17"]
    strong = ("GPL-3.0-only", "License :: OSI Approved :: GNU Affero General Public License v3", "AGPL-3.0-or-later")
    free = ("MIT", "LGPL-3.0-only", "GNU Lesser General Public License v3 (LGPLv3)", "GPL-2.0-or-later OR MIT", "BSD")
    assert [forbidden(text) for text in strong] == [True] * 3
    assert [forbidden(text) for text in free] == [False] * 5
