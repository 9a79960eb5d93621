from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from jupyter_saturn_deploy.workspace.container import container_start

STAT = "1 (odd) name 7) S " + " ".join("0" * 18) + " 12345 0 0\n"
"""proc(5): the 22nd field."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "proc/1").mkdir(parents=True)
    (tmp_path / "run").mkdir()
    (tmp_path / "proc/stat").write_text("cpu 1 2 3\nintr 1 0\nbtime 1700000000\nprocesses 5\n")
    (tmp_path / "proc/1/stat").write_text(STAT)
    return tmp_path


def test_on_a_machine_of_ones_own_there_is_no_container(root: Path) -> None:
    (root / "proc/1/environ").write_bytes(b"HOME=/\0not_a_container=1\0")
    assert container_start({}, root) is None


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_a_mark_of_the_runtime_tells_of_a_container(root: Path, mark: str) -> None:
    (root / mark).touch()
    assert container_start({}, root, ticks=100) == 1700000001 + 123.45


def test_kubernetes_and_the_first_process_tell_of_a_container(root: Path) -> None:
    assert container_start({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, root, ticks=100)
    (root / "proc/1/environ").write_bytes(b"HOME=/\0container=podman\0")
    assert container_start({}, root, ticks=100)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("1/stat", ""),
        ("1/stat", "1 (x) S 0"),
        ("1/stat", "\0\xff"),
        ("stat", ""),
        ("stat", "btime x"),
    ],
)
def test_what_does_not_say_when_is_as_no_container(root: Path, file: str, content: str) -> None:
    (root / ".dockerenv").touch()
    (root / "proc" / file).write_text(content)
    assert container_start({}, root) is None


def test_the_first_process_of_this_machine_began_when_others_say_it_did() -> None:
    began = container_start({"KUBERNETES_SERVICE_HOST": "x"})
    assert began is not None
    assert abs(began - psutil.Process(1).create_time()) <= 2
    assert began < time.time()
