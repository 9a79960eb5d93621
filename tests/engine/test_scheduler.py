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
from tests.engine.test_engine import Bench, Stage, eventually, log
from tests.sources.repositories import git, write

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
        return done and look_at > self.clock()

    async def next_look(self) -> float:
        return await self.store.read(lambda db: schedules.next_look(db, []))

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


async def outcomes(bench: Play, job_id: str) -> list[tuple[float, str, str, int]]:
    """When (from noon), what, why, and of how many slots."""
    return [
        (slot.scheduled_for - NOON, slot.outcome.value, slot.reason, slot.count)
        for slot in await bench.slots(job_id)
    ]


def test_a_run_says_which_slot_it_is_for_and_what_it_runs_with(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        await bench.at(NOON + 59.999)
        assert await bench.all_runs(job_id) == []
        await bench.at(NOON + 60)
        (run,) = await bench.all_runs(job_id)
        assert (run.trigger, run.by, run.number) == ("schedule", "ana", 1)
        assert (run.scheduled_for, run.created_at) == (NOON + 60, NOON + 60)
        assert (run.execution.prefix, run.execution.base_url) == ("/usr", "http://x/")
        assert await outcomes(bench, job_id) == [(60, "started", "", 1)]
        assert (await bench.slots(job_id))[0].run_id == run.id

    play(tmp_path, scene)


def test_what_was_missed_is_one_row_with_a_count_and_why(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        await bench.engine.stop()
        bench.clock.now = NOON + 4 * 60 + 30
        bench.engine = bench.make()
        bench.engine.start()
        await bench.at(bench.clock.now)
        assert await outcomes(bench, job_id) == [
            (60, "missed", "this machine was off or nobody was there to start it, 3 slots", 3),
            (
                240,
                "started",
                "started 30 s late: this machine was off or nobody was there to start it",
                1,
            ),
        ]
        (run,) = await bench.all_runs(job_id)
        assert run.trigger == "catch-up"
        assert bench.told == [
            (bench.clock.now, Outcome.STARTED, 1),
            (bench.clock.now, Outcome.MISSED, 3),
        ]
        await bench.at(NOON + 300)
        assert (await bench.all_runs(job_id))[1].trigger == "schedule"

    play(tmp_path, scene)


def test_beyond_the_deadline_all_are_missed(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", "*/10 * * * *", starting_deadline=300)
        await bench.at(NOON + 3600 + 301)
        assert [row[:2] + row[3:] for row in await outcomes(bench, job_id)] == [(600, "missed", 6)]
        assert await bench.all_runs(job_id) == []
        assert await bench.next_look() == NOON + 4200

    play(tmp_path, scene)


def test_what_was_skipped_names_the_run_and_starts_when_that_has_ended(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", policy="Forbid")
        for minute in (1, 2, 3):
            await bench.at(NOON + minute * 60)
        assert await outcomes(bench, job_id) == [
            (60, "started", "", 1),
            (120, "skipped", "run 1 was still running", 1),
            (180, "skipped", "run 1 was still running", 1),
        ]
        bench.clock.now = NOON + 200
        await bench.end(job_id)
        await bench.at(NOON + 200)
        first, second = await bench.all_runs(job_id)
        assert (second.scheduled_for, second.trigger) == (NOON + 180, "catch-up")
        assert (await outcomes(bench, job_id))[-1] == (
            180,
            "started",
            "started 20 s late: run 1 was still running",
            1,
        )
        assert first.state is RunState.COMPLETED

    play(tmp_path, scene)


def test_a_run_by_hand_counts_for_the_policy_and_never_for_the_schedule(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", policy="Forbid")
        await bench.until(await bench.wish(job_id), RunState.RUNNING)
        await bench.at(NOON + 60)
        assert [row[1] for row in await outcomes(bench, job_id)] == ["skipped"]
        extra = await bench.wish(job_id)
        await bench.until(extra, RunState.RUNNING)
        assert len(await bench.all_runs(job_id)) == 2
        assert await bench.next_look() == NOON + 120

    play(tmp_path, scene)


def test_a_replaced_run_says_so_and_the_new_one_begins_when_it_has_ended(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", policy="Replace")
        await bench.at(NOON + 60)
        await bench.at(NOON + 120)
        first, second = await bench.all_runs(job_id)
        assert (first.state, first.reason) == (RunState.STOPPED, "replaced")
        assert second.state is RunState.RUNNING
        assert second.started_at is not None and first.ended_at is not None
        assert second.started_at >= first.ended_at

    play(tmp_path, scene)


def test_a_slot_that_has_its_run_gets_no_other(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        await bench.at(NOON + 60)
        # As after a restore of half a state: the slot's row is there, the schedule is behind.
        behind = Schedule(job_id, NOON + 60, NOON + 120, NOON + 60)
        await bench.store.write(lambda db: schedules.put(db, behind))
        await bench.at(NOON + 61)
        assert len(await bench.all_runs(job_id)) == 1
        await bench.at(NOON + 120)
        assert len(await bench.all_runs(job_id)) == 2

    play(tmp_path, scene)


def test_with_the_clock_set_back_and_forward_every_slot_comes_once(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        for now in (60, 120, -7200, -3600, 60, 120, 179, 180, 7200, 7201):
            await bench.at(NOON + now)
        started = [run.scheduled_for for run in await bench.all_runs(job_id)]
        assert started == [NOON + at for at in (60, 120, 180, 7200)]

    play(tmp_path, scene)


def test_switched_off_nothing_fires_and_switched_on_one_run_at_most(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        await bench.at(NOON + 60)
        await bench.jobs.suspend("ana", job_id, True)
        await bench.at(NOON + 250)
        assert len(await bench.all_runs(job_id)) == 1
        await bench.jobs.suspend("ana", job_id, False)
        # Which was before now, by the test's clock.
        resumed = "UPDATE schedules SET resumed_at = ?"
        await bench.store.write(lambda db: db.execute(resumed, (NOON + 250,)).rowcount)
        await bench.at(NOON + 250)
        assert [run.scheduled_for for run in await bench.all_runs(job_id)] == [
            NOON + 60,
            NOON + 240,
        ]
        rows = await outcomes(bench, job_id)
        assert rows[1] == (120, "missed", "the schedule was switched off, 2 slots", 2)

    play(tmp_path, scene)


def test_another_schedule_begins_anew_and_past_slots_of_it_do_not_start(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        bench.clock.now = time.time()
        job_id = await bench.scheduled("a", "0 0 1 1 *")
        minute = bench.clock.now // 3600 / 1 % 24
        edited = {"spec": {"schedule": f"* {int(minute)} * * *"}}
        await bench.jobs.edit(bench.here, job_id, edited)
        await bench.at(time.time())
        due = await bench.next_look()
        assert await bench.all_runs(job_id) == []
        assert bench.clock.now < due

    play(tmp_path, scene)


def test_a_longer_deadline_lets_a_missed_slot_start(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", "*/10 * * * *", starting_deadline=30)
        await bench.at(NOON + 1800 + 60)
        assert [row[1::2] for row in await outcomes(bench, job_id)] == [("missed", 3)]
        longer = {"spec": {"x-jupyter": {"starting_deadline": 100}}}
        await bench.jobs.edit(bench.here, job_id, longer)
        await bench.at(NOON + 1800 + 61)
        assert [(row[0], row[1], row[3]) for row in await outcomes(bench, job_id)] == [
            (600, "missed", 2),
            (1800, "started", 1),
        ]
        assert [run.scheduled_for for run in await bench.all_runs(job_id)] == [NOON + 1800]

    play(tmp_path, scene)


def test_a_deleted_job_fires_no_more(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        await bench.jobs.delete("ana", job_id)
        await bench.at(NOON + 600)
        assert await bench.all_runs(job_id) == []
        assert await bench.next_look() == float("inf")

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "broken",
    [
        """UPDATE resources SET spec = '{"not": "a job"}' WHERE id = ?""",
        "UPDATE resources SET spec = 'no JSON' WHERE id = ?",
        "UPDATE resources SET spec = json_set(spec, '$.time_zone', 'Mars/City') WHERE id = ?",
        "UPDATE resources SET spec = json_set(spec, '$.schedule', 'whenever') WHERE id = ?",
        "UPDATE resources SET spec = json_remove(spec, '$.schedule') WHERE id = ?",
        "UPDATE resources SET backend = 'moon' WHERE id = ?",
    ],
)
def test_a_bad_row_is_noted_and_never_stops_the_others(tmp_path: Path, broken: str) -> None:
    async def scene(bench: Play) -> None:
        bad = await bench.scheduled("bad")
        good = [await bench.scheduled(f"good-{n}") for n in range(3)]
        await bench.store.write(lambda db: db.execute(broken, (bad,)).rowcount)
        for minute in range(1, 6):
            await bench.at(NOON + minute * 60)
        for job_id in good:
            assert len(await bench.all_runs(job_id)) == 5
        noted = await bench.store.read(lambda db: schedules.get(db, bad))
        assert noted is not None and noted.trouble
        count = "SELECT count(*) FROM runs WHERE job_id = ?"
        # Where the row of itself told what to do, one was started.
        made = await bench.store.read(lambda db: db.execute(count, (bad,)).fetchone()[0])
        assert made <= 1

    play(tmp_path, scene)


def test_a_row_that_the_store_refuses_does_not_stop_the_others(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        bad, good = [await bench.scheduled(name) for name in ("bad", "good")]
        await bench.at(NOON + 60)
        # The next run would have the number of the one that there is.
        again = "UPDATE resources SET runs_made = 0 WHERE id = ?"
        await bench.store.write(lambda db: db.execute(again, (bad,)).rowcount)
        for minute in range(2, 5):
            await bench.at(NOON + minute * 60)
        assert len(await bench.all_runs(good)) == 4
        assert len(await bench.all_runs(bad)) == 1
        noted = await bench.store.read(lambda db: schedules.get(db, bad))
        assert noted is not None and noted.trouble

    play(tmp_path, scene)


def test_a_thousand_due_at_once_all_start_in_short_transactions(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        template = await bench.scheduled("job-0")

        def many(db: Database) -> None:
            one = (
                "SELECT owner, kind, project, backend, spec, created_at, updated_at FROM resources"
            )
            row = dict(db.execute(one).fetchone())
            for number in range(1, 1000):
                row |= {"id": f"{number:032x}", "name": f"job-{number}"}
                names = ", ".join(row)
                marks = ", ".join(f":{name}" for name in row)
                db.execute(f"INSERT INTO resources ({names}) VALUES ({marks})", row)
                schedules.put(db, Schedule(row["id"], NOON + 60, NOON + 120, NOON + 60))

        await bench.store.write(many)
        bench.clock.now = NOON + 60
        for listener in bench.follower.listeners:
            listener([])
        deadline = time.monotonic() + 30
        count = "SELECT count(*), count(DISTINCT job_id) FROM runs WHERE scheduled_for = ?"
        while True:
            made = await bench.store.read(
                lambda db: tuple(db.execute(count, (NOON + 60,)).fetchone())
            )
            if made == (1000, 1000):
                break
            assert time.monotonic() < deadline, made
            await asyncio.sleep(0.05)
        assert len(await bench.all_runs(template)) == 1

    play(tmp_path, scene)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, with one commit on main."""
    for name, value in {"NAME": "Ana", "EMAIL": "ana@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    git(tmp_path, "init", "--quiet", "-b", "main")
    write(tmp_path, **{"run.py": "1"})
    git(tmp_path, "add", "run.py")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_what_a_reference_means_is_found_out_at_each_slot(repository: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", source="git", reference="main")
        await bench.at(NOON + 60)
        git(repository, "commit", "--quiet", "--allow-empty", "-m", "second")
        await bench.at(NOON + 120)
        commits = [run.execution.code.commit for run in await bench.all_runs(job_id)]
        assert commits == git(repository, "rev-list", "--reverse", "main").split()

    play(repository, scene)


def test_a_run_whose_code_can_not_be_had_is_written_and_says_why(repository: Path) -> None:
    async def scene(bench: Play) -> None:
        git(repository, "branch", "soon-gone")
        job_id = await bench.scheduled("a", source="git", reference="soon-gone", policy="Forbid")
        git(repository, "branch", "-D", "soon-gone")
        await bench.at(NOON + 60)
        await bench.at(NOON + 120)
        first, second = await bench.all_runs(job_id)
        for run in (first, second):
            assert (run.state, run.reason) == (RunState.ERROR, "source")
            assert run.detail is not None and "soon-gone" in run.detail
        assert [row[1] for row in await outcomes(bench, job_id)] == ["started", "started"]

    play(repository, scene)


def silent_remote(repository: Path, directory: Path) -> Path:
    """A remote that answers once the path that is returned exists."""
    answer = directory / "answer"
    slow = f"until [ -e {answer} ]; do sleep 0.05; done; false"
    git(repository, "remote", "add", "origin", str(repository))
    git(repository, "config", "remote.origin.uploadpack", f"sh -c '{slow}' -")
    return answer


def test_a_repository_that_does_not_answer_keeps_no_other_waiting(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answer = silent_remote(repository, tmp_path_factory.mktemp("remote"))

    async def scene(bench: Play) -> None:
        waits = [
            await bench.job(f"waits-{n}", **{"x-jupyter": {"source": "git", "reference": "main"}})
            for n in range(6)
        ]
        there = "UPDATE resources SET spec = json_set(spec, '$.schedule', '* * * * *',"
        there += " '$.reference', 'origin/main') WHERE name LIKE 'waits-%'"
        await bench.store.write(lambda db: db.execute(there).rowcount)
        for job_id in waits:
            begun = Schedule(job_id, NOON + 60, NOON + 120, NOON + 60)
            await bench.store.write(lambda db, begun=begun: schedules.put(db, begun))
        others = [
            await bench.scheduled("other"),
            await bench.scheduled("of-git", source="git", reference="main"),
        ]
        for minute in (1, 2, 3):
            bench.clock.now = NOON + minute * 60
            for listener in bench.follower.listeners:
                listener([])

            async def started(minute: int = minute) -> bool:
                return [len(await bench.all_runs(other)) for other in others] == [minute] * 2

            await eventually(started)
        assert [await bench.all_runs(job_id) for job_id in waits] == [[]] * 6
        answer.touch()
        await bench.at(NOON + 180)
        for job_id in waits:
            found = await bench.all_runs(job_id)
            # The slot that was asked for, and the latest that passed meanwhile.
            assert [run.scheduled_for for run in found] == [NOON + 60, NOON + 180]
            assert {run.reason for run in found} == {"source"}

    play(repository, scene)


def test_a_run_that_waited_for_its_repository_says_so(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answer = silent_remote(repository, tmp_path_factory.mktemp("remote"))

    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a", source="git", reference="main")
        there = "UPDATE resources SET spec = json_set(spec, '$.reference', 'origin/main')"
        await bench.store.write(lambda db: db.execute(there).rowcount)
        bench.clock.now = NOON + 60
        for listener in bench.follower.listeners:
            listener([])

        async def asked() -> bool:
            return bool(bench.engine.scheduler._asking)

        await eventually(asked)
        bench.clock.now = NOON + 75
        answer.touch()
        await bench.at(NOON + 75)
        why = "started 15 s late: its repository took that long to answer"
        assert await outcomes(bench, job_id) == [(60, "started", why, 1)]

    play(repository, scene)


def test_of_two_processes_one_fires_and_the_other_takes_over(tmp_path: Path) -> None:
    async def scene(bench: Play) -> None:
        job_id = await bench.scheduled("a")
        second = Play(tmp_path, bench.clock)
        second.follower.start()
        second.engine.start()
        try:
            for minute in (1, 2):
                await bench.at(NOON + minute * 60)
            await bench.engine.stop()
            await second.at(NOON + 180)
            await second.at(NOON + 240)
            started = [run.scheduled_for for run in await bench.all_runs(job_id)]
            assert started == [NOON + minute * 60 for minute in (1, 2, 3, 4)]
            assert len(second.told) == 2
        finally:
            bench.engine.start()
            await second.engine.stop()
            await second.follower.stop()
            second.store.close()

    play(tmp_path, scene)
