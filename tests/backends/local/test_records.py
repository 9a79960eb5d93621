"""What a run leaves on the disk: whose it is, what is in it, and when the disk is full."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local.attempt import AttemptDirectory, Found, Spec
from jupyter_saturn_deploy.models.code import GIT, Code
from jupyter_saturn_deploy.models.runs import Reason, RunState
from tests.backends.contract import eventually, key, opened, text, with_wish
from tests.backends.local.conftest import TOKEN, ThisMachine, frozen, git
from tests.backends.local.scenes import of, outcome


def spec(command: str, **changes: object) -> Spec:
    environment = {"PATH": os.environ["PATH"]}
    plain = Spec(command, Path("/"), "", False, environment, None, 0.5)
    return replace(plain, **changes)  # type: ignore[arg-type]


def carried_out(directory: AttemptDirectory, what: Spec, within: float = 20.0) -> None:
    pid = directory.begin(lambda: what)
    assert pid is not None
    deadline = time.monotonic() + within
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        assert time.monotonic() < deadline, "it does not end"
        time.sleep(0.01)


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptDirectory:
    return AttemptDirectory(tmp_path / "runs" / "run" / "1")


def test_only_its_owner_can_read_anything_of_a_run(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("umask; sleep 60", start_script="true")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: bool(text(backend, run)))
            for root, _, files in os.walk(place.state_dir / "runs"):
                assert stat.S_IMODE(os.stat(root).st_mode) == 0o700
                for name in files:
                    assert stat.S_IMODE((Path(root) / name).stat().st_mode) == 0o600, name
            before = os.umask(0)
            os.umask(before)
            assert int(text(backend, run), 8) == before, "the command's files are its own affair"
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_values_and_tokens_are_nowhere_on_the_disk_and_in_no_title(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("sleep 60", environment_variables={"KEY": "swordfish"})
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: len(place.alive(run)) >= 4)
            for root, _, files in os.walk(place.state_dir):
                for name in files:
                    content = (Path(root) / name).read_bytes()
                    assert b"swordfish" not in content and TOKEN.encode() not in content, name
            for process in place.alive(run):
                assert "swordfish" not in " ".join(process.cmdline())
                assert TOKEN not in " ".join(process.cmdline())
            shim = place.shim(run).environ()
            assert "KEY" not in shim and "SATURN_TOKEN" not in shim
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_the_marker_names_the_supervisor_and_the_launcher(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("sleep 60")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            seen = await journal.running(run)
            shim = place.shim(run)
            marker = json.loads((place.directory(run) / "running.json").read_text())
            assert marker["pid"] == shim.pid
            assert marker["child"] == shim.children()[0].pid
            assert marker["started_at"] == seen.at
            assert abs(shim.create_time() - seen.at) < 2
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_the_times_of_output_are_noted_to_a_tenth_of_a_second(attempt: AttemptDirectory) -> None:
    attempt.path.parent.parent.mkdir()
    command = "for pause in 0.3 0.5 0.15; do sleep $pause; date +%s.%N; done"
    carried_out(attempt, spec(command))
    lines = attempt.log.read_bytes().splitlines(keepends=True)
    marks = list(struct.iter_unpack("<dQ", (attempt.path / "log.times").read_bytes()))
    assert [offset for _, offset in marks] == [0, len(lines[0]), len(lines[0] + lines[1])]
    for line, (noted, _) in zip(lines, marks, strict=True):
        assert abs(noted - float(line)) < 0.15


def test_a_log_over_its_cap_gives_back_its_middle(attempt: AttemptDirectory) -> None:
    attempt.path.parent.parent.mkdir()
    lines = 400_000
    # In bursts, so that it is over the cap long before its end.
    command = (
        f"for part in 0 1 2 3; do seq -f 'line %09.0f' $((part * {lines} / 4))"
        f" $(((part + 1) * {lines} / 4 - 1)); sleep 0.15; done"
    )
    cap = 1024 * 1024
    carried_out(attempt, spec(command, log_cap=cap))
    size = attempt.log.stat().st_size
    assert size == lines * len("line 000000000\n")
    assert attempt.log.stat().st_blocks * 512 <= 2 * cap
    start, end = struct.unpack("<QQ", (attempt.path / "log.hole").read_bytes()[:16])
    assert 0 < start < end < size
    with attempt.log.open("rb") as log:
        head = log.read(start)
        missing = log.read(end - start)
        tail = log.read()
    assert missing.count(0) == len(missing)
    whole = b"".join(b"line %09d\n" % number for number in range(lines))
    assert head == whole[:start]
    assert tail == whole[end:]
    assert len(head) >= cap // 4 and len(tail) >= cap // 2


def test_beginning_twice_begins_once(attempt: AttemptDirectory) -> None:
    attempt.path.parent.parent.mkdir()
    assert attempt.find() is Found.NOTHING
    carried_out(attempt, spec("exit 3"))
    assert attempt.find() is Found.ENDED
    assert attempt.begin(lambda: spec("exit 4")) is None
    ending = attempt.ending()
    assert ending is not None and ending.exit_code == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a full disk needs the right to mount one: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs, which is Linux's")


@linux
def test_a_disk_that_runs_full_loses_no_exit_code(small_disk: Path) -> None:
    attempt = AttemptDirectory(small_disk / "runs" / "run" / "1")
    attempt.path.parent.parent.mkdir()
    carried_out(attempt, spec("yes | head -c 1000000; echo more || exit 5"))
    ending = attempt.ending()
    assert ending is not None and (ending.exit_code, ending.reason) == (5, None)
    running = attempt.running()
    assert running is not None and running.started_at is not None
    assert attempt.log.stat().st_size > 100_000


@linux
def test_a_full_disk_keeps_a_run_from_starting_and_says_so(
    small_disk: Path, place: ThisMachine
) -> None:
    async def scene() -> None:
        place.state_dir = small_disk
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(4096))
        refused, fine = place.run("echo ran", retries=1), place.run("echo ran")
        async with opened(place) as (backend, journal):
            await backend.start(refused)
            seen = await journal.end(refused)
            assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.NOT_STARTED)
            assert seen.detail and seen.detail.startswith("No space left on device")
            filler.unlink()
            again = replace(refused, attempt=2)
            for run in (again, fine):
                await backend.start(run)
                assert (await journal.end(run)).state is RunState.COMPLETED
                assert backend.log(*key(run)).read_text() == "ran\n"

    asyncio.run(scene())


@linux
def test_a_copy_that_finds_no_space_is_tried_again_and_leaves_nothing(
    small_disk: Path, place: ThisMachine, project: Path
) -> None:
    (project / "large").write_bytes(os.urandom(300_000))
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=large")
    commit = Code(GIT, reference="HEAD", commit=git(project, "rev-parse", "HEAD"))
    (place.state_dir / "runs").symlink_to(small_disk)
    for code in (frozen(place), commit):
        run = of(place, code, "echo ran", retries=1)
        (seen,), _ = outcome(place, run)
        assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.NOT_STARTED), seen.detail
        assert seen.detail and ("No space" in seen.detail or "unable to write" in seen.detail)
        assert sorted(path.name for path in place.directory(run).iterdir()) == ["lock", "output"]
