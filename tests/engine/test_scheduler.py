"""The scheduler over the real store and engine, with a backend and a clock of the tests' own."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.cron import Cron
from jupyter_saturn_deploy.engine.engine import Engine
from jupyter_saturn_deploy.models.runs import Ending, Observation, Reason, Run, RunState
from jupyter_saturn_deploy.models.schedule import Outcome, Slot, slots_after
from jupyter_saturn_deploy.store import runs, schedules, slots
from jupyter_saturn_deploy.store.db import Database
from jupyter_saturn_deploy.store.schedules import Schedule
from tests.engine.test_engine import Bench, Stage, log

VECTORS = Path(__file__).parents[1] / "vectors" / "controller.json.gz"
TIMELINES = [
    pytest.param(s, id=s["id"])
    for s in json.loads(gzip.decompress(VECTORS.read_bytes()))
    if s["kind"] == "timeline"
]
NOON = 1_800_014_400.0
MINUTELY = "* * * * *"


class Clock:
    """Stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Timed(Stage):
    """Runs take as long as the test says, on its clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(capacity=100)
        self.clock = clock

    def tell(self, run: Run) -> None:
        self.seen.put_nowait(Observation(run.id, run.attempt, RunState.RUNNING, self.clock()))

    async def stop(self, run: Run) -> None:
        self.stopped.append(run.id)
        self.alive[run.id] = run
        self.end(run.id, Ending(self.clock(), signal=15, reason=Reason.USER))


class Play(Bench):
    """A store and an engine on a clock; what each slot came to, with the time it was decided."""

    def __init__(self, state_dir: Path, clock: Clock) -> None:
        self.clock = clock
        self.told: list[tuple[float, Outcome, int]] = []
        super().__init__(state_dir, Timed(clock))

    def make(self) -> Engine:
        engine = Engine(
            self.store,
            self.follower,
            {"local": self.stage},
            self.state_dir,
            "server",
            30,
            log,
            self.clock,
        )
        engine.scheduler.on_slot.append(
            lambda outcome, count: self.told.append((self.clock(), outcome, count))
        )
        return engine

    async def scheduled(self, name: str, schedule: str = MINUTELY, **own: object) -> str:
        """A job whose schedule begins now, by the clock."""
        policy = own.pop("policy", "Allow")
        spec = {"schedule": schedule, "concurrency_policy": policy, "x-jupyter": own}
        job_id = await self.job(name, **spec)
        zone = str(own.get("time_zone", "UTC"))
        first, second = slots_after(Cron(schedule, zone), self.clock())
        begun = Schedule(job_id, first, second, None if own.get("suspended") else first)
        await self.store.write(lambda db: schedules.put(db, begun))
        return job_id

    async def at(self, now: float) -> None:
        """Set the clock, and wait until all is done that is to be done then."""
        self.clock.now = now
        deadline = time.monotonic() + 20
        while True:
            for listener in self.follower.listeners:
                listener([])
            await asyncio.sleep(0.002)
            if await self.store.read(self._settled) and self.stage.seen.empty():
                return
            assert time.monotonic() < deadline, "it does not settle"

    def _settled(self, db: Database) -> bool:
        look_at = schedules.next_look(db, [])
        waiting = "SELECT 1 FROM runs WHERE state IN ('queued', 'starting', 'stopping')"
        done = db.execute(waiting).fetchone() is None
        return done and (look_at is None or look_at > self.clock())

    async def next_look(self) -> float:
        look_at = await self.store.read(lambda db: schedules.next_look(db, []))
        return float("inf") if look_at is None else look_at

    async def all_runs(self, job_id: str) -> list[Run]:
        def work(db: Database) -> list[Run]:
            ids = db.execute("SELECT id FROM runs WHERE job_id = ? ORDER BY id", (job_id,))
            return [run for row in ids.fetchall() if (run := runs.find_any(db, row[0]))]

        return await self.store.read(work)

    async def slots(self, job_id: str) -> list[Slot]:
        found = await self.store.read(lambda db: slots.page(db, job_id, limit=1000).slots)
        return found[::-1]

    async def end(self, job_id: str, exit_code: int = 0) -> None:
        """Every active run of the job ends now."""
        for run in await self.all_runs(job_id):
            if run.id in self.stage.alive:
                self.stage.end(run.id, Ending(self.clock(), exit_code=exit_code))
                await self.until(run.id, RunState.ERROR if exit_code else RunState.COMPLETED)


def play(tmp_path: Path, scene: Callable[[Play], Awaitable[None]], now: float = NOON) -> None:
    async def whole() -> None:
        bench = Play(tmp_path, Clock(now))
        bench.follower.start()
        bench.engine.start()
        try:
            await scene(bench)
        finally:
            await bench.engine.stop()
            await bench.follower.stop()
            bench.store.close()

    asyncio.run(whole())


def seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@pytest.mark.parametrize("scenario", TIMELINES)
def test_a_day_goes_as_on_a_cluster(tmp_path: Path, scenario: dict[str, Any]) -> None:
    given, wanted = scenario["given"], scenario["expect"]
    durations = given.get("durs") or []
    edges = {
        **{
            seconds(at): (name, i)
            for name in ("suspends", "down")
            for span in given.get(name, [])
            for i, at in enumerate(span)
        },
    }

    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled(
            "a",
            given["schedule"],
            policy=given["concurrencyPolicy"],
            starting_deadline=given.get("deadline"),
            time_zone=given.get("tz", "UTC"),
        )
        ends: dict[str, float] = {}
        last = seconds(given["end"])
        down = False
        while True:
            looks = [] if down else [await bench.next_look()]
            moment = min([*looks, *edges, *ends.values(), last])
            bench.clock.now = moment
            # A cluster is 0.1 s later: what would end with the day has not ended there.
            for run_id in [run_id for run_id, at in ends.items() if at <= moment < last]:
                del ends[run_id]
                bench.stage.end(run_id, Ending(moment, exit_code=0))
                await bench.until(run_id, RunState.COMPLETED)
            kind, edge = edges.pop(moment, ("", 0))
            if kind == "suspends":
                await bench.jobs.suspend("ana", job_id, edge == 0)
            elif kind == "down" and edge == 0:
                await bench.engine.stop()
                down = True
            elif kind == "down":
                bench.engine = bench.make()
                bench.engine.start()
                down = False
            if not down:
                await bench.at(moment)
            for number, run in enumerate(await bench.all_runs(job_id)):
                if run.id not in bench.stage.alive:
                    ends.pop(run.id, None)
                elif run.id not in ends:
                    length = durations[number] if number < len(durations) else None
                    assert run.started_at is not None
                    ends[run.id] = run.started_at + (length or given["runDurationSeconds"])
            if moment == last:
                break
        found = await bench.all_runs(job_id)
        expected = wanted["runs"]
        assert [run.scheduled_for for run in found] == [
            seconds(r["scheduledFor"]) for r in expected
        ]
        for run, other in zip(found, expected, strict=True):
            outcome = "replaced" if run.reason == "replaced" else run.state.value
            assert outcome.replace("completed", "succeeded") == other["outcome"]
            assert run.started_at == pytest.approx(seconds(other["startedAt"]), abs=0.11)
            assert run.created_at <= run.started_at
            if "finishedAt" in other:
                assert run.ended_at == pytest.approx(seconds(other["finishedAt"]), abs=0.11)
        skips = [at for at, outcome, _ in bench.told if outcome is Outcome.SKIPPED]
        assert skips == pytest.approx([seconds(skip["at"]) for skip in wanted["skips"]], abs=0.11)

    play(tmp_path, scene, seconds(given["start"]))
