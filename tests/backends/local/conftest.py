"""This machine, as a place for runs."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from jupyter_saturn_deploy.backends.local import LocalBackend
from jupyter_saturn_deploy.models.code import GIT, SNAPSHOT, Code
from jupyter_saturn_deploy.models.resources import DeploymentSpec, JobSpec
from jupyter_saturn_deploy.models.runs import Execution, Run, RunState
from jupyter_saturn_deploy.sources.snapshots import Snapshots

GRACE = 0.5
TOKEN = "token-of-the-run"


class ThisMachine:
    """A state directory and a project, and every process that was started from them."""

    def __init__(self, state_dir: Path, project: Path) -> None:
        self.state_dir = state_dir
        self.project = project
        self.prefix = sys.prefix
        self.runs: list[Run] = []

    def backend(self) -> LocalBackend:
        return LocalBackend(
            state_dir=self.state_dir,
            capacity=4,
            grace=GRACE,
            token_for=lambda run: TOKEN,
            packages=lambda prefix: [("numpy", "2.0")],
            image=lambda: "registry.example/image:1",
            log=logging.getLogger("test"),
        )

    def run(self, command: str, **spec: Any) -> Run:
        job = JobSpec(name="job", command=command, instance_type="here", image="", **spec)
        return self._written(job)

    def instance(self, command: str, **spec: Any) -> Run:
        app = DeploymentSpec(name="app", command=command, instance_type="here", image="", **spec)
        return replace(self._written(app), revision=1, instance=1)

    def _written(self, spec: JobSpec | DeploymentSpec) -> Run:
        run = Run(
            id=uuid4().hex,
            job_id="job",
            number=1,
            owner="me",
            backend="local",
            execution=Execution(spec, str(self.project), self.prefix, "http://127.0.0.1:1/x/"),
            trigger="manual",
            by="me",
            generation=1,
            created_at=time.time(),
            state=RunState.STARTING,
            attempt=1,
        )
        self.runs.append(run)
        return run

    def directory(self, run: Run) -> Path:
        return self.state_dir / "runs" / run.id / str(run.attempt)

    def alive(self, run: Run) -> list[psutil.Process]:
        """Processes that have the run's id in their environment, and their shims."""
        found = []
        for process in psutil.process_iter():
            try:
                if (
                    process.environ().get("SATURN_RUN_ID") == run.id
                    or str(self.directory(run)) in process.cmdline()
                ) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def shim(self, run: Run) -> psutil.Process:
        for process in psutil.process_iter():
            try:
                if str(self.directory(run)) in process.cmdline():
                    return process
            except psutil.Error:
                continue
        raise AssertionError("there is no shim")


def git(project: Path, *arguments: str) -> str:
    options = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", *options, *arguments]
    return subprocess.run(
        command, cwd=project, check=True, capture_output=True, text=True
    ).stdout.strip()


def frozen(place: ThisMachine) -> Code:
    """The project as it is now."""
    made = Snapshots(place.state_dir).pack(place.project, lambda *_: None, lambda: False)
    return Code(SNAPSHOT, snapshot=made.digest)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[ThisMachine]:
    state_dir, project = tmp_path / "state", tmp_path / "project"
    state_dir.mkdir(mode=0o700)
    project.mkdir()
    machine = ThisMachine(state_dir, project)
    yield machine
    for run in machine.runs:
        for process in machine.alive(run):
            process.kill()
            process.wait(5)


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


@pytest.fixture(params=[SNAPSHOT, GIT])
def code(request: pytest.FixtureRequest, place: ThisMachine, committed: str) -> Code:
    """Each kind of copy, of the project as it is."""
    if request.param == GIT:
        return Code(GIT, reference="main", commit=committed)
    return frozen(place)
