"""Whatever is killed, and whenever: the right state, nothing twice, nothing left over."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from jupyter_saturn_deploy.models.runs import Reason, RunState
from tests.backends.contract import ENDED, eventually, key, opened, text, with_wish
from tests.backends.local.conftest import ThisMachine


def launches(place: ThisMachine) -> int:
    """How often a command that appends to `launches` ran."""
    path = place.project / "launches"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_a_killed_supervisor_means_lost_and_its_leftovers_are_swept(place: ThisMachine) -> None:
    async def scene() -> None:
        first = place.run("trap '' TERM; setsid sleep 60 & sleep 61; sleep 62", retries=1)
        async with opened(place) as (backend, journal):
            await backend.start(first)
            await journal.running(first)
            await eventually(lambda: len(place.alive(first)) >= 5)
            killed = time.time()
            place.shim(first).kill()
            seen = await journal.end(first)
            assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.LOST)
            assert killed <= seen.at <= killed + 1
            assert not place.alive(first)
            last = replace(first, attempt=2)
            await backend.start(last)
            await journal.running(last)
            place.shim(last).kill()
            seen = await journal.end(last)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.LOST)
            assert not place.alive(last)

    asyncio.run(scene())


def test_a_run_that_lost_its_supervisor_while_it_was_being_stopped_is_stopped(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        run = place.run("trap '' TERM; while :; do sleep 1; done", retries=2)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await backend.stop(with_wish(run))
            await asyncio.sleep(0.1)
            place.shim(run).kill()
            assert (await journal.end(run)).state is RunState.STOPPED
            assert not place.alive(run)

    asyncio.run(scene())


def test_everything_killed_at_once_is_found_lost_on_the_next_start(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("echo alive; sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            began = await journal.running(run)
            await eventually(lambda: bool(text(backend, run)))
        for process in place.alive(run):
            process.kill()
        await asyncio.sleep(0.5)
        async with opened(place, replace(run, state=RunState.RUNNING)) as (backend, journal):
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.LOST)
            # When it was last seen alive, not when that was noticed.
            assert began.at <= seen.at < time.time() - 0.4
            assert text(backend, run) == "alive\n"

    asyncio.run(scene())


def test_a_killed_command_keeps_its_signal(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: any(p.name() == "sleep" for p in place.alive(run)))
            next(p for p in place.alive(run) if p.name() == "sleep").kill()
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.EXIT)
            assert (seen.exit_code, seen.signal) == (137, signal.SIGKILL)

    asyncio.run(scene())


def test_killed_shells_keep_their_signal_and_leave_nothing(place: ThisMachine) -> None:
    async def scene() -> None:
        async with opened(place) as (backend, journal):
            for depth in (0, 1):
                run = place.run("sleep 60 & sleep 61")
                await backend.start(run)
                await journal.running(run)
                await eventually(lambda run=run: len(place.alive(run)) >= 5)  # type: ignore[misc]
                shell = place.shim(run)
                for _ in range(depth + 1):
                    shell = shell.children()[0]
                shell.kill()
                seen = await journal.end(run)
                assert (seen.exit_code, seen.signal) == (137, signal.SIGKILL)
                assert not place.alive(run)

    asyncio.run(scene())


def _nothing(directory: Path) -> None:
    pass


def _directory(directory: Path) -> None:
    directory.mkdir(parents=True, mode=0o700)


def _lock(directory: Path) -> None:
    _directory(directory)
    (directory / "lock").touch()


def _parts(directory: Path) -> None:
    _lock(directory)
    for name in ("running.json.part", "exit.json.part", "log.hole"):
        (directory / name).write_bytes(bytes(100))


def _everything_prepared(directory: Path) -> None:
    _parts(directory)
    for name in ("log", "log.times", "cause"):
        (directory / name).touch()
    (directory / "spec.json").write_text('{"half":')


BEFORE_ANYTHING_BEGAN = [_nothing, _directory, _lock, _parts, _everything_prepared]


@pytest.mark.parametrize("left_by_the_crash", BEFORE_ANYTHING_BEGAN)
def test_a_crash_before_the_supervisor_began_is_made_up_for(
    place: ThisMachine, left_by_the_crash: Callable[[Path], None]
) -> None:
    async def scene() -> None:
        run = place.run("echo once | tee -a launches")
        left_by_the_crash(place.directory(run))
        async with opened(place, run) as (backend, journal):
            assert (await journal.end(run)).state is RunState.COMPLETED
            assert text(backend, run) == "once\n"
        assert launches(place) == 1

    asyncio.run(scene())


@pytest.mark.parametrize("left_by_the_crash", BEFORE_ANYTHING_BEGAN)
def test_a_crash_before_the_supervisor_began_and_a_stop_is_a_stop(
    place: ThisMachine, left_by_the_crash: Callable[[Path], None]
) -> None:
    async def scene() -> None:
        run = with_wish(place.run("echo once >> launches"))
        left_by_the_crash(place.directory(run))
        async with opened(place, run) as (_, journal):
            assert (await journal.end(run)).state is RunState.STOPPED
        assert launches(place) == 0

    asyncio.run(scene())


def test_a_crash_after_the_marker_counts_as_begun(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("echo once >> launches")
        _everything_prepared(place.directory(run))
        (place.directory(run) / "running.json").write_text(
            '{"pid": 1, "ticks": 1, "boot_id": "x", "child": null, "started_at": null}'
        )
        async with opened(place, run) as (_, journal):
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.LOST)
        assert launches(place) == 0

    asyncio.run(scene())


@contextmanager
def held(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_nobody_but_who_holds_the_lock_declares_an_attempt_lost(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("echo once >> launches")
        _everything_prepared(place.directory(run))
        with held(place.directory(run) / "lock"):
            async with opened(place, run) as (backend, journal):
                await backend.start(run)
                await asyncio.sleep(0.3)
                assert not journal.of(run)
        assert launches(place) == 0
        async with opened(place, run) as (_, journal):
            await journal.end(run)
        assert launches(place) == 1

    asyncio.run(scene())


def test_a_stop_that_finds_the_supervisor_before_its_first_line_still_stops(
    place: ThisMachine,
) -> None:
    """The server crashed right after the spawn; the next one has no pid yet."""

    async def scene() -> None:
        for seconds in (0.0, 0.01, 0.02, 0.03):
            run = place.run("sleep 60")
            async with opened(place) as (backend, _):
                await backend.start(run)
                await eventually(place.directory(run).exists)
                await asyncio.sleep(seconds)
            async with opened(place, with_wish(run)) as (backend, journal):
                await backend.stop(with_wish(run))
                assert (await journal.end(run)).state is RunState.STOPPED
                assert not place.alive(run)

    asyncio.run(scene())


def test_a_supervisor_killed_at_any_moment_runs_nothing_twice(place: ThisMachine) -> None:
    async def scene() -> None:
        async with opened(place) as (backend, journal):
            for milliseconds in range(0, 60, 6):
                run = place.run("echo $SATURN_RUN_ID >> launches; sleep 60")
                await backend.start(run)
                await eventually((place.directory(run) / "lock").exists)
                await asyncio.sleep(milliseconds / 1000)
                for process in place.alive(run):
                    with suppress(psutil.Error):  # it may end by itself meanwhile
                        if str(place.directory(run)) in process.cmdline():
                            process.kill()
                await eventually(lambda run=run: bool(journal.of(run)))  # type: ignore[misc]
                await backend.stop(with_wish(run))
                seen = await journal.end(run)
                assert seen.state in (RunState.STOPPED, RunState.ERROR)
                assert not place.alive(run)
        ran = (place.project / "launches").read_text().split()
        assert len(ran) == len(set(ran))

    asyncio.run(scene())


def test_an_exit_record_counts_though_its_writer_still_holds_the_lock(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("true")
        directory = place.directory(run)
        _everything_prepared(directory)
        (directory / "exit.json").write_text('{"at": 5.0, "exit_code": 3, "signal": null}')
        with held(directory / "lock"):
            async with opened(place, run) as (_, journal):
                seen = await journal.end(run)
                assert (seen.state, seen.exit_code, seen.at) == (RunState.ERROR, 3, 5.0)

    asyncio.run(scene())


def test_a_state_directory_that_cant_be_written_is_an_error_with_the_systems_words(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        missing, blocked, fine = (place.run("echo ran") for _ in range(3))
        async with opened(place) as (backend, journal):
            shutil.rmtree(place.state_dir)
            await backend.start(missing)
            seen = await journal.end(missing)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.NOT_STARTED)
            assert seen.detail and seen.detail.startswith("No such file or directory: /")
            place.state_dir.mkdir()
            (place.state_dir / "runs").write_text("in the way")
            await backend.start(blocked)
            seen = await journal.end(blocked)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.NOT_STARTED)
            (place.state_dir / "runs").unlink()
            await backend.start(fine)
            assert (await journal.end(fine)).state is RunState.COMPLETED

    asyncio.run(scene())


def test_a_shell_that_cant_be_started_is_an_error_with_the_systems_words(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        large = {f"V{number}": "x" * 60_000 for number in range(60)}
        run = place.run("echo ran", environment_variables={})
        spec = run.execution.spec.model_copy(update={"environment_variables": large})
        run = replace(run, execution=replace(run.execution, spec=spec))
        async with opened(place) as (backend, journal):
            await backend.start(run)
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.NOT_STARTED)
            assert seen.detail and seen.detail.startswith("Argument list too long")

    asyncio.run(scene())


def test_records_that_cant_be_read_for_a_while_are_no_reason_to_give_a_run_up(
    place: ThisMachine,
) -> None:
    async def scene() -> None:
        run = place.run("sleep 0.8; exit 8")
        runs, aside = place.state_dir / "runs", place.state_dir / "aside"
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            os.rename(runs, aside)
            runs.mkdir()  # as if another disk were mounted there
            await asyncio.sleep(0.4)
            assert list(runs.iterdir()) == []
            runs.rmdir()
            os.rename(aside, runs)
            seen = await journal.end(run)
            assert (seen.state, seen.exit_code) == (RunState.ERROR, 8)
            assert [s for s in journal.of(run) if s.state in ENDED] == [seen]
            assert key(run) == (seen.run_id, seen.attempt)

    asyncio.run(scene())
