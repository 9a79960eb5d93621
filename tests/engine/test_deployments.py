"""Deployments with everything real: engine, backend, apps that listen."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from jupyter_saturn_deploy.backends.local import LocalBackend
from jupyter_saturn_deploy.control.code import Sources
from jupyter_saturn_deploy.control.deployments import Deployments
from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.control.jobs import Jobs
from jupyter_saturn_deploy.control.retention import KEPT_REVISIONS
from jupyter_saturn_deploy.control.runs import Runs
from jupyter_saturn_deploy.engine.engine import Engine
from jupyter_saturn_deploy.engine.follow import Follower
from jupyter_saturn_deploy.models.runs import Attempt, Run, RunState
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from jupyter_saturn_deploy.store import deployments, runs
from jupyter_saturn_deploy.store.db import Database, Store
from tests.apps import APP, RUN, ask

log = logging.getLogger("test")
NEVER_UP = "sleep 1000"


class Site:
    """A store, wishes, and an engine over this machine, which takes one job at a time."""

    def __init__(self, directory: Path) -> None:
        state_dir, project = directory / "state", directory / "project"
        state_dir.mkdir(mode=0o700)
        project.mkdir()
        self.state_dir = state_dir
        self.store = Store(state_dir / "store.sqlite", log)
        sources = Sources(Snapshots(state_dir))
        self.deployments = Deployments(self.store, sources)
        self.jobs = Jobs(self.store, sources)
        self.runs = Runs(self.store, sources)
        self.here = Here(
            "ana", project, sys.prefix, "", "small", ["small"], "local", ["local"], "http://x/s/"
        )
        self.backend = LocalBackend(
            state_dir=state_dir,
            capacity=1,
            grace=0.5,
            token_for=lambda run: "token",
            packages=lambda prefix: [],
            image=lambda: "",
            log=log,
        )
        self.follower = Follower(self.store, log)
        self.engine = self.make()

    def make(self) -> Engine:
        backends = {"local": self.backend}
        return Engine(self.store, self.follower, backends, self.state_dir, "server", 30, log)

    async def app(self, command: str = RUN, scale: int = 1) -> str:
        """A deployment, as its id."""
        spec = {
            "name": "app",
            "command": command,
            "scale": scale,
            "environment_variables": {"APP": APP},
        }
        made = await self.deployments.create(self.here, {"type": "deployment", "spec": spec})
        return made.resource.id

    async def started(self, command: str = RUN, scale: int = 1) -> str:
        """One that serves."""
        app_id = await self.app(command, scale)
        await self.deployments.start(self.here, app_id, "ana")
        await self.serves(app_id, 1, scale)
        return app_id

    async def restart(self, app_id: str, **changes: object) -> None:
        """With these changes to it."""
        await self.deployments.edit(self.here, app_id, {"spec": changes})
        await self.deployments.restart(self.here, app_id, "ana")

    async def living(self, app_id: str) -> list[Run]:
        """Its instances that have not ended."""
        return (await self.store.read(lambda db: deployments.living(db, [app_id])))[app_id]

    async def ready(self, app_id: str) -> list[Run]:
        """Those that requests are sent to."""
        return [run for run in await self.living(app_id) if run.serving and not run.stop_reason]

    async def attempts(self, run_id: str) -> list[Attempt]:
        """Its lives."""
        return (await self.store.read(lambda db: runs.attempts(db, [run_id])))[run_id]

    async def serves(self, app_id: str, revision: int, scale: int) -> list[Run]:
        """Once it is `scale` instances of that revision, all ready, and nothing else."""
        there: list[Run] = []

        async def as_wished() -> bool:
            there[:] = await self.living(app_id)
            return len(there) == scale and all(
                run.revision == revision and run.serving and not run.stop_reason for run in there
            )

        await eventually(as_wished)
        assert sorted(run.instance or 0 for run in there) == list(range(1, scale + 1))
        return there

    async def gone(self, app_id: str) -> None:
        """Once nothing of it lives; no process then either."""

        async def nothing() -> bool:
            return not await self.living(app_id)

        await eventually(nothing)
        assert self.processes() == []

    def processes(self) -> list[psutil.Process]:
        """Everything that runs here: supervisors and what is below them."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            with suppress(psutil.Error):
                if any(str(self.state_dir) in word for word in process.info["cmdline"] or []):
                    found += [process, *process.children(recursive=True)]
        return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]

    async def crash(self, run: Run, code: int) -> None:
        """Let it exit with that code."""
        assert run.serving
        with suppress(OSError):
            await ask(run.serving.port, f"die/{code}")


