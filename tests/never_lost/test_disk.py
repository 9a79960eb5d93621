"""A disk that is full, or read-only: said with the reason, survived, and gone on from."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.never_lost.server import Refused, Server

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs, which is Linux's"),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk needs the right to mount one: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def server(tmp_path: Path, disk: Path) -> Iterator[Server]:
    server = Server(tmp_path, disk / "state")
    server.start()
    yield server
    server.kill()


def fill(disk: Path) -> None:
    """To the last block, but for what the store keeps back."""
    with (disk / "filler").open("ab", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


def warnings(server: Server) -> str:
    return " ".join(server("GET", "status")["warnings"])


def test_a_full_disk_is_said_and_what_happened_meanwhile_is_not_lost(
    server: Server, disk: Path
) -> None:
    waiting = server.run(server.job("a", "until [ -e go ]; do sleep 0.05; done; exit 5"))
    server.until(waiting, "running")
    fill(disk)
    with pytest.raises(Refused) as refused:
        for number in range(5000):
            server.job(f"job-{number}", "true", description="x" * 9000)
    assert refused.value.status == 503
    assert "full" in str(refused.value)
    assert "full" in warnings(server)
    (server.project / "go").touch()
    time.sleep(0.5)
    (disk / "filler").unlink()
    ended = server.until(waiting, "error")
    assert (ended["exit_code"], len(ended["attempts"])) == (5, 1)
    again = server.until(server.run(server.job("b", "true")), "completed")
    assert again["exit_code"] == 0
    assert warnings(server) == ""


def test_on_a_full_disk_a_run_can_be_stopped(server: Server, disk: Path) -> None:
    run_id = server.run(server.job("a", "while :; do echo x; sleep 0.05; done"))
    server.until(run_id, "running")
    fill(disk)
    with pytest.raises(Refused):
        for number in range(5000):
            server.job(f"job-{number}", "true", description="x" * 9000)
    fill(disk)
    server("POST", f"runs/{run_id}/stop", {})
    assert server.until(run_id, "stopped")["reason"] == "user"


def test_a_run_that_fills_the_disk_with_its_log_fails_and_the_server_stays(
    server: Server, disk: Path
) -> None:
    run_id = server.run(server.job("a", "head -c 50000000 /dev/zero"))
    ended = server.until(run_id, "error")
    assert ended["reason"] == "exit"
    assert server.bytes("GET", f"runs/{run_id}/log")
    server("DELETE", f"runs/{run_id}")
    deadline = time.monotonic() + 20
    while (server.state_dir / "runs" / run_id).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run = server.until(server.run(server.job("b", "true")), "completed")
    assert run["exit_code"] == 0


def test_a_read_only_disk_is_said_and_gone_on_from(server: Server, disk: Path) -> None:
    job_id = server.job("a", "true")
    server.kill()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    server.start()
    with pytest.raises(Refused) as refused:
        server.run(job_id)
    assert refused.value.status == 503
    assert warnings(server)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    deadline = time.monotonic() + 20
    while warnings(server):
        assert time.monotonic() < deadline, warnings(server)
        time.sleep(0.1)
    assert server.until(server.run(job_id), "completed")["exit_code"] == 0
