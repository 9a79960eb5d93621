"""Where a run's files come from: in their place, untouched outside, and of the copy what it wrote.

Everything here holds for any user; as root it is tried as another user as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.backends.local import attempt as attempt_module
from jupyter_saturn_deploy.models.code import GIT, LIVE, SNAPSHOT, Code, Used
from jupyter_saturn_deploy.models.runs import Observation, Reason, Run, RunState
from jupyter_saturn_deploy.sources.records import Records
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from tests.backends.contract import eventually, key, opened, text, with_wish
from tests.backends.local.conftest import ThisMachine

NOBODY = 65534


def namespaces() -> bool:
    """Whether this system lets this user have a mount namespace, as `unshare` says."""
    options = ["-m"] if os.geteuid() == 0 else ["-Um"]
    return subprocess.run(["unshare", *options, "true"], capture_output=True).returncode == 0


same_path = pytest.mark.skipif(
    sys.platform != "linux" or not namespaces(), reason="this system allows no mount namespace"
)


def git(project: Path, *arguments: str) -> str:
    options = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", *options, *arguments]
    return subprocess.run(
        command, cwd=project, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def project(place: ThisMachine) -> Path:
    (place.project / "run.py").write_text("print('frozen')\n")
    (place.project / "data").mkdir()
    (place.project / "data" / "in.csv").write_text("1\n")
    script = place.project / "go.sh"
    script.write_text("#!/bin/sh\necho gone\n")
    script.chmod(0o755)
    return place.project


@pytest.fixture
def committed(project: Path) -> str:
    """The project is a repository; its only commit."""
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=first")
    return git(project, "rev-parse", "HEAD")


def of(place: ThisMachine, code: Code, command: str, **spec: Any) -> Run:
    run = place.run(command, **spec)
    return replace(run, execution=replace(run.execution, code=code))


def frozen(place: ThisMachine) -> Code:
    made = Snapshots(place.state_dir).pack(place.project, lambda *_: None, lambda: False)
    return Code(SNAPSHOT, snapshot=made.digest)


def contents(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git/" not in str(path)
    }


def outcome(place: ThisMachine, run: Run) -> tuple[list[Observation], str]:
    async def scene() -> tuple[list[Observation], str]:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            log = backend.log(*key(run))
            return journal.of(run), log.read_text() if log.exists() else ""

    return asyncio.run(scene())


def carried_out(place: ThisMachine, run: Run) -> tuple[Used, str]:
    """What a run that ends well ran with, and its log."""
    seen, log = outcome(place, run)
    assert seen[-1].state is RunState.COMPLETED, log
    assert seen[0].state is RunState.RUNNING and seen[0].used is not None
    return seen[0].used, log


def copy_of(place: ThisMachine, run: Run) -> Path:
    return place.directory(run) / "project"


# The project itself


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


def test_a_project_with_too_many_files_is_run_and_not_listed(
    place: ThisMachine, project: Path
) -> None:
    crowd = project / "crowd"
    crowd.mkdir()
    for number in range(20_001):
        (crowd / str(number)).touch()
    used, _ = carried_out(place, place.run("true"))
    assert used.files is None and used.packages is not None


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


# Copies


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


@pytest.fixture(params=[SNAPSHOT, GIT])
def code(request: pytest.FixtureRequest, place: ThisMachine, committed: str) -> Code:
    """Each kind of copy, of the project as it is."""
    if request.param == GIT:
        return Code(GIT, reference="main", commit=committed)
    return frozen(place)


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


# In the project's own place


@same_path
def test_a_copy_is_at_the_projects_own_path_and_nobody_else_sees_it(
    place: ThisMachine, project: Path, code: Code
) -> None:
    async def scene() -> None:
        mounts = Path("/proc/self/mountinfo").read_text()
        command = f"pwd; cd data; pwd -P; echo mine > {project}/run.py; sleep 60"
        run = of(place, code, command)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            used = (await journal.running(run)).used
            assert used is not None
            assert (used.directory, used.same_path) == (str(project), True)
            await eventually(lambda: text(backend, run) == f"{project}\n{project}/data\n")
            await eventually(lambda: (copy_of(place, run) / "run.py").read_text() == "mine\n")
            assert (project / "run.py").read_text() == "print('frozen')\n"
            assert Path("/proc/self/mountinfo").read_text() == mounts
            await backend.stop(with_wish(run))
            await journal.end(run)
            assert not place.alive(run)

    asyncio.run(scene())


@same_path
def test_in_a_copy_the_run_is_the_same_user_with_the_same_files(
    place: ThisMachine, project: Path
) -> None:
    command = 'id -u; id -g; stat -c %u run.py; touch new; stat -c %u new "$SATURN_OUTPUT_DIR"'
    _, log = carried_out(place, of(place, frozen(place), command))
    uid, gid = str(os.geteuid()), str(os.getegid())
    assert log.split() == [uid, gid, uid, uid, uid]


@same_path
def test_what_lies_below_the_project_and_the_run_needs_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    state_dir = project / ".local" / "state"
    state_dir.mkdir(parents=True, mode=0o700)
    (project / "run.py").write_text("print('frozen')\n")
    environment = project / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text("version = 3.11.7\n")
    tool = environment / "bin" / "tool"
    tool.write_text("#!/bin/sh\necho tool\n")
    tool.chmod(0o755)
    home = project / "home"
    home.mkdir()
    (home / ".netrc").write_text("no file of a snapshot\n")
    (project / ".gitignore").write_text("home/\n")
    monkeypatch.setenv("HOME", str(home))
    place = ThisMachine(state_dir, project)
    place.prefix = str(environment)
    code = frozen(place)
    (project / "run.py").write_text("print('changed')\n")
    command = (
        "python3 run.py; tool; cat ~/.netrc; echo kept > $SATURN_OUTPUT_DIR/out;"
        " echo cached > ~/cache; echo new > new.txt; echo pid > .venv/installed"
    )
    run = of(place, code, command, start_script="echo script")
    used, log = carried_out(place, run)
    assert used.same_path
    assert log == "script\nfrozen\ntool\nno file of a snapshot\n"
    # In the project: what is no part of the copy. In the copy: what is.
    assert (place.directory(run) / "output" / "out").read_text() == "kept\n"
    assert (home / "cache").read_text() == "cached\n"
    assert (environment / "installed").exists()
    assert not (project / "new.txt").exists()
    remaining = {str(p.relative_to(copy_of(place, run))) for p in copy_of(place, run).rglob("*")}
    assert remaining == {"new.txt"}


@same_path
def test_a_link_in_the_copy_leads_nothing_to_be_mounted_elsewhere(
    place: ThisMachine, project: Path
) -> None:
    """The environment's path goes through a link that only the copy has."""
    (project / "inner").mkdir()
    (project / "envs").symlink_to("inner")
    code = frozen(place)
    (project / "envs").unlink()
    (project / "envs" / "one" / "bin").mkdir(parents=True)
    place.prefix = str(project / "envs" / "one")
    run = of(place, code, "cat run.py; ls -A inner")
    used, log = carried_out(place, run)
    assert not used.same_path
    assert log == "print('frozen')\n"
    assert list((project / "inner").iterdir()) == []


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where the kernel, or a sandbox around it, allows none."""
    shim = tmp_path / "shim"
    shutil.copytree(attempt_module.SHIM.parent, shim)
    code = (shim / "namespace.py").read_text()
    refused = "    raise PermissionError(1, 'as a sandbox would')\n"
    head, mark, tail = code.partition("def _enter_namespace(libc: ctypes.CDLL) -> None:\n")
    assert mark
    (shim / "namespace.py").write_text(head + mark + refused + tail)
    monkeypatch.setattr(attempt_module, "SHIM", shim / "shim.py")


def test_where_it_cant_be_at_the_projects_path_it_runs_in_the_copys_own_and_says_so(
    place: ThisMachine, project: Path, code: Code, no_namespaces: None
) -> None:
    run = of(place, code, "pwd; cat in.csv; echo new > new.txt", working_directory="data")
    used, log = carried_out(place, run)
    copy = copy_of(place, run)
    assert (used.directory, used.same_path) == (str(copy), False)
    assert log == f"{copy}/data\n1\n"
    assert contents(copy) == {"data/new.txt": "new\n"}
    assert not (project / "data" / "new.txt").exists()


def test_a_whole_tree_in_a_copy_is_stopped(place: ThisMachine, project: Path) -> None:
    async def scene() -> None:
        tree = (
            "trap '' TERM; setsid sleep 60 & (sleep 61 &) ; echo ready; while :; do sleep 1; done"
        )
        run = of(place, frozen(place), tree)
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: text(backend, run) == "ready\n")
            await backend.stop(with_wish(run))
            assert (await journal.end(run)).state is RunState.STOPPED
            assert not place.alive(run)

    asyncio.run(scene())


def test_what_a_lost_run_left_in_a_copy_is_swept(place: ThisMachine, project: Path) -> None:
    async def scene() -> None:
        run = of(place, frozen(place), "echo new > new.txt; setsid sleep 60 & echo ready; sleep 61")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await eventually(lambda: text(backend, run) == "ready\n")
            place.shim(run).kill()
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.LOST)
            assert not place.alive(run)
            assert contents(copy_of(place, run)) == {"new.txt": "new\n"}

    asyncio.run(scene())


def test_a_copys_command_has_signals_as_they_are_by_default(
    place: ThisMachine, project: Path
) -> None:
    _, log = carried_out(
        place, of(place, frozen(place), "grep -E 'Sig(Blk|Ign)' /proc/self/status")
    )
    plain = carried_out(place, place.run("grep -E 'Sig(Blk|Ign)' /proc/self/status"))[1]
    assert log == plain
    assert int(log.split()[1], 16) == 0


# What goes wrong


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


def test_a_full_disk_is_tried_again(
    place: ThisMachine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = frozen(place)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)  # the last thing that is done to each file
    run = of(place, code, "echo ran", retries=1)
    (seen,), _ = outcome(place, run)
    assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.NOT_STARTED)
    assert seen.detail and seen.detail.startswith("No space left on device")
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
from tests.backends.local.conftest import ThisMachine
from tests.backends.local.test_sources import of
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


def test_an_engine_killed_while_it_unpacks_leaves_nothing_half_done(
    place: ThisMachine, project: Path
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
        async with opened(place, run) as (backend, journal):
            assert (await journal.end(run)).state is RunState.COMPLETED
            assert text(backend, run) == "3000\n"

    asyncio.run(scene())


# What is kept


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


@pytest.fixture
def for_nobody() -> Iterator[Path]:
    """A directory that is another user's."""
    path = Path(tempfile.mkdtemp(prefix="saturn-nobody-"))
    os.chown(path, NOBODY, NOBODY)
    yield path
    shutil.rmtree(path)


