"""Snapshots and commits: a copy for each attempt, and of it what the attempt wrote."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.code import GIT, SNAPSHOT, Code
from jupyter_saturn_deploy.models.runs import Reason, RunState
from jupyter_saturn_deploy.sources.records import Records
from tests.backends.contract import eventually, key, opened, text, with_wish
from tests.backends.local.conftest import ThisMachine, frozen
from tests.backends.local.scenes import carried_out, contents, copy_of, of, outcome


def test_a_snapshot_runs_as_it_was_frozen_whatever_the_project_is_by_now(
    place: ThisMachine, project: Path
) -> None:
    code = frozen(place)
    (project / "run.py").write_text("print('changed')\n")
    (project / "data" / "in.csv").unlink()
    run = of(place, code, "python3 run.py; cat data/in.csv; ./go.sh")
    used, log = carried_out(place, run)
    assert log == "frozen\n1\ngone\n"
    assert used.source == SNAPSHOT and used.files is not None
    rows = Records(place.state_dir).get(used.files)
    assert rows is not None and [row[0] for row in rows] == ["data/in.csv", "go.sh", "run.py"]


def test_a_commit_runs_as_it_is_whatever_the_project_is_by_now(
    place: ThisMachine, project: Path, committed: str
) -> None:
    (project / "run.py").write_text("print('changed')\n")
    code = Code(GIT, reference="main", commit=committed)
    used, log = carried_out(place, of(place, code, "python3 run.py; ls -A"))
    assert log == "frozen\ndata\ngo.sh\nrun.py\n"
    assert (used.source, used.commit) == (GIT, committed)
    rows = Records(place.state_dir).get(used.files or "")
    assert rows is not None and [row[0] for row in rows] == ["data/in.csv", "go.sh", "run.py"]


def test_what_a_run_does_to_its_copy_is_not_seen_in_the_project(
    place: ThisMachine, project: Path, code: Code
) -> None:
    before = contents(project)
    carried_out(place, of(place, code, "rm -r data; echo > run.py; echo new > new.txt"))
    assert contents(project) == before


def test_of_a_copy_stays_what_the_run_wrote_and_nothing_else(
    place: ThisMachine, project: Path, code: Code
) -> None:
    command = (
        "echo new > new.txt; mkdir -p data/deep; echo deep > data/deep/file; echo more >> run.py"
    )
    run = of(place, code, command)
    carried_out(place, run)
    assert contents(copy_of(place, run)) == {
        "data/deep/file": "deep\n",
        "new.txt": "new\n",
        "run.py": "print('frozen')\nmore\n",
    }


def test_of_a_copy_in_which_nothing_was_written_nothing_stays(
    place: ThisMachine, project: Path, code: Code
) -> None:
    run = of(place, code, "cat run.py")
    carried_out(place, run)
    assert not copy_of(place, run).exists()


def test_a_crash_while_it_is_tidied_up_loses_nothing(place: ThisMachine, project: Path) -> None:
    """The first engine is gone before it wrote down the end; the second tidies up again."""

    async def scene() -> None:
        run = of(place, frozen(place), "echo new > new.txt")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
        async with opened(place, replace(run, state=RunState.RUNNING)) as (_, journal):
            assert (await journal.end(run)).state is RunState.COMPLETED
        assert contents(copy_of(place, run)) == {"new.txt": "new\n"}

    asyncio.run(scene())


def test_each_attempt_has_a_copy_of_its_own(place: ThisMachine, project: Path) -> None:
    async def scene() -> None:
        run = of(place, frozen(place), "cat mark; echo mark > mark; false", retries=1)
        async with opened(place) as (backend, journal):
            for number in (1, 2):
                attempt = replace(run, attempt=number)
                await backend.start(attempt)
                await journal.end(attempt)
                assert "No such file" in text(backend, attempt)

    asyncio.run(scene())


def test_an_adopted_run_still_says_what_it_runs_with(place: ThisMachine, project: Path) -> None:
    async def scene() -> None:
        run = of(place, frozen(place), "sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            used = (await journal.running(run)).used
            assert used is not None and used.source == SNAPSHOT
        async with opened(place, replace(run, state=RunState.RUNNING)) as (backend, journal):
            assert (await journal.running(run)).used == used
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_a_snapshot_that_is_gone_ends_the_run_with_words_and_no_retry(
    place: ThisMachine, project: Path
) -> None:
    run = of(place, Code(SNAPSHOT, snapshot="0" * 64), "echo ran", retries=3)
    (seen,), log = outcome(place, run)
    assert (seen.state, seen.reason) == (RunState.ERROR, Reason.SOURCE)
    assert seen.detail and "snapshot is gone" in seen.detail
    assert log == "" and not copy_of(place, run).exists()


def test_a_commit_that_is_gone_ends_the_run_with_words_and_no_retry(
    place: ThisMachine, project: Path, committed: str
) -> None:
    run = of(place, Code(GIT, reference="x", commit="1" * 40), "echo ran", retries=3)
    (seen,), log = outcome(place, run)
    assert (seen.state, seen.reason) == (RunState.ERROR, Reason.SOURCE)
    assert seen.detail and "not in this repository" in seen.detail
    assert log == "" and not copy_of(place, run).exists()


def test_a_damaged_snapshot_leaves_no_half_a_copy(place: ThisMachine, project: Path) -> None:
    code = frozen(place)
    archive = place.state_dir / "snapshots" / f"{code.snapshot}.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-40])
    run = of(place, code, "echo ran", retries=3)
    (seen,), _ = outcome(place, run)
    assert (seen.state, seen.reason) == (RunState.ERROR, Reason.SOURCE)
    assert not copy_of(place, run).exists()


def slow_to_unpack(place: ThisMachine) -> Code:
    for number in range(3000):
        (place.project / f"{number}.txt").write_text(str(number))
    return frozen(place)


def test_a_stop_while_it_is_unpacked_is_a_stop(place: ThisMachine, project: Path) -> None:
    async def scene() -> None:
        run = of(place, slow_to_unpack(place), "echo ran >> /dev/null; sleep 60", retries=1)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await eventually((copy_of(place, run) / "0.txt").exists)
            await backend.stop(with_wish(run))
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.STOPPED, "user")
            assert [each.state for each in journal.of(run)] == [RunState.STOPPED]
            assert not backend.log(*key(run)).exists()
            assert not copy_of(place, run).exists()

    asyncio.run(scene())


ENGINE = """
import asyncio, json, sys
from pathlib import Path
from tests.backends.local.conftest import ThisMachine, frozen, git
from tests.backends.local.scenes import of
from jupyter_saturn_deploy.models.code import Code
from dataclasses import replace

