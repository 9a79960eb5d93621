"""A run in the project itself, and what is noted of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.code import LIVE
from jupyter_saturn_deploy.sources.records import Records
from tests.backends.contract import opened
from tests.backends.local.conftest import ThisMachine, git
from tests.backends.local.scenes import carried_out, copy_of


def test_a_live_run_works_in_the_project_and_its_outputs_stay(
    place: ThisMachine, project: Path
) -> None:
    used, _ = carried_out(place, place.run("echo result > out.txt"))
    assert (used.source, used.directory, used.same_path) == (LIVE, str(project), True)
    assert (project / "out.txt").read_text() == "result\n"
    assert not copy_of(place, place.runs[0]).exists()


def test_a_live_run_records_its_files_packages_and_image(place: ThisMachine, project: Path) -> None:
    used, _ = carried_out(place, place.run("echo >> run.py"))
    records = Records(place.state_dir)
    assert used.files is not None and used.packages is not None
    files = records.get(used.files)
    assert files is not None
    assert [(row[0], row[1]) for row in files] == [
        ("data/in.csv", 2),
        ("go.sh", 20),
        ("run.py", 16),  # before the command changed it
    ]
    assert records.get(used.packages) == [["numpy", "2.0"]]
    assert used.image == "registry.example/image:1"


def test_a_live_run_in_a_repository_knows_commit_branch_and_whether_files_differ(
    place: ThisMachine, project: Path, committed: str
) -> None:
    clean, _ = carried_out(place, place.run("true"))
    assert (clean.commit, clean.branch, clean.dirty) == (committed, "main", False)
    (project / "run.py").write_text("print('changed')\n")
    assert carried_out(place, place.run("true"))[0].dirty is True
    git(project, "commit", "--quiet", "--all", "--message=second")
    again, _ = carried_out(place, place.run("true"))
    assert again.commit not in (None, committed) and again.dirty is False


def test_outside_of_a_repository_nothing_is_said_of_one(place: ThisMachine, project: Path) -> None:
    used, _ = carried_out(place, place.run("true"))
    assert (used.commit, used.branch, used.dirty) == (None, None, None)


def test_a_repository_without_a_commit_has_a_branch_only(place: ThisMachine, project: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    used, _ = carried_out(place, place.run("true"))
    assert (used.commit, used.branch, used.dirty) == (None, "main", None)


@pytest.fixture
def gits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many processes of git were started."""
    calls, directory = tmp_path / "calls", tmp_path / "bin"
    directory.mkdir()
    wrapper = directory / "git"
    wrapper.write_text(f'#!/bin/sh\necho >> {calls}\nexec {shutil.which("git")} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    return lambda: len(calls.read_text()) if calls.exists() else 0


def test_git_is_asked_again_only_when_something_changed(
    place: ThisMachine, project: Path, committed: str, gits: Callable[[], int]
) -> None:
    async def scene() -> None:
        async with opened(place) as (backend, journal):

            async def one() -> None:
                run = place.run("true")
                await backend.start(run)
                await journal.end(run)

            await one()
            asked = gits()
            assert asked > 0
            await one()
            await one()
            assert gits() == asked
            (project / "new.py").write_text("")
            await one()
            assert gits() > asked

    asyncio.run(scene())


def test_runs_that_begin_at_once_share_a_look_at_the_project(
    place: ThisMachine, project: Path, committed: str, gits: Callable[[], int]
) -> None:
    async def scene() -> None:
        async with opened(place) as (backend, journal):
            runs = [place.run("true") for _ in range(24)]
            for run in runs:
                await backend.start(run)
            for run in runs:
                await journal.end(run)
            used = {journal.of(run)[0].used for run in runs}
            assert len(used) == 1
            assert gits() < 12

    asyncio.run(scene())


def test_a_git_that_never_answers_keeps_no_run_from_starting(
    place: ThisMachine,
    project: Path,
    committed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec sleep 63\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    began = time.monotonic()
    used, _ = carried_out(place, place.run("true"))
    assert time.monotonic() - began < 10
    assert (used.commit, used.branch, used.dirty) == (committed, "main", None)


def test_a_project_with_too_many_files_is_run_and_not_listed(
    place: ThisMachine, project: Path
) -> None:
    crowd = project / "crowd"
    crowd.mkdir()
    for number in range(20_001):
        (crowd / str(number)).touch()
    used, _ = carried_out(place, place.run("true"))
    assert used.files is None and used.packages is not None
