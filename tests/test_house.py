"""The house rules that tools keep, each tool for real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.timeout(300)


def assert_passes(*command: str, cwd: Path = ROOT) -> None:
    """Run a tool of this environment, and show what it said where it isn't content."""
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    tool = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert tool.returncode == 0, f"{' '.join(command)}\n{tool.stdout}"


def test_the_python_code_passes_ruff() -> None:
    assert_passes("ruff", "check")


def test_the_python_code_is_formatted() -> None:
    assert_passes("ruff", "format", "--check", "--diff")


def test_the_python_code_is_strictly_typed() -> None:
    assert_passes("mypy")


def test_rooms_import_only_from_floors_below() -> None:
    assert_passes("lint-imports")


def test_the_lab_plugin_passes_eslint_and_prettier() -> None:
    assert_passes("jlpm", "lint", cwd=ROOT / "labextension")


def test_the_lab_plugin_passes_its_own_tests() -> None:
    assert_passes("jlpm", "test", cwd=ROOT / "labextension")


def test_importing_the_package_brings_nothing_with_it() -> None:
    program = (
        "import sys; before = set(sys.modules); import jupyter_saturn_deploy;"
        "print(sorted(set(sys.modules) - before - {'jupyter_saturn_deploy', '__future__'}))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "[]", told