async def eventually(check: Callable[[], Awaitable[bool]], within: float = 15) -> None:
    deadline = time.monotonic() + within
    while not await check():
        assert time.monotonic() < deadline, f"it did not happen within {within} s"
        await asyncio.sleep(0.01)


def play(tmp_path: Path, scene: Callable[[Site], Awaitable[None]]) -> None:
    async def whole() -> None:
        site = Site(tmp_path)
        site.follower.start()
        site.engine.start()
        try:
            await scene(site)
        finally:
            await site.engine.stop()
            await site.follower.stop()
            site.store.close()
            for process in site.processes():
                with suppress(psutil.Error):
                    process.kill()

    asyncio.run(whole())


class Visitor:
    """Asks whoever is ready, again and again, and counts how many are."""

    def __init__(self, site: Site, app_id: str) -> None:
        self.site = site
        self.app_id = app_id
        self.fewest = 1000
        self.answers: list[str] = []
        self._task = asyncio.create_task(self._visit())

    async def _visit(self) -> None:
        while True:
            ready = await self.site.ready(self.app_id)
            self.fewest = min(self.fewest, len(ready))
            for run in ready:
                assert run.serving
                self.answers.append(await ask(run.serving.port))
            await asyncio.sleep(0.01)

    async def leave(self) -> None:
        """Raises what went wrong meanwhile."""
        if not self._task.done():
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def test_a_started_deployment_serves_and_a_stopped_one_leaves_nothing(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=2)
        for run in await site.ready(app_id):
            assert run.serving
            assert await ask(run.serving.port) == f"{run.id} 1"
            assert await ask(run.serving.port, "env/SATURN_BASE_PATH") == "/s/apps/app"
        await site.deployments.start(site.here, app_id, "ana")
        await asyncio.sleep(0.3)
        await site.serves(app_id, 1, 2)
        await site.deployments.stop("ana", app_id)
        await site.gone(app_id)
        ended = await site.store.read(lambda db: deployments.ended(db, app_id, 10))
        assert [(run.state, run.reason) for run in ended] == [(RunState.STOPPED, "user")] * 2
        await site.deployments.start(site.here, app_id, "ana")
        await site.serves(app_id, 2, 2)

    play(tmp_path, scene)


def test_an_instance_that_exits_serves_again_whatever_its_code(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=2)
        for run, code in zip(await site.ready(app_id), (0, 3), strict=True):
            await site.crash(run, code)
            fallen_at = time.monotonic()

            async def back(run_id: str = run.id) -> bool:
                return any(
                    each.id == run_id and each.attempt == 2 for each in await site.ready(app_id)
                )

            await eventually(back)
            took = time.monotonic() - fallen_at
            assert 1 <= took < 3, f"it took {took:.1f} s"
            attempts = await site.attempts(run.id)
            assert [item.exit_code for item in attempts] == [code, None]

    play(tmp_path, scene)


