"""A second bin/run: what runs goes on, unless what it has read is another by now."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

# The processes are played: what matters is when they would be started.
RUN = """
. bin/environment.sh; . bin/lib.sh; . bin/processes.sh
PORT=1 BALADIYA_DEMO=0 DJANGO_DEBUG=0
alive() { :; }; healthy() { :; }; port_taken() { false; }; step() { :; }; stop_processes() { :; }
background() { echo "$1"; }
mkdir -p "$STAMPS"; touch "$STAMPS/packages" "$STAMPS/bundle" "$STAMPS/static" "$LOCAL/env"
start_processes
"""


@pytest.mark.parametrize(
    "path", ["apps/pages/templates/page.html", "gis/locale/ar/LC_MESSAGES/django.po", "data/reference/words.csv"]
)
def test_the_server_is_started_anew_when_its_pages_are_others(tmp_path: Path, path: str):
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    for folder in ("gis", "ogc", "apps", Path(path).parent):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("old")

    def run() -> list[str]:
        return subprocess.run(["bash", "-ec", RUN], cwd=tmp_path, capture_output=True, text=True).stdout.split()

    assert run() == ["server", "worker"]
    assert run() == []
    (tmp_path / path).write_text("new")
    assert run() == ["server", "worker"]
