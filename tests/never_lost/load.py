"""A mixed load on a state directory, and what must be true of it whatever was killed.

The commands keep their own books: each attempt appends one line to a file when it begins, so that
what ran twice or never shows, whatever the store says.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from jupyter_saturn_deploy.control.code import Sources
from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.control.jobs import Jobs
from jupyter_saturn_deploy.control.runs import Runs
from jupyter_saturn_deploy.engine.leader import Leader
from jupyter_saturn_deploy.models.runs import FINAL, Run, RunState
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from jupyter_saturn_deploy.store import runs
from jupyter_saturn_deploy.store.db import Store

COMMANDS = {
    "quick": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK; true",
    "failing": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK; exit 3",
    "short": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK; sleep 0.3; echo done",
    "tree": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK;"
    " setsid sleep 0.2 & sleep 0.2; wait",
    "frozen": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK;"
    " test $(cat data/* | wc -l) -eq 200 && echo x > data/0 && echo mine > written",
    "endless": "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK;"
    " while :; do date +%s.%N; sleep 0.1; done",
}
ENDS = {
    "quick": RunState.COMPLETED,
    "short": RunState.COMPLETED,
    "tree": RunState.COMPLETED,
    "failing": RunState.ERROR,
    "frozen": RunState.COMPLETED,
    "endless": RunState.STOPPED,
}
PLACES = 8


@dataclass
class Load:
    """Jobs of each kind, the runs made of them, and the engine that is killed."""

    directory: Path
    store: Store
    jobs: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    """Run id to kind."""
    engine: subprocess.Popen[bytes] | None = None

    @property
    def state_dir(self) -> Path:
        """The engine's."""
        return self.directory / "state"

    @property
    def project(self) -> Path:
        """Files that a frozen copy has whole, and that no run may change there."""
        return self.directory / "project"

    @property
    def sources(self) -> Sources:
        """Of the same state directory."""
        return Sources(Snapshots(self.state_dir))

    @property
    def here(self) -> Here:
        """A workspace that takes everything from this interpreter."""
        return Here(
            "ana",
            self.project,
            sys.prefix,
            "",
            "small",
            ["small"],
            "local",
            ["local"],
            "http://127.0.0.1:1/saturn-deploy/",
        )

    async def create(self) -> None:
        """One job of each kind."""
        book = {"BOOK": str(self.directory / "book")}
        (self.project / "data").mkdir(parents=True)
        for number in range(200):
            (self.project / "data" / str(number)).write_text(f"{number}\n")
        for name, command in COMMANDS.items():
            spec = {"name": name, "command": command, "environment_variables": book}
            source = {"source": "snapshot" if name == "frozen" else "live"}
            recipe = {"type": "job", "spec": {**spec, "x-jupyter": source}}
            wished = await Jobs(self.store, self.sources).create(self.here, recipe)
            self.jobs[name] = wished.resource.id

    async def wish(self, kinds: Iterable[str]) -> None:
        """A new run of each."""
        for kind in kinds:
            run = await Runs(self.store, self.sources).start(self.here, self.jobs[kind], "ana")
            self.runs[run.id] = kind

    async def all(self) -> list[Run]:
        """Every run as the store has it."""
        found = await self.store.read(
            lambda db: [runs.find_any(db, run_id) for run_id in self.runs]
        )
        return [run for run in found if run is not None]

    def start_engine(self) -> None:
        """A headless engine, as `jupyter saturn-deploy engine` starts it."""
        settings = {"state_dir": self.state_dir, "max_runs": PLACES, "grace": 0.5}
        with (self.directory / "engine.log").open("ab") as log:
            self.engine = subprocess.Popen(
                [sys.executable, "-m", "jupyter_saturn_deploy.cli", "engine"]
                + [f"--SaturnDeployApp.{name}={value}" for name, value in settings.items()],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def engine_acts(self) -> None:
        """Once it leads: its start before that is nothing but imports."""
        assert self.engine is not None
        leader = Leader(self.state_dir, "test")
        deadline = time.monotonic() + 30
        while (holder := leader.holder()) is None or holder.pid != self.engine.pid:
            assert time.monotonic() < deadline, "the engine does not start"
            await asyncio.sleep(0.002)

    def kill_engine(self) -> None:
        """SIGKILL, whatever it is doing."""
        assert self.engine is not None
        self.engine.kill()
        self.engine.wait()

    async def finish(self, seconds: float) -> list[Run]:
        """Stop what never ends by itself, then wait until every run has ended."""
        deadline = time.monotonic() + seconds
        while True:
            found = await self.all()
            for run in found:
                began = run.state not in (RunState.QUEUED, RunState.STARTING)
                if self.runs[run.id] == "endless" and began and run.stop_reason is None:
                    await Runs(self.store, self.sources).stop("ana", run.id)
            if all(run.state in FINAL for run in found):
                return found
            assert time.monotonic() < deadline, [
                (self.runs[run.id], run.state, run.stop_reason)
                for run in found
                if run.state not in FINAL
            ]
            await asyncio.sleep(0.05)

    def begun(self) -> list[tuple[str, int]]:
        """(run, attempt) of each beginning that the commands themselves wrote down."""
        book = self.directory / "book"
        lines = book.read_text().splitlines() if book.exists() else []
        return [(line.split()[1], int(line.split()[2])) for line in lines]

    def left_over(self) -> list[int]:
        """Processes of ours that still live."""
        mine = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("SATURN_RUN_ID") in self.runs:
                    mine.append(process.pid)
            except psutil.Error:
                continue
        return mine

    def shims(self) -> list[int]:
        """Supervisors of ours that live."""
        return [
            process.info["pid"]
            for process in psutil.process_iter(["pid", "cmdline"])
            if any(str(self.state_dir) in word for word in process.info["cmdline"] or [])
            and any(word.endswith("shim.py") for word in process.info["cmdline"] or [])
        ]

    def end(self) -> None:
        """Leave nothing behind."""
        if self.engine is not None and self.engine.poll() is None:
            self.kill_engine()
        for pid in self.shims() + self.left_over():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.store.close()


def check(load: Load, found: list[Run]) -> None:
    """Nothing lost, nothing doubled, nothing wrong, nothing left over."""
    assert len(found) == len(load.runs)
    for run in found:
        kind = load.runs[run.id]
        assert run.state is ENDS[kind], (kind, run)
        if kind == "failing":
            assert (run.exit_code, run.reason) == (3, "exit"), run
        elif kind != "endless":
            assert run.exit_code == 0, run
        assert run.started_at is not None and run.ended_at is not None, run
        assert run.created_at <= run.started_at <= run.ended_at, run
    assert sorted(load.begun()) == sorted((run_id, 1) for run_id in load.runs)
    assert load.left_over() == []
