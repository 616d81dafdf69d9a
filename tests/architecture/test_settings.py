"""Every setting of the environment is explained in .env.example, and nothing there is dead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .sources import ROOT, files, packaged, write

# Set by the machine, by Django or by our own commands for their children; not the operator's to set.
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "GDAL_DATA", "PROJ_DATA", "PROJ_LIB", "BALADIYA_TEST_URLS", "BALADIYA_RUN"}
NOT_SETTINGS |= {"PYTEST_XDIST_TESTRUNUID", "FAULTY_TEMPLATES", "FUZZED", "FUZZED_SEEN"}
SHELL = re.compile(r"\$\{([A-Z][A-Z_]+):-")
LISTED = re.compile(r"^#? ?([A-Z][A-Z_]+)=", re.MULTILINE)


def read_in_python(root: Path) -> set[str]:
    names: set[str] = set()
    for path in packaged(root, ".py"):
        names |= set(_names(ast.parse(path.read_text())))
    return names - NOT_SETTINGS


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        asked: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
            of = ast.unparse(node.func.value)
            if of in {"env", "environment.env"} or (of == "os.environ" and node.func.attr in {"get", "setdefault"}):
                asked = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            asked = node.slice
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            yield asked.value


def read_in_shell(root: Path) -> set[str]:
    return {name for path in files(root / "bin") for name in SHELL.findall(path.read_text())} - NOT_SETTINGS


def read_in_tests(root: Path) -> set[str]:
    """What the gate itself asks for."""
    return {
        name for path in files(root / "tests", ".py") for name in _names(ast.parse(path.read_text()))
    } - NOT_SETTINGS


def listed(root: Path) -> set[str]:
    return set(LISTED.findall((root / ".env.example").read_text()))


def test_every_setting_is_explained():
    assert sorted((read_in_python(ROOT) | read_in_shell(ROOT) | read_in_tests(ROOT)) - listed(ROOT)) == []


def test_nothing_explained_is_dead():
    assert sorted(listed(ROOT) - read_in_python(ROOT) - read_in_shell(ROOT) - read_in_tests(ROOT)) == []


def test_the_rule_sees_its_faults(tmp_path: Path):
    write(tmp_path, "apps/x.py", 'a = env.int("A_B", default=1)\nb = os.environ["C_D"]\nc = os.environ.get("E_F")\n')
    write(tmp_path, "bin/run", "echo ${G_H:-1}\n")
    write(tmp_path, ".env.example", "# A_B=1\nOLD_ONE=2\n")
    assert read_in_python(tmp_path) == {"A_B", "C_D", "E_F"}
    assert read_in_shell(tmp_path) == {"G_H"}
    assert listed(tmp_path) == {"A_B", "OLD_ONE"}