def test_one_that_dies_again_and_again_waits_longer_each_time(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.app("exit 3")
        await site.deployments.start(site.here, app_id, "ana")
        due, waits = 0.0, []
        for attempt in (1, 2, 3):

            async def fallen(attempt: int = attempt) -> bool:
                there = await site.living(app_id)
                return [(run.attempt, run.state) for run in there] == [(attempt, RunState.RETRYING)]

            await eventually(fallen)
            [run] = await site.living(app_id)
            assert (run.crashes, run.exit_code, run.reason) == (attempt, 3, "exit")
            last = (await site.attempts(run.id))[-1]
            assert run.next_attempt_at and last.started_at and last.ended_at
            if waits:
                assert 0 <= last.started_at - due < 1
            due = run.next_attempt_at
            waits.append(due - last.ended_at)
        assert waits == pytest.approx([1, 2, 4])
        await site.deployments.stop("ana", app_id)
        await site.gone(app_id)

    play(tmp_path, scene)


def test_a_rolling_restart_keeps_every_place_served(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=3)
        old = {run.id for run in await site.ready(app_id)}
        visitor = Visitor(site, app_id)
        await site.restart(app_id, command=f"true; {RUN}")
        new = {run.id for run in await site.serves(app_id, 2, 3)}
        await visitor.leave()
        assert visitor.fewest == 3
        assert {answer.split()[0] for answer in visitor.answers} == old | new
        ended = await site.store.read(lambda db: deployments.ended(db, app_id, 10))
        assert {(run.id, run.reason) for run in ended} == {(run_id, "replaced") for run_id in old}

    play(tmp_path, scene)


def test_what_is_asked_during_a_rolling_restart_is_answered(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        [run] = await site.ready(app_id)
        assert run.serving
        asked = asyncio.create_task(ask(run.serving.port, "slow/2"))
        await asyncio.sleep(0.1)
        await site.restart(app_id)
        assert await asked == f"slow {run.id} 1"
        await site.serves(app_id, 2, 1)

    play(tmp_path, scene)


def test_a_stop_waits_for_nothing_that_is_being_replaced(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        [run] = await site.ready(app_id)
        assert run.serving
        asked = asyncio.create_task(ask(run.serving.port, "slow/60"))
        await asyncio.sleep(0.1)
        await site.restart(app_id)

        async def going() -> bool:
            return any(run.stop_reason for run in await site.living(app_id))

        await eventually(going)
        began = time.monotonic()
        await site.deployments.stop("ana", app_id)
        await site.gone(app_id)
        assert time.monotonic() - began < 5
        assert await asked == "slow "

    play(tmp_path, scene)


def test_a_revision_that_never_comes_up_leaves_the_one_before_in_service(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=2)
        first, second = await site.ready(app_id)
        await site.restart(app_id, command="exit 1", scale=2)

        async def failing() -> bool:
            there = [run for run in await site.living(app_id) if run.revision == 2]
            return [run.state for run in there] == [RunState.RETRYING]

        await eventually(failing)
        # Even where one of those that serve dies meanwhile.
        await site.crash(first, 1)

        async def whole_again() -> bool:
            there = await site.ready(app_id)
            return {(run.id, run.attempt) for run in there} == {(first.id, 2), (second.id, 1)}

        await eventually(whole_again)
        await site.deployments.rollback(site.here, app_id, 1, "ana")
        await site.serves(app_id, 3, 2)
        revision = await site.store.read(lambda db: deployments.revision(db, app_id, 3))
        assert (revision.how.value, revision.origin) == ("rollback", 1)
        assert revision.execution.spec.command == RUN

    play(tmp_path, scene)


def test_more_and_fewer_instances_come_with_a_restart(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        visitor = Visitor(site, app_id)
        await site.deployments.edit(site.here, app_id, {"spec": {"scale": 3}})
        await asyncio.sleep(0.2)
        await site.serves(app_id, 1, 1)
        await site.deployments.restart(site.here, app_id, "ana")
        await site.serves(app_id, 2, 3)
        await site.restart(app_id, scale=1)
        await site.serves(app_id, 3, 1)
        await visitor.leave()
        assert visitor.fewest == 1

    play(tmp_path, scene)


@pytest.mark.parametrize("wish", ["stop", "delete"])
def test_a_wish_to_end_it_during_a_rollout_leaves_nothing(tmp_path: Path, wish: str) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=2)
        await site.restart(app_id, command=NEVER_UP)

        async def begun() -> bool:
            return {run.revision for run in await site.living(app_id)} == {1, 2}

        await eventually(begun)
        await getattr(site.deployments, wish)("ana", app_id)
        await site.gone(app_id)
        await asyncio.sleep(0.2)
        await site.gone(app_id)
        if wish == "delete":

            async def forgotten() -> bool:
                tables = ("resources", "deployments", "revisions", "runs", "attempts")
                counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
                left = await site.store.read(lambda db: db.execute(f"SELECT {counts}").fetchone())
                return left[0] == 0 and not list((site.state_dir / "runs").iterdir())

            await eventually(forgotten)

    play(tmp_path, scene)


def test_a_later_revision_overtakes_one_that_does_not_come_up(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        visitor = Visitor(site, app_id)
        await site.restart(app_id, command=NEVER_UP)

        async def begun() -> bool:
            there = await site.living(app_id)
            return [run.revision for run in there if run.state is RunState.RUNNING] == [1, 2]

        await eventually(begun)
        await site.restart(app_id, command=RUN)
        await site.serves(app_id, 3, 1)
        await visitor.leave()
        assert visitor.fewest == 1

    play(tmp_path, scene)


def test_an_instance_that_is_stopped_by_hand_is_replaced(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        [old] = await site.ready(app_id)
        await site.runs.stop("ana", old.id)
        [new] = await site.serves(app_id, 1, 1)
        assert new.id != old.id and new.instance == old.instance

    play(tmp_path, scene)


def test_a_supervisor_that_is_killed_costs_no_more_than_a_restart(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        [run] = await site.ready(app_id)
        [shim] = [p for p in site.processes() if any(w.endswith("shim.py") for w in p.cmdline())]
        before = {p.pid for p in site.processes()}
        os.kill(shim.pid, signal.SIGKILL)

        async def back() -> bool:
            return [(each.id, each.attempt) for each in await site.ready(app_id)] == [(run.id, 2)]

        await eventually(back)
        assert not before & {p.pid for p in site.processes()}
        attempts = await site.attempts(run.id)
        assert attempts[0].reason == "lost"

    play(tmp_path, scene)


def test_instances_take_no_places_from_jobs(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started(scale=3)
        made = await site.jobs.create(
            site.here, {"type": "job", "spec": {"name": "job", "command": "true"}}
        )
        run_id = (await site.runs.start(site.here, made.resource.id, "ana")).id

        async def done() -> bool:
            run = await site.store.read(lambda db: runs.find_any(db, run_id))
            return run is not None and run.state is RunState.COMPLETED

        await eventually(done)
        await site.serves(app_id, 1, 3)

    play(tmp_path, scene)


def test_an_engine_that_starts_forgets_old_revisions_but_none_that_serves(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        app_id = await site.started()
        await site.engine.stop()

        def many(db: Database) -> None:
            first = deployments.revision(db, app_id, 1)
            for number in range(2, KEPT_REVISIONS + 5):
                deployments.put_in_service(db, replace(first, number=number))

        await site.store.write(many)
        site.engine = site.make()
        site.engine.start()

        async def numbers() -> list[int]:
            found = await site.store.read(lambda db: deployments.revisions(db, app_id, 999, 999))
            return [item.number for item in found]

        async def forgotten() -> bool:
            return len(await numbers()) <= KEPT_REVISIONS + 1

        await eventually(forgotten)
        last = KEPT_REVISIONS + 4
        assert set(range(5, last + 1)) <= set(await numbers()) <= {1, *range(5, last + 1)}
        await site.serves(app_id, last, 1)

    play(tmp_path, scene)
