"""Every measure of bin/bench still measures: a small run of each. Nothing is asserted about its speed."""

import os
import subprocess
import sys

from apps.config.environment import ROOT
from tests.bench.__main__ import MEASURES


def test_every_measure_prints_its_table(template_database: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--rows", "400", "--pairs", "1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    for name in MEASURES:
        assert f"## {name}, 400 rows" in done.stdout
    assert done.stdout.count("| **") >= 7