async def main(state_dir, project, run_id, digest):
    place = ThisMachine(Path(state_dir), Path(project))
    run = replace(of(place, Code("snapshot", snapshot=digest), "cat *.txt | wc -l"), id=run_id)
    backend = place.backend()
    await backend.open([])
    await backend.start(run)
    await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("stopped", [False, True], ids=["", "and the run is stopped then"])
def test_an_engine_killed_while_it_unpacks_leaves_nothing_half_done(
    place: ThisMachine, project: Path, stopped: bool
) -> None:
    code = slow_to_unpack(place)
    run = of(place, code, "ls *.txt | wc -l")
    arguments = [str(place.state_dir), str(project), run.id, str(code.snapshot)]
    engine = subprocess.Popen([sys.executable, "-c", ENGINE, *arguments])
    try:
        deadline = time.monotonic() + 20
        while not (copy_of(place, run) / "1000.txt").exists():
            assert time.monotonic() < deadline and engine.poll() is None
            time.sleep(0.001)
    finally:
        engine.send_signal(signal.SIGKILL)
        engine.wait()
    assert not (place.directory(run) / "running.json").exists()

    async def scene() -> None:
        wished = with_wish(run) if stopped else run
        async with opened(place, wished) as (backend, journal):
            end = await journal.end(run)
            assert end.state is (RunState.STOPPED if stopped else RunState.COMPLETED)
            assert stopped or text(backend, run) == "3000\n"
        assert not copy_of(place, run).exists()

    asyncio.run(scene())


def test_what_a_run_ran_with_is_for_its_owner_only(place: ThisMachine, project: Path) -> None:
    run = of(place, frozen(place), "true")
    carried_out(place, run)
    note = place.directory(run) / "used.json"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert json.loads(note.read_bytes())["source"] == SNAPSHOT


def test_copies_with_directories_that_cant_be_written_are_forgotten_too(
    place: ThisMachine, project: Path
) -> None:
    async def scene() -> None:
        run = of(place, frozen(place), "mkdir -p a/b; echo > a/b/c; chmod 0 a/b; chmod 500 a")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            assert copy_of(place, run).is_dir()
            await backend.forget([run.id])
            assert not place.directory(run).parent.exists()

    asyncio.run(scene())
