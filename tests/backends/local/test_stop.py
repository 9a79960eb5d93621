"""Ending whole trees: those that hide, those that ignore, and what a finished command leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from jupyter_saturn_deploy.models.runs import Reason, RunState
from tests.backends.contract import eventually, opened, text, with_wish
from tests.backends.local.conftest import GRACE, ThisMachine

FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "61"], start_new_session=True)
subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP; sleep 62; sleep 62"])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("daemon", os.getpid(), flush=True)
        while True:
            time.sleep(63)
    os._exit(0)
os.wait()
print("ready", flush=True)
time.sleep(64)
"""
"""A child in a session of its own, one that ignores TERM, a double-forked daemon that does too."""


def zombies() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() == psutil.STATUS_ZOMBIE]


def test_a_tree_with_sessions_and_daemons_of_its_own_is_gone_after_the_grace(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        run = place.run('python3 -c "$FAMILY"', environment_variables={"FAMILY": FAMILY})
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: "ready" in text(backend, run))
            assert len(place.alive(run)) >= 6
            began = time.monotonic()
            await backend.stop(with_wish(run))
            seen = await journal.end(run)
            assert GRACE <= time.monotonic() - began < GRACE + 2
            assert seen.state is RunState.STOPPED
            assert not place.alive(run)
            assert not zombies()

    asyncio.run(scene())


def test_processes_that_multiply_meanwhile_are_gone_too(place: ThisMachine) -> None:
    async def scene() -> None:
        multiply = "trap '' TERM; n() { sleep 60 & sleep 0.02; (n) & wait; }; n"
        run = place.run(multiply)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await eventually(lambda: len(place.alive(run)) > 10)
            await backend.stop(with_wish(run))
            await journal.end(run)
            assert not place.alive(run)

    asyncio.run(scene())


def test_the_command_gets_one_term_and_no_more(place: ThisMachine) -> None:
    async def scene() -> None:
        program = (
            "import signal, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: print('TERM'))\n"
            "print('ready')\n"
            "until = time.monotonic() + 60\n"
            "while time.monotonic() < until: time.sleep(0.01)\n"
        )
        run = place.run('python3 -c "$P"', environment_variables={"P": program})
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: "ready" in text(backend, run))
            await backend.stop(with_wish(run))
            await journal.end(run)
            # KILL follows; a shell that outlives the program by a moment has a word on that.
            assert text(backend, run).startswith("ready\nTERM\n")
            assert text(backend, run).count("TERM") == 1

    asyncio.run(scene())


def test_what_a_finished_command_leaves_behind_is_ended_like_in_a_container(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        run = place.run("trap '' TERM; setsid sleep 60 & setsid sleep 61 & sleep 0.1; exit 0")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            seen = await journal.end(run)
            assert (seen.state, seen.exit_code) == (RunState.COMPLETED, 0)
            assert not place.alive(run)

    asyncio.run(scene())


def test_a_stopped_start_script_is_a_stop_and_no_failure(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("echo the command", start_script="echo begun; sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: "begun" in text(backend, run))
            await backend.stop(with_wish(run))
            assert (await journal.end(run)).state is RunState.STOPPED
            assert "the command\n" not in text(backend, run)

    asyncio.run(scene())


def test_a_run_that_somebody_else_terminates_is_lost_and_not_completed(place: ThisMachine) -> None:
    """As when the machine shuts down: every process gets TERM."""

    async def scene() -> None:
        run = place.run("sleep 60", retries=1)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            place.shim(run).terminate()
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.LOST)

    asyncio.run(scene())


def test_the_supervisor_survives_a_hangup_and_an_interrupt(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("sleep 0.4; exit 9")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            for number in (signal.SIGHUP, signal.SIGINT):
                place.shim(run).send_signal(number)
            assert (await journal.end(run)).exit_code == 9

    asyncio.run(scene())


def test_the_command_has_the_signals_of_a_fresh_process(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("python3 -c 'print(open(\"/proc/self/status\").read())'")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            status = dict(line.split(":\t", 1) for line in text(backend, run).splitlines() if line)
            ignored = {n for n in signal.valid_signals() if int(status["SigIgn"], 16) >> n - 1 & 1}
            assert ignored <= {signal.SIGPIPE, signal.SIGXFSZ}, "Python itself ignores these two"
            assert int(status["SigBlk"], 16) == 0

    asyncio.run(scene())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux chooses whom to kill")
def test_short_of_memory_the_kernel_takes_the_command_before_its_supervisor(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        run = place.run("cat /proc/self/oom_score_adj; sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: bool(text(backend, run)))
            shim = Path(f"/proc/{place.shim(run).pid}/oom_score_adj").read_text()
            assert int(text(backend, run)) == min(1000, int(shim) + 100)
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_no_zombies_stay_after_many_runs(place: ThisMachine) -> None:
    async def scene() -> None:
        async with opened(place) as (backend, journal):
            runs = [place.run("(sleep 0.05 &) ; true") for _ in range(6)]
            for run in runs:
                await backend.start(run)
            for run in runs:
                await journal.end(run)
            assert not zombies()
        assert not [name for name in os.listdir("/proc/self/fd") if _is_lock(name)]

    asyncio.run(scene())


def _is_lock(descriptor: str) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").endswith("/lock")
    except OSError:
        return False
