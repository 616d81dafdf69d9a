"""The import contracts of pyproject.toml hold, and each breaks when it is broken."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .sources import PACKAGES, ROOT, packaged, write

DOORS = {"models", "services", "events"}
# Every app stands on these as a whole: page shell, refusals, tenancy.
OPEN_TO_ALL = {"core"}
# Who may do what is asked by every storey above.
ALSO_A_DOOR = {("accounts", "permissions")}
COMPOSITION_ROOT = "config"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": "."}, capture_output=True, text=True)


def past_the_doors(root: Path) -> list[str]:
    """Imports of another app's inside: an app is entered by its models, services and events."""
    found = []
    for path in packaged(root, ".py"):
        parts = path.relative_to(root).parts
        if parts[0] != "apps" or len(parts) < 3 or parts[1] == COMPOSITION_ROOT:
            continue
        found += [f"{'/'.join(parts)}: {module}" for module in _imported(path) if _is_inside(module, own=parts[1])]
    return found


def _imported(path: Path) -> list[str]:
    modules = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules += [f"{node.module}.{alias.name}" for alias in node.names]
    return modules


def _is_inside(module: str, *, own: str) -> bool:
    parts = module.split(".")
    if parts[0] != "apps" or len(parts) < 3 or parts[1] in {own, *OPEN_TO_ALL}:
        return False
    return parts[2] not in DOORS and (parts[1], parts[2]) not in ALSO_A_DOOR


def services_that_see_requests(root: Path) -> list[str]:
    return [
        str(path.relative_to(root))
        for path in packaged(root, ".py")
        if "services" in path.relative_to(root).with_suffix("").parts
        and any(module.startswith(("django.http", "django.shortcuts")) for module in _imported(path))
    ]


def test_contracts_hold():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_apps_are_entered_by_their_doors():
    assert past_the_doors(ROOT) == []


def test_services_see_no_request():
    assert services_that_see_requests(ROOT) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("gis/seeded.py", "import apps.core.models"),
        ("ogc/seeded.py", "import apps.core.models"),
        ("apps/wells/seeded.py", "import apps.parking.models"),
        ("apps/territory/seeded.py", "import apps.accounts.models"),
        ("apps/wells/seeded.py", "import ogc.apps"),
        ("apps/unknown/__init__.py", ""),
        ("apps/wells/events.py", "import apps.wells.layers"),
    ],
)
def test_a_broken_contract_is_seen(tmp_path: Path, path: str, line: str):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.po", "dist", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    write(tmp_path, path, line)
    assert lint(tmp_path).returncode == 1


def test_the_rules_see_their_faults(tmp_path: Path):
    write(tmp_path, "apps/wells/services.py", "from apps.parcels import forms\nfrom django.http import HttpRequest\n")
    write(tmp_path, "apps/wells/views.py", "from apps.parcels.models import Parcel\nimport apps.wells.forms\n")
    assert past_the_doors(tmp_path) == ["apps/wells/services.py: apps.parcels.forms"]
    assert services_that_see_requests(tmp_path) == ["apps/wells/services.py"]
