"""The engine over a backend of the tests' own: order, places, retries, stops, restarts."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.control.code import Sources
from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.control.jobs import Jobs
from jupyter_saturn_deploy.control.queue import Work, next_work
from jupyter_saturn_deploy.control.runs import Runs
from jupyter_saturn_deploy.engine.engine import Engine
from jupyter_saturn_deploy.engine.follow import Follower
from jupyter_saturn_deploy.models.runs import (
    Ending,
    Observation,
    Reason,
    Run,
    RunState,
    after_attempt,
)
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from jupyter_saturn_deploy.store import resources, runs
from jupyter_saturn_deploy.store.db import Database, Store

log = logging.getLogger("test")


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + 10
    while not await check():
        assert time.monotonic() < deadline, "it did not happen within 10 s"
        await asyncio.sleep(0.005)


async def quiet() -> None:
    """Long enough for a wrong step to show."""
    await asyncio.sleep(0.1)


class Stage:
    """A backend whose runs do what the test says. Outlives the engine, as processes do."""

    name = "local"

    def __init__(self, capacity: int | None = 2) -> None:
        self.capacity = capacity
        self.started: list[tuple[str, int]] = []
        self.stopped: list[str] = []
        self.forgotten: list[str] = []
        self.alive: dict[str, Run] = {}
        self.seen: asyncio.Queue[Observation] = asyncio.Queue()

    async def open(self, active: Sequence[Run]) -> None:
        self.seen = asyncio.Queue()
        for run in active:
            if run.id in self.alive:
                self.tell(run)
            elif (run.id, run.attempt) in self.started:
                self.seen.put_nowait(after_attempt(run, run.attempt, Ending(0, reason=Reason.LOST)))
            else:
                await self.start(run)

    async def close(self) -> None:
        pass

    async def start(self, run: Run) -> None:
        self.started.append((run.id, run.attempt))
        self.alive[run.id] = run
        self.tell(run)

    def tell(self, run: Run) -> None:
        self.seen.put_nowait(Observation(run.id, run.attempt, RunState.RUNNING, time.time()))

    async def stop(self, run: Run) -> None:
        self.stopped.append(run.id)
        self.alive[run.id] = run
        self.end(run.id, Ending(time.time(), signal=15, reason=Reason.USER))

    def end(self, run_id: str, ending: Ending) -> None:
        run = self.alive.pop(run_id)
        self.seen.put_nowait(after_attempt(run, run.attempt, ending))

    async def facts(self) -> AsyncIterator[Observation]:
        while True:
            yield await self.seen.get()

    def log(self, run_id: str, attempt: int) -> Path:
        return Path("/nowhere") / run_id / str(attempt)

    def output(self, run_id: str, attempt: int) -> Path:
        return self.log(run_id, attempt) / "output"

    async def forget(self, run_ids: Sequence[str]) -> None:
        self.forgotten.extend(run_ids)


class Bench:
    """A store, wishes, and an engine that can be started and dropped."""

    def __init__(self, state_dir: Path, stage: Stage) -> None:
        self.state_dir = state_dir
        self.stage = stage
        self.store = Store(state_dir / "store.sqlite", log)
        sources = Sources(Snapshots(state_dir))
        self.jobs = Jobs(self.store, sources)
        self.runs = Runs(self.store, sources)
        self.here = Here(
            "ana", state_dir, "/usr", "", "small", ["small"], "local", ["local"], "http://x/"
        )
        self.follower = Follower(self.store, log)
        self.engine = self.make()

    def make(self) -> Engine:
        return Engine(
            self.store, self.follower, {"local": self.stage}, self.state_dir, "server", 30, log
        )

    async def job(self, name: str, **spec: object) -> str:
        body = {"type": "job", "spec": {"name": name, "command": "true", **spec}}
        return (await self.jobs.create(self.here, body)).resource.id

    async def wish(self, job_id: str) -> str:
        return (await self.runs.start(self.here, job_id, "ana")).id

    async def run(self, run_id: str) -> Run:
        found = await self.store.read(lambda db: runs.find_any(db, run_id))
        assert found is not None
        return found

    async def until(self, run_id: str, state: RunState) -> Run:
        async def there() -> bool:
            return (await self.run(run_id)).state is state

        await eventually(there)
        return await self.run(run_id)


def play(
    tmp_path: Path, scene: Callable[[Bench], Awaitable[None]], stage: Stage | None = None
) -> None:
    async def whole() -> None:
        bench = Bench(tmp_path, stage or Stage())
        bench.follower.start()
        bench.engine.start()
        try:
            await scene(bench)
        finally:
            await bench.engine.stop()
            await bench.follower.stop()
            bench.store.close()

    asyncio.run(whole())


def test_a_run_goes_from_queued_to_completed(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a"))
        running = await bench.until(run_id, RunState.RUNNING)
        assert running.started_at is not None
        bench.stage.end(run_id, Ending(running.started_at + 2, exit_code=0))
        done = await bench.until(run_id, RunState.COMPLETED)
        assert (done.exit_code, done.reason, done.ended_at) == (0, None, running.started_at + 2)

    play(tmp_path, scene)


def test_no_more_runs_than_places_and_the_rest_waits_in_order(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        ids = [await bench.wish(job_id) for _ in range(6)]
        await bench.until(ids[1], RunState.RUNNING)
        await quiet()
        assert [run_id for run_id, _ in bench.stage.started] == ids[:2]
        last = await bench.run(ids[4])
        assert await bench.store.read(lambda db: runs.queue_position(db, last)) == 3
        for number, run_id in enumerate(ids):
            await bench.until(run_id, RunState.RUNNING)
            bench.stage.end(run_id, Ending(time.time(), exit_code=0))
            await bench.until(run_id, RunState.COMPLETED)
            assert len(bench.stage.alive) <= 2, number
        assert [run_id for run_id, _ in bench.stage.started] == ids

    play(tmp_path, scene)


def test_a_failure_is_tried_again_after_its_delay_and_then_is_an_error(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a", retries=1))
        await bench.until(run_id, RunState.RUNNING)
        long_ago = time.time() - 9.8
        bench.stage.end(run_id, Ending(long_ago, exit_code=3))
        waiting = await bench.until(run_id, RunState.RETRYING)
        assert waiting.next_attempt_at == long_ago + 10
        await bench.until(run_id, RunState.RUNNING)
        assert bench.stage.started == [(run_id, 1), (run_id, 2)]
        bench.stage.end(run_id, Ending(time.time(), exit_code=4))
        failed = await bench.until(run_id, RunState.ERROR)
        assert (failed.exit_code, failed.reason) == (4, "exit")
        attempts = (await bench.store.read(lambda db: runs.attempts(db, [run_id])))[run_id]
        assert [(a.number, a.state, a.exit_code) for a in attempts] == [
            (1, RunState.ERROR, 3),
            (2, RunState.ERROR, 4),
        ]

    play(tmp_path, scene)


def test_a_run_that_waits_for_its_next_attempt_holds_no_place(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        waiting = await bench.wish(await bench.job("a", retries=1))
        await bench.until(waiting, RunState.RUNNING)
        bench.stage.end(waiting, Ending(time.time(), exit_code=1))
        await bench.until(waiting, RunState.RETRYING)
        other = await bench.wish(await bench.job("b"))
        await bench.until(other, RunState.RUNNING)

    play(tmp_path, scene, Stage(capacity=1))


def test_stopping_reaches_queued_waiting_and_running_ones(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a", retries=3)
        waiting = await bench.wish(job_id)
        await bench.until(waiting, RunState.RUNNING)
        bench.stage.end(waiting, Ending(time.time(), exit_code=1))
        await bench.until(waiting, RunState.RETRYING)
        running, queued = await bench.wish(job_id), await bench.wish(job_id)
        await bench.until(running, RunState.RUNNING)
        assert sorted(await bench.runs.stop_job("ana", job_id)) == sorted(
            [waiting, running, queued]
        )
        for run_id in (waiting, running, queued):
            assert (await bench.until(run_id, RunState.STOPPED)).reason == "user"
        await quiet()
        assert bench.stage.stopped == [running]

    play(tmp_path, scene, Stage(capacity=1))


def test_a_restarted_job_begins_when_its_old_run_has_ended(tmp_path: Path) -> None:
    class Slow(Stage):
        async def stop(self, run: Run) -> None:
            self.stopped.append(run.id)
            self.alive[run.id] = run

    stage = Slow()

    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        old = await bench.wish(job_id)
        await bench.until(old, RunState.RUNNING)
        new = (await bench.runs.restart(bench.here, job_id, "ana")).id
        await bench.until(old, RunState.STOPPING)
        await quiet()
        assert (await bench.run(new)).state is RunState.QUEUED
        stage.end(old, Ending(time.time(), signal=15, reason=Reason.USER))
        await bench.until(new, RunState.RUNNING)
        assert stage.stopped == [old]

    play(tmp_path, scene, stage)


def test_a_stop_that_comes_too_late_leaves_the_success(tmp_path: Path) -> None:
    class Deaf(Stage):
        async def stop(self, run: Run) -> None:
            self.alive[run.id] = run

    stage = Deaf()

    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a"))
        await bench.until(run_id, RunState.RUNNING)
        await bench.runs.stop("ana", run_id)
        await bench.until(run_id, RunState.STOPPING)
        stage.end(run_id, Ending(time.time(), exit_code=0))
        await bench.until(run_id, RunState.COMPLETED)

    play(tmp_path, scene, stage)


def test_a_deleted_job_is_stopped_forgotten_and_its_name_free_at_once(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        run_id = await bench.wish(job_id)
        await bench.until(run_id, RunState.RUNNING)
        await bench.jobs.delete("ana", job_id)
        await bench.job("a")

        async def gone() -> bool:
            left = "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM resources)"
            counts = await bench.store.read(lambda db: tuple(db.execute(left).fetchone()))
            return counts == (0, 1)

        await eventually(gone)
        assert bench.stage.forgotten == [run_id]

    play(tmp_path, scene)


def test_a_deleted_job_of_many_runs_is_forgotten_without_a_pause(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        done = replace(await bench.run(await bench.wish(job_id)), state=RunState.COMPLETED)

        def many(db: Database) -> None:
            for number in range(2, 1502):
                runs.insert(db, replace(done, id=runs.new_id(db), number=number))

        await bench.store.write(many)
        await bench.jobs.delete("ana", job_id)

        async def gone() -> bool:
            left = await bench.store.read(lambda db: db.execute("SELECT 1 FROM runs").fetchone())
            return left is None

        await eventually(gone)
        assert len(bench.stage.forgotten) == 1501

    play(tmp_path, scene)


def test_an_observation_that_is_no_legal_step_is_not_written(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a"))
        running = await bench.until(run_id, RunState.RUNNING)
        bench.stage.end(run_id, Ending(time.time(), exit_code=0))
        done = await bench.until(run_id, RunState.COMPLETED)
        bench.stage.seen.put_nowait(Observation(run_id, 1, RunState.RUNNING, time.time()))
        bench.stage.seen.put_nowait(after_attempt(running, 1, Ending(time.time(), exit_code=9)))
        await quiet()
        assert await bench.run(run_id) == done

    play(tmp_path, scene)


def test_a_new_engine_adopts_begins_and_finishes_each_once(tmp_path: Path) -> None:
    stage = Stage(capacity=10)

    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        adopted, ended = await bench.wish(job_id), await bench.wish(job_id)
        for run_id in (adopted, ended):
            await bench.until(run_id, RunState.RUNNING)
        await bench.engine.stop()
        stage.alive.pop(ended)
        never_began = await bench.wish(job_id)
        # Written as begun, then killed before the backend heard of it.
        run = replace(await bench.run(never_began), state=RunState.STARTING, attempt=1)
        await bench.store.write(lambda db: runs.update(db, run))
        bench.engine = bench.make()
        bench.engine.start()
        await bench.until(never_began, RunState.RUNNING)
        assert (await bench.until(ended, RunState.ERROR)).reason == "lost"
        assert (await bench.run(adopted)).state is RunState.RUNNING
        assert sorted(stage.started) == sorted([(adopted, 1), (ended, 1), (never_began, 1)])

    play(tmp_path, scene, stage)


def test_of_two_engines_one_acts_and_the_other_takes_over(tmp_path: Path) -> None:
    stage = Stage(capacity=100)

    async def scene(bench: Bench) -> None:
        second = Bench(tmp_path, stage)
        second.follower.start()
        second.engine.start()
        job_id = await bench.job("a")
        ids = [await (bench, second)[n % 2].wish(job_id) for n in range(10)]
        for run_id in ids:
            await bench.until(run_id, RunState.RUNNING)
        assert sorted(stage.started) == sorted((run_id, 1) for run_id in ids)
        assert [bench.engine.leader.leading, second.engine.leader.leading].count(True) == 1
        first = bench.engine if bench.engine.leader.leading else second.engine
        await first.stop()
        late = await second.wish(job_id)
        await second.until(late, RunState.RUNNING)
        assert len(stage.started) == 11
        first.start()
        await second.engine.stop()
        await second.follower.stop()
        second.store.close()

    play(tmp_path, scene, stage)


def test_a_step_under_way_is_written_before_another_engine_may_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slow(db: Database, backend: str, capacity: int | None, now: float) -> Work:
        work = next_work(db, backend, capacity, now)
        if work.start:
            begun.set()
            time.sleep(0.3)
        return work

    monkeypatch.setattr("jupyter_saturn_deploy.engine.engine.next_work", slow)

    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a"))
        assert await asyncio.to_thread(begun.wait, 10)
        await bench.engine.stop()
        assert not bench.engine.leader.leading
        other = Store(tmp_path / "store.sqlite", log)
        seen = await other.read(lambda db: runs.find_any(db, run_id))
        other.close()
        bench.engine.start()
        assert seen is not None and seen.state is RunState.STARTING

    play(tmp_path, scene)


def test_a_store_that_fails_for_a_while_loses_no_fact(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        run_id = await bench.wish(await bench.job("a"))
        await bench.until(run_id, RunState.RUNNING)
        await bench.store.read(lambda db: db.execute("PRAGMA query_only = ON"))
        bench.stage.end(run_id, Ending(time.time(), exit_code=0))
        await quiet()
        await bench.store.read(lambda db: db.execute("PRAGMA query_only = OFF"))
        await bench.until(run_id, RunState.COMPLETED)

    play(tmp_path, scene)


def test_the_token_of_a_deleted_job_is_worth_nothing(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        assert await bench.store.read(lambda db: resources.generation(db, "ana", job_id)) == 1
        await bench.jobs.delete("ana", job_id)
        assert await bench.store.read(lambda db: resources.generation(db, "ana", job_id)) is None

    play(tmp_path, scene)


def test_an_engine_that_starts_lets_old_runs_go(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        job_id = await bench.job("a")
        ids = [await bench.wish(job_id) for _ in range(12)]
        for run_id in ids:
            await bench.until(run_id, RunState.RUNNING)
            bench.stage.end(run_id, Ending(time.time(), exit_code=0))
            await bench.until(run_id, RunState.COMPLETED)
        await bench.engine.stop()
        long_ago = time.time() - 31 * 24 * 3600
        await bench.store.write(
            lambda db: db.execute("UPDATE runs SET ended_at = ?", (long_ago,)).rowcount
        )
        bench.engine = bench.make()
        bench.engine.start()

        async def forgotten() -> bool:
            return len(bench.stage.forgotten) == 2

        await eventually(forgotten)
        assert sorted(bench.stage.forgotten) == sorted(ids[:2])

    play(tmp_path, scene)
