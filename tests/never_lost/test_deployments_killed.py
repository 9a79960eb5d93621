"""What acts for deployments is killed: what was wished comes about all the same, and what serves
goes on serving."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest

from jupyter_saturn_deploy.control.deployments import Deployments
from jupyter_saturn_deploy.models.deployments import Standing
from jupyter_saturn_deploy.models.runs import Run
from jupyter_saturn_deploy.store import deployments
from jupyter_saturn_deploy.store.db import Database, Store
from tests.apps import APP, RUN, ask
from tests.never_lost.load import Load
from tests.never_lost.server import Server

pytestmark = pytest.mark.timeout(120)
KILLS = 20
COMMAND = f"echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK; {RUN}"


class Forked:
    """An engine out of the nursery."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives."""
        return None if psutil.pid_exists(self.pid) else -9

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        while self.poll() is None:
            time.sleep(0.002)


@dataclass
class Deployed(Load):
    """Deployments, what is wished of each, and an engine that is killed."""

    chance: random.Random = field(default_factory=random.Random)
    wished: dict[str, Standing] = field(default_factory=dict)
    nursery: subprocess.Popen[str] | None = None

    @property
    def wishes(self) -> Deployments:
        """To be written down."""
        return Deployments(self.store, self.sources)

    async def deploy(self, names: list[str]) -> None:
        """Create one of each name."""
        self.project.mkdir()
        for name in names:
            environment = {"BOOK": str(self.directory / "book"), "APP": APP}
            spec = {"name": name, "command": COMMAND, "environment_variables": environment}
            recipe = {"type": "deployment", "spec": spec}
            made = (await self.wishes.create(self.here, recipe)).resource
            self.jobs[name] = made.id
            self.wished[made.id] = Standing(scale=1)

    def start_engine(self) -> None:
        """One that begins at once."""
        if self.nursery is None:
            settings = {"state_dir": self.state_dir, "max_runs": 1, "grace": 0.5}
            with (self.directory / "engine.log").open("ab") as log:
                self.nursery = subprocess.Popen(
                    [sys.executable, Path(__file__).with_name("nursery.py")]
                    + [f"--SaturnDeployApp.{name}={value}" for name, value in settings.items()],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        assert self.nursery.stdin and self.nursery.stdout
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        self.engine = Forked(int(self.nursery.stdout.readline()))  # type: ignore[assignment]

    async def wish_anything(self) -> None:
        """Anything of one of them."""
        app_id = self.chance.choice([*self.wished])
        before = self.wished[app_id]
        what = self.chance.choice(["start", "restart", "restart", "scale", "rollback", "stop"])
        if what == "scale":
            changes = {"spec": {"scale": self.chance.randint(1, 3)}}
            await self.wishes.edit(self.here, app_id, changes)
            what = "restart"
        if what == "stop":
            await self.stop(app_id)
        elif what == "rollback" and before.revision:
            number = self.chance.randint(1, before.revision)
            await self.wishes.rollback(self.here, app_id, number, "ana")
        elif what == "restart":
            await self.wishes.restart(self.here, app_id, "ana")
        else:
            await self.wishes.start(self.here, app_id, "ana")
        # Each wish is one transaction: what it says is known without looking.
        starts = what in ("restart", "rollback") or (what != "stop" and not before.wanted)
        now = await self.store.read(lambda db: deployments.standing(db, app_id))
        assert now.wanted == (what != "stop")
        assert now.revision == before.revision + starts
        self.wished[app_id] = now

    async def stop(self, app_id: str) -> None:
        """Wish that it runs no more."""
        await self.wishes.stop("ana", app_id)
        self.wished[app_id] = replace(self.wished[app_id], wanted=False)

    async def mishap(self) -> None:
        """An app, or its supervisor, dies; or nothing."""
        ready = [run for run in (await self.living())[0] if run.serving]
        if ready and self.chance.random() < 0.5:
            run = self.chance.choice(ready)
            assert run.serving
            if self.chance.random() < 0.5:
                with suppress(OSError):
                    await ask(run.serving.port, f"die/{self.chance.randint(0, 3)}")
            else:
                self.kill_all(str(self.state_dir / "runs" / run.id))

    def kill_all(self, words: str) -> None:
        """SIGKILL to every process that was started with these words."""
        for process in psutil.process_iter(["cmdline"]):
            if any(words in word for word in process.info["cmdline"] or []):
                with suppress(psutil.Error):
                    if process.pid not in (self.nursery and self.nursery.pid, os.getpid()):
                        process.kill()

    async def living(self) -> tuple[list[Run], list[str]]:
        """Instances that have not ended, and the ids of those that have."""

        def work(db: Database) -> tuple[list[Run], list[str]]:
            there = deployments.living(db, [*self.wished])
            living = [run for each in there.values() for run in each]
            every = [row[0] for row in db.execute("SELECT id FROM runs").fetchall()]
            return living, list(set(every) - {run.id for run in living})

        return await self.store.read(work)

    async def settles(self, seconds: float) -> list[Run]:
        """Once everything is as wished: every instance there is."""
        deadline = time.monotonic() + seconds
        while True:
            living, _ = await self.living()
            there = sorted((run.job_id, run.revision, run.instance) for run in living)
            wished = sorted(
                (app_id, standing.revision, index)
                for app_id, standing in self.wished.items()
                if standing.wanted
                for index in range(1, standing.scale + 1)
            )
            if there == wished and all(run.serving and not run.stop_reason for run in living):
                return living
            assert time.monotonic() < deadline, (wished, living)
            await asyncio.sleep(0.05)

    async def check(self, living: list[Run]) -> None:
        """No instance twice, nothing left over, and everybody answers where he is said to."""
        ended = (await self.living())[1]
        for run in living:
            assert run.serving and run.serving.port == run.serving.given
            assert await ask(run.serving.port) == f"{run.id} {run.attempt}"
        assert max(Counter(self.begun()).values()) == 1
        assert len(self.shims()) == len(living)
        self.runs = dict.fromkeys(ended, "")
        assert self.left_over() == []  # nor a port that one of them holds
        assert len({run.serving.port for run in living if run.serving}) == len(living)

    def end(self) -> None:
        if self.engine is not None and self.engine.poll() is None:
            self.kill_engine()  # while there is somebody to take it out of the process table
        if self.nursery is not None:
            assert self.nursery.stdin and self.nursery.stdout
            self.nursery.stdin.close()
            self.nursery.wait(10)
            self.nursery.stdout.close()
        self.runs = {path.name: "" for path in (self.state_dir / "runs").glob("*")}
        super().end()


def play(directory: Path, scene: Callable[[Deployed], Awaitable[None]]) -> None:
    store = Store(directory / "state" / "store.sqlite", logging.getLogger("test"))
    load = Deployed(directory, store, chance=random.Random(2026))

    async def whole() -> None:
        try:
            await scene(load)
        finally:
            load.end()

    asyncio.run(whole())


def test_what_was_wished_comes_about_however_often_the_engine_is_killed(tmp_path: Path) -> None:
    async def scene(load: Deployed) -> None:
        await load.deploy(["one", "two", "three"])
        for _ in range(KILLS):
            await load.wish_anything()
            load.start_engine()
            await load.engine_acts()
            await asyncio.sleep(load.chance.uniform(0, 0.3))
            await load.wish_anything()
            await load.mishap()
            await asyncio.sleep(load.chance.uniform(0, 0.3))
            load.kill_engine()
        if all(standing.wanted for standing in load.wished.values()):
            await load.stop(load.jobs["three"])  # one that is not to run belongs to the picture
        load.start_engine()
        living = await load.settles(30)
        assert living
        await load.check(living)

    play(tmp_path, scene)


def test_after_the_death_of_everything_every_instance_serves_again(tmp_path: Path) -> None:
    async def scene(load: Deployed) -> None:
        await load.deploy(["app"])
        [app_id] = load.wished
        await load.wishes.edit(load.here, app_id, {"spec": {"scale": 3}})
        await load.wishes.start(load.here, app_id, "ana")
        load.wished[app_id] = Standing(True, 1, 3)
        load.start_engine()
        before = await load.settles(20)
        load.kill_engine()
        load.runs = {run.id: "" for run in before}
        for pid in load.shims() + load.left_over():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        load.start_engine()
        deadline = time.monotonic() + 20
        while True:
            living = await load.settles(20)
            if all(run.attempt == 2 for run in living):
                break
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert {run.id for run in living} == {run.id for run in before}
        await load.check(living)

    play(tmp_path, scene)


class Visitor(threading.Thread):
    """Asks an app again and again; what it was not answered is written down."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.url = f"http://127.0.0.1:{port}/"
        self.answers = 0
        self.failures: list[OSError] = []
        self.leaves = threading.Event()

    def run(self) -> None:
        while not self.leaves.wait(0.01):
            try:
                with urllib.request.urlopen(self.url, timeout=5) as response:
                    response.read()
                self.answers += 1
            except OSError as error:
                self.failures.append(error)

    def leave(self) -> None:
        self.leaves.set()
        self.join()


def test_an_app_goes_on_without_jupyter_and_is_restarted_by_the_headless_engine(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path, tmp_path / "state")

    async def scene(load: Deployed) -> None:
        spec = {"name": "app", "command": COMMAND, "environment_variables": {"APP": APP}}
        spec["environment_variables"] |= {"BOOK": str(tmp_path / "book")}  # type: ignore[operator]
        server.start()
        load.start_engine()
        made = server("POST", "recipes", {"type": "deployment", "spec": spec})["state"]["id"]
        server("POST", f"deployments/{made}/start", {})
        load.wished[made] = Standing(True, 1, 1)
        [run] = await load.settles(20)
        assert run.serving
        visitor = Visitor(run.serving.port)
        visitor.start()
        await asyncio.sleep(0.2)
        server.kill()
        await load.engine_acts()
        await asyncio.sleep(0.5)
        [same] = await load.settles(1)
        assert (same.id, same.attempt, same.serving) == (run.id, 1, run.serving)
        visitor.leave()
        assert visitor.failures == [] and visitor.answers > 20

        with suppress(OSError):
            await ask(run.serving.port, "die/1")
        fallen_at = time.monotonic()
        while [each.attempt for each in await load.settles(10)] != [2]:
            await asyncio.sleep(0.02)
        assert time.monotonic() - fallen_at < 3
        await load.check(await load.settles(1))
        server.start()
        [instance] = server("GET", f"deployments/{made}/instances")["instances"]
        assert (instance["id"], instance["ready"]) == (run.id, True)
        assert server("GET", "status")["engine"]["here"] is False

    try:
        play(tmp_path, scene)
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
