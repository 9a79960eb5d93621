from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources.prune import Left, prune
from jupyter_saturn_deploy.sources.rows import Row
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from tests.sources.trees import plant


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.fixture
def rows(tmp_path: Path, copy: Path) -> list[Row]:
    project = plant(tmp_path / "project", {"a.py": "1", "data/x/in": "22", "data/big": "333"})
    (project / "empty").mkdir()
    (project / "link").symlink_to("a.py")
    snapshots = Snapshots(tmp_path / "state")
    digest = snapshots.pack(project, lambda files, size: None, lambda: False).digest
    return snapshots.unpack(digest, copy)


@pytest.fixture
def now(rows: list[Row]) -> int:
    return time.time_ns()


def left(copy: Path) -> set[str]:
    return {str(path.relative_to(copy)) for path in copy.rglob("*")}


def test_of_an_idle_run_nothing_is_left(copy: Path, rows: list[Row], now: int) -> None:
    assert prune(copy, rows, now) == Left(0, 0)
    assert left(copy) == set()


def test_what_a_run_wrote_stays(copy: Path, rows: list[Row], now: int) -> None:
    plant(copy, {"out/model": "m", "data/x/new": "n", "a.py": "changed"})
    (copy / "data/big").chmod(0o755)
    (copy / "link").unlink()
    (copy / "link").symlink_to("data")
    found = prune(copy, rows, now)
    assert left(copy) - {"out", "data", "data/x"} == {
        *("out/model", "data/x/new", "a.py", "data/big", "link")
    }
    assert found.files == 5 and found.bytes >= 4 * 512


def test_a_rewritten_file_of_the_same_size_stays(copy: Path, rows: list[Row], now: int) -> None:
    (copy / "a.py").write_text("2")
    prune(copy, rows, now)
    assert left(copy) == {"a.py"}


@pytest.mark.parametrize("how", ["written", "replaced"])
def test_a_rewritten_file_of_the_same_size_and_with_its_old_time_stays(
    copy: Path, rows: list[Row], now: int, how: str
) -> None:
    before = (copy / "a.py").stat()
    time.sleep(0.01)  # longer than the grain of a file's times
    if how == "written":
        (copy / "a.py").write_text("2")
        os.utime(copy / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    else:
        (copy / "new").write_text("2")
        shutil.copystat(copy / "a.py", copy / "new")
        (copy / "new").rename(copy / "a.py")
    assert (copy / "a.py").stat().st_mtime_ns == before.st_mtime_ns
    prune(copy, rows, now)
    assert (copy / "a.py").read_text() == "2"
    assert left(copy) == {"a.py"}


def test_no_link_leads_out(copy: Path, rows: list[Row], now: int, tmp_path: Path) -> None:
    (copy / "data").rename(tmp_path / "outside")
    (copy / "data").symlink_to(tmp_path / "outside")
    assert prune(copy, rows, now).files == 1
    assert left(tmp_path / "outside") == {"x", "x/in", "big"}


def test_it_can_be_done_again(copy: Path, rows: list[Row], now: int) -> None:
    plant(copy, {"out": "x"})
    assert prune(copy, rows, now) == prune(copy, rows, now)


def test_holes_take_nothing(copy: Path, rows: list[Row], now: int) -> None:
    plant(copy, {"sparse": ""})
    os.truncate(copy / "sparse", 10**9)
    assert prune(copy, rows, now).bytes < 10**6
