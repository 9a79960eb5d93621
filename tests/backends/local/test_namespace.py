"""A copy in the project's own place, seen by nobody else; its own path where that can't be."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local import attempt as attempt_module
from jupyter_saturn_deploy.models.code import Code
from jupyter_saturn_deploy.models.runs import Reason, RunState
from tests.backends.contract import eventually, opened, text, with_wish
from tests.backends.local.conftest import ThisMachine, frozen
from tests.backends.local.scenes import carried_out, contents, copy_of, of


def namespaces() -> bool:
    """Whether this system lets this user have a mount namespace, as `unshare` says."""
    options = ["-m"] if os.geteuid() == 0 else ["-Um"]
    return subprocess.run(["unshare", *options, "true"], capture_output=True).returncode == 0


same_path = pytest.mark.skipif(
    sys.platform != "linux" or not namespaces(), reason="this system allows no mount namespace"
)


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
def test_an_environment_below_the_project_is_there_by_whatever_link_it_is_known(
    place: ThisMachine, project: Path, tmp_path: Path
) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n")
    (project / ".venv" / "bin" / "tool").write_text("#!/bin/sh\necho tool\n")
    (project / ".venv" / "bin" / "tool").chmod(0o755)
    (project / ".venv" / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    (tmp_path / "home").symlink_to(project)
    place.prefix = str(tmp_path / "home" / ".venv")
    used, log = carried_out(place, of(place, frozen(place), "tool"))
    assert (used.same_path, log) == (True, "tool\n")


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