AS_NOBODY: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def interpreter_for_nobody() -> str:
    """One that another user may start and that this one's packages are for."""
    version = f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]}"
    for found in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if subprocess.run([found, "-c", version], **AS_NOBODY, stderr=-3).returncode == 0:
                return found
    pytest.skip("no interpreter of this version that another user may start")


@pytest.mark.skipif(os.geteuid() != 0, reason="this user is without privileges already")
@pytest.mark.timeout(240)
def test_all_of_this_holds_for_a_user_without_privileges(for_nobody: Path) -> None:
    repository = Path(__file__).parents[3]
    done = subprocess.run(
        [
            *(interpreter_for_nobody(), "-c", "import sys, pytest; sys.exit(pytest.main())"),
            *(__file__, "-k", "not without_privileges", "-rs", f"--basetemp={for_nobody}/tests"),
            # The fixtures of this directory; those above it need more than this is about.
            *("--noconftest", "-p", "tests.backends.local.conftest"),
            *("-p", "pytest_timeout", "-p", "no:cacheprovider"),
        ],
        cwd=repository,
        env={
            **os.environ,
            "HOME": str(for_nobody),
            "PYTHONPATH": os.pathsep.join(map(str, [repository, *filter(None, sys.path)])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        **AS_NOBODY,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout, done.stdout
