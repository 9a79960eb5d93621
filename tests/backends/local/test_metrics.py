"""What the supervisor sees of the tree below it, with and without a server."""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local.attempt import SHIM
from jupyter_saturn_deploy.backends.local.metrics import read_points, read_totals
from jupyter_saturn_deploy.models.code import Usage
from jupyter_saturn_deploy.models.runs import RunState
from tests.backends.contract import eventually, key, opened, text, with_wish
from tests.backends.local.conftest import ThisMachine

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are measured on Linux only")

MB = 1_000_000
BUSY = "import time\nwhile time.process_time() < %s: pass"


def usage_of(place: ThisMachine, command: str, **environment: str) -> Usage:
    async def scene() -> Usage:
        run = place.run(command, environment_variables=environment)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            seen = await journal.end(run)
            assert seen.state is RunState.COMPLETED
            assert seen.usage is not None
            return seen.usage

    return asyncio.run(scene())


def test_cpu_of_processes_that_are_gone_counts_once(place: ThisMachine) -> None:
    command = 'python3 -c "$P"; (python3 -c "$P"); setsid sh -c \'(python3 -c "$P"&) ; sleep 1.5\''
    usage = usage_of(place, command, P=BUSY % 0.4)
    assert usage.cpu_seconds is not None and 1.1 < usage.cpu_seconds < 2


def test_memory_of_processes_at_the_same_time_adds_up(place: ThisMachine) -> None:
    command = 'for i in 1 2 3; do python3 -c "$P" & done; wait'
    usage = usage_of(place, command, P="import time; x = b'x' * 40_000_000; time.sleep(1.6)")
    assert usage.memory_peak is not None and 120 * MB < usage.memory_peak < 220 * MB


def test_the_memory_of_a_short_run_is_known(place: ThisMachine) -> None:
    usage = usage_of(place, 'python3 -c "$P"', P="x = b'x' * 90_000_000")
    assert usage.memory_peak is not None and 90 * MB < usage.memory_peak < 150 * MB


@linux
def test_a_small_command_is_not_charged_for_its_supervisor(place: ThisMachine) -> None:
    usage = usage_of(place, "sleep 0.5")
    assert usage.memory_peak is not None and 0 < usage.memory_peak < 9 * MB


def test_disk_is_what_is_kept_of_all_the_runs_attempts(place: ThisMachine) -> None:
    fill = 'head -c 3000000 /dev/urandom > "$SATURN_OUTPUT_DIR/data"'

    async def scene() -> None:
        first = place.run(f"{fill}; exit 1", retries=1)
        second = replace(first, attempt=2)
        async with opened(place) as (backend, journal):
            for run, expected in ((first, 3 * MB), (second, 6 * MB)):
                await backend.start(run)
                usage = (await journal.end(run)).usage
                assert usage is not None and usage.disk is not None
                assert expected <= usage.disk < expected + MB

    asyncio.run(scene())


@linux
def test_it_is_measured_while_no_server_is_there(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run('python3 -c "$P"; sleep 60', environment_variables={"P": BUSY % 0.5})
        async with opened(place) as (backend, journal):
            await backend.start(run)
            began = await journal.running(run)
        await asyncio.sleep(2.5)
        at = time.time()
        async with opened(place, replace(run, state=RunState.RUNNING)) as (backend, journal):
            points = [point for point in await backend.metrics(*key(run)) if point.at < at]
            assert len(points) >= 3
            cores = zip([began.at, *(p.at for p in points)], points, strict=False)
            assert 0.4 < sum((point.at - before) * point.cores for before, point in cores) < 0.8
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


@linux
def test_a_lost_run_keeps_what_was_seen_of_it(place: ThisMachine) -> None:
    async def scene() -> None:
        program = BUSY % 0.1 + "\nx = b'x' * 50_000_000; print('done'); time.sleep(60)"
        run = place.run('python3 -c "$P"', environment_variables={"P": program})
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: text(backend, run) == "done\n")
            await asyncio.sleep(1.3)
            place.shim(run).kill()
            usage = (await journal.end(run)).usage
            assert usage is not None
            assert usage.cpu_seconds is not None and 0.1 <= usage.cpu_seconds < 1
            assert usage.memory_peak is not None and usage.memory_peak > 50 * MB

    asyncio.run(scene())


@linux
def test_looking_takes_little_and_less_and_less(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await asyncio.sleep(0.5)
            shim = place.shim(run)
            before = shim.cpu_times()
            await asyncio.sleep(3)
            after = shim.cpu_times()
            assert (after.user + after.system) - (before.user + before.system) <= 0.06
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_a_week_has_some_2000_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHIM.parent))
    meter = import_module("meter")
    seconds, points = 0.0, 0
    while seconds < 7 * 24 * 3600:
        seconds += meter.pause_after(seconds)
        points += 1
    assert 500 < points <= 2000


def records(path: Path, *rows: tuple[float, float, int]) -> Path:
    path.write_bytes(b"".join(struct.pack("<ddQ", *row) for row in rows))
    return path


def test_a_record_that_was_cut_short_or_a_clock_that_was_set_back_does_no_harm(
    tmp_path: Path,
) -> None:
    path = records(tmp_path / "metrics", (10, 0, 0), (12, 1, 5), (11, 1.5, 6), (13, 1.5, 7))
    with path.open("ab") as file:
        file.write(b"half of one")
    assert read_points(path) == [(12, 0.5, 5), (13, 0.0, 7)]
    assert read_totals(path) == (1.5, 7)


def test_where_nobody_looked_there_are_no_points(tmp_path: Path) -> None:
    assert read_points(tmp_path / "none") == []
    only_the_start = records(tmp_path / "metrics", (10, 0, 0))
    assert read_points(only_the_start) == [] and read_totals(only_the_start) is None
