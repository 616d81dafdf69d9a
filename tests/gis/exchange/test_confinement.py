"""Where the readers run: what a process there cannot do, each beside a free one that can."""

import ast
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gis.exchange import confine
from gis.exchange.limits import LIMITS
from gis.exchange.source import ROOT, _environment
from tests.gis.exchange.files import plots, write


def gdal_drivers() -> dict[str, str]:
    """GDAL's drivers by our names, without loading GDAL here."""
    text = (ROOT / "gis/exchange/readers/gdal.py").read_text()
    named = next(node for node in ast.parse(text).body if isinstance(node, ast.Assign) and "DRIVERS" in ast.dump(node))
    found: dict[str, str] = ast.literal_eval(named.value)
    return found


class TestTheProcess:
    def probe(self, code: str, *, folder: Path | None = None) -> str:
        """Run code where the readers run: after the confinement, with one folder of its own."""
        preamble = (
            "import os\nfrom pathlib import Path\nfrom gis.exchange import confine\n"
            "confine.leave_network(); confine.die_with_parent(); confine.limit_files()\n"
            f"confine.see_only([], Path({str(folder or '/nowhere')!r}))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", preamble + code], cwd=ROOT, env=_environment(), capture_output=True, text=True
        )
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

    def test_it_is_closed_in_by_all_that_this_kernel_has(self) -> None:
        """Where one of these is missing the others are the guard; here nothing may be missing unnoticed."""
        assert confine.in_force() == {"landlock": True, "landlock_tcp": True, "seccomp": True}

    @pytest.mark.parametrize("name", list(gdal_drivers()))
    def test_it_knows_one_driver(self, name: str) -> None:
        code = f"from gis.exchange.readers import gdal\ngdal._only({name!r})\nprint(list(gdal.pyogrio.list_drivers()))"
        assert self.probe(code) == f"['{gdal_drivers()[name]}']"

    @pytest.mark.parametrize(
        "deed",
        [
            "open('/etc/passwd').read()",
            "open(f'/proc/{os.getppid()}/environ').read()",
            "open('README.md').read()",
            "os.listdir('/')",
            "os.listdir(os.path.expanduser('~'))",
            "open('/tmp/escaped', 'w')",
            "os.mkdir('/tmp/escaped')",
            "os.symlink('/etc/passwd', '/tmp/escaped')",
            "os.execv('/bin/true', ['true'])",
            "__import__('subprocess').run(['/bin/true'], check=True)",
            "__import__('socket').socket(2, 1)",
            "__import__('socket').socket(2, 2)",
            "__import__('socket').socket(1, 1)",
            "os.kill(os.getppid(), 0)",
            "__import__('resource').prlimit(os.getppid(), 7)",
        ],
    )
    def test_it_may_not(self, deed: str, tmp_path: Path) -> None:
        told = self.probe(
            f"try: {deed}\nexcept PermissionError: print('refused')\nelse: print('done')", folder=tmp_path
        )
        assert told == "refused"
        free = subprocess.run([sys.executable, "-c", f"import os; {deed}"], cwd=ROOT, capture_output=True, text=True)
        Path("/tmp/escaped").is_dir() and Path("/tmp/escaped").rmdir()
        Path("/tmp/escaped").unlink(missing_ok=True)
        assert free.returncode == 0, "the deed would fail anyhow, so it proves nothing"

    def test_it_may_signal_nobody_and_limit_itself_alone(self) -> None:
        """By the filter of calls alone, which is there also where Landlock knows no signals yet."""
        filtered = "from gis.exchange import seccomp\nconfine.die_with_parent(); seccomp.forbid()\n"
        deed = "try: os.kill(os.getpid(), 0)\nexcept PermissionError: print('refused')\n"
        own = "import resource; print(resource.prlimit(0, 7, resource.getrlimit(7)) == resource.getrlimit(7))"
        preamble = "import os\nfrom gis.exchange import confine\n" + filtered
        done = subprocess.run(
            [sys.executable, "-c", preamble + deed + own], cwd=ROOT, env=_environment(), capture_output=True, text=True
        )
        assert done.stdout.split() == ["refused", "True"]

    def test_it_may_write_in_its_folder(self, tmp_path: Path) -> None:
        assert self.probe(f"Path({str(tmp_path / 'x')!r}).write_text('x'); print('done')", folder=tmp_path) == "done"

    def test_it_has_no_secret(self) -> None:
        os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL", "postgis://x:secret@h/d")
        assert "DATABASE_URL" not in _environment()
        assert "SECRET" not in "".join(_environment())

    def test_it_cannot_call_out(self) -> None:
        """Not even to this machine; where the system gives no empty network there is still no driver that would."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.5)
            called = threading.Event()

            def listen() -> None:
                try:
                    server.accept()
                    called.set()
                except TimeoutError:
                    pass

            listener = threading.Thread(target=listen)
            listener.start()
            port = server.getsockname()[1]
            told = self.probe(
                "from gis.exchange.readers import gdal\nimport pyogrio\n"
                f"try: pyogrio.read_info('/vsicurl/http://127.0.0.1:{port}/x.gpkg')\n"
                "except Exception as error: print('refused')"
            )
            listener.join()
        assert told == "refused"
        assert not called.is_set()

    def test_it_cannot_write_a_large_file(self, tmp_path: Path) -> None:
        told = self.probe("import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[1])")
        assert told == str(LIMITS.unpacked)

    def test_it_ends_with_the_import(self, tmp_path: Path) -> None:
        """A reader whose import was killed does not go on."""
        path = write(tmp_path / "plots.csv", plots(20_000))
        code = (
            "import os, time; from pathlib import Path; from gis.exchange.source import Source\n"
            f"s = Source(Path({str(path)!r}), Path({str(tmp_path)!r})).__enter__()\n"
            "print(s.process.pid, flush=True); os.kill(os.getpid(), 9)"
        )
        environment = _environment() | {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test"}
        setup = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", setup + code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        reader = int(done.stdout.split()[-1])
        for _wait in range(100):
            if not _runs(reader):
                return
            time.sleep(0.1)
        pytest.fail("the reader still runs")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
