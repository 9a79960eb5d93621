"""What holds for root holds for a user without privileges: the same tests, as one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534
MODULES = ("test_live.py", "test_copies.py", "test_namespace.py", "test_ports.py")


@pytest.fixture
def for_nobody() -> Iterator[Path]:
    """A directory that is another user's."""
    path = Path(tempfile.mkdtemp(prefix="saturn-nobody-"))
    os.chown(path, NOBODY, NOBODY)
    yield path
    shutil.rmtree(path)


AS_NOBODY: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def interpreter_for_nobody() -> str:
    """One that another user may start and that this one's packages are for."""
    check = ["-c", f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]}"]
    for found in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if subprocess.run([found, *check], capture_output=True, **AS_NOBODY).returncode == 0:
                return found
    pytest.skip("no interpreter of this version that another user may start")


@pytest.mark.skipif(os.geteuid() != 0, reason="this user is without privileges already")
@pytest.mark.timeout(240)
def test_runs_get_their_files_without_privileges_too(for_nobody: Path) -> None:
    repository = Path(__file__).parents[3]
    done = subprocess.run(
        [
            *(interpreter_for_nobody(), "-c", "import sys, pytest; sys.exit(pytest.main())"),
            *(str(Path(__file__).with_name(name)) for name in MODULES),
            *("-rs", f"--basetemp={for_nobody}/tests"),
            # The fixtures of this directory; those above it need more than this is about.
            *("--noconftest", "-p", "tests.backends.local.conftest"),
            *("-p", "pytest_timeout", "-p", "no:cacheprovider"),
        ],
        cwd=repository,
        env={
            **os.environ,
            "HOME": str(for_nobody),
            "PYTHONPATH": os.pathsep.join(map(str, [repository, *filter(None, sys.path)])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        **AS_NOBODY,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout, done.stdout
