"""The Jupyter server, its runs, or everything at once is killed; the next start puts it right."""

from __future__ import annotations

import json
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_saturn_deploy.store.db import Store
from tests.never_lost.load import Load
from tests.never_lost.server import Server

pytestmark = pytest.mark.timeout(180)
RIGHT_WITHIN = 5.0
"""Seconds after the next start."""
COUNT = "trap 'echo goodbye; exit 1' TERM; n=0; while :; do echo $n; n=$((n+1)); sleep 0.05; done"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, tmp_path / "state")
    server.start()
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()
    load = Load(tmp_path, Store(tmp_path / "state" / "store.sqlite", logging.getLogger("test")))
    load.runs = {path.name: "" for path in (tmp_path / "state" / "runs").glob("*")}
    load.end()


def shim_of(server: Server, run_id: str) -> tuple[int, int]:
    """Pid of a run's supervisor and of what it supervises."""
    record = json.loads((server.state_dir / "runs" / run_id / "1" / "running.json").read_bytes())
    return record["pid"], record["child"]


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_a_run_counts_on_over_ten_deaths_of_the_server(server: Server) -> None:
    counting = server.run(server.job("counting", COUNT))
    failing = server.job("failing", "sleep 0.2; exit 7")
    server.until(counting, "running")
    for _ in range(10):
        short = server.run(failing)
        server.until(short, "running")
        server.kill()
        time.sleep(0.4)
        before = (server.state_dir / "runs" / counting / "1" / "log").stat().st_size
        server.start()
        assert server("GET", f"runs/{counting}")["state"] == "running"
        ended = server.until(short, "error", seconds=RIGHT_WITHIN)
        assert (ended["exit_code"], len(ended["attempts"])) == (7, 1)
        time.sleep(0.2)
        assert len(server.bytes("GET", f"runs/{counting}/log")) > before
    server("POST", f"runs/{counting}/stop", {})
    server.until(counting, "stopped")
    *lines, last_words = server.bytes("GET", f"runs/{counting}/log").splitlines()
    assert last_words == b"goodbye"
    # Whether the shell was just waiting for `sleep`, and says that it was ended, is chance.
    counted = [line for line in lines if b"Terminated" not in line]
    assert counted == [b"%d" % n for n in range(len(counted))]


def test_a_run_whose_supervisor_was_killed_is_lost_and_leaves_nothing(server: Server) -> None:
    run_id = server.run(server.job("a", "sleep 1000"))
    server.until(run_id, "running")
    shim, child = shim_of(server, run_id)
    os.kill(shim, signal.SIGKILL)
    lost = server.until(run_id, "error", seconds=RIGHT_WITHIN)
    assert lost["reason"] == "lost"
    assert is_gone(child)


def test_a_run_whose_command_was_killed_says_by_which_signal(server: Server) -> None:
    run_id = server.run(server.job("a", "kill -KILL $$"))
    ended = server.until(run_id, "error")
    assert (ended["signal"], ended["reason"]) == (9, "exit")
    assert ended["sentence"].startswith("killed by SIGKILL")


def test_after_the_death_of_everything_runs_are_lost_and_the_queue_goes_on(server: Server) -> None:
    job_id = server.job("a", "sleep 1000")
    running = [server.run(job_id) for _ in range(4)]
    queued = server.run(server.job("b", "true"))
    for run_id in running:
        server.until(run_id, "running")
    pids = [pid for run_id in running for pid in shim_of(server, run_id)]
    server.kill()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    server.start()
    began = time.monotonic()
    for run_id in running:
        assert server.until(run_id, "error")["reason"] == "lost"
    assert server.until(queued, "completed")["exit_code"] == 0
    assert time.monotonic() - began < RIGHT_WITHIN


def test_a_stop_asked_for_just_before_the_death_is_carried_out(server: Server) -> None:
    run_id = server.run(server.job("a", "trap '' TERM; while :; do sleep 1; done"))
    server.until(run_id, "running")
    server("POST", f"runs/{run_id}/stop", {})
    server.kill()
    server.start()
    assert server.until(run_id, "stopped", seconds=RIGHT_WITHIN)["reason"] == "user"


def test_shutting_down_waits_for_no_run_and_says_that_they_go_on(server: Server) -> None:
    job_id = server.job("a", COUNT)
    ids = [server.run(job_id) for _ in range(2)]
    for run_id in ids:
        server.until(run_id, "running")
    assert server.terminate() < 5
    assert "2 runs go on" in server.log.read_text()
    server.start()
    for run_id in ids:
        assert server("GET", f"runs/{run_id}")["state"] == "running"


def test_with_two_servers_on_one_state_everything_happens_once(
    server: Server, tmp_path: Path
) -> None:
    second = Server(tmp_path / "second", server.state_dir)
    second.start()
    try:
        engines = [each("GET", "status")["engine"] for each in (server, second)]
        assert [engine["pid"] for engine in engines] == [server.process.pid] * 2  # type: ignore[union-attr]
        assert [engine["here"] for engine in engines] == [True, False]
        job_id = server.job("a", "echo x >> book")
        ids = [each.run(job_id) for each in (server, second) * 5]
        for run_id in ids:
            second.until(run_id, "completed")
        assert (server.project / "book").read_text() == "x\n" * 10
        server.kill()
        late = second.run(job_id)
        second.until(late, "completed", seconds=15)
        assert second("GET", "status")["engine"]["here"] is True
    finally:
        second.kill()


def test_a_damaged_store_is_said_and_the_server_starts(server: Server) -> None:
    server.job("a", "true")
    server.kill()
    store = server.state_dir / "store.sqlite"
    for suffix in ("-wal", "-shm"):
        Path(f"{store}{suffix}").unlink(missing_ok=True)
    store.write_bytes(b"not a database" * 1000)
    server.start()
    assert "damaged" in server("GET", "status")["warnings"][0]
    run = server.until(server.run(server.job("a", "true")), "completed")
    assert run["exit_code"] == 0
