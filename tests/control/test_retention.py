"""Which runs go by themselves, and doing something to many."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from jupyter_saturn_deploy.control import retention
from jupyter_saturn_deploy.control.bulk import Outcome, in_turn
from jupyter_saturn_deploy.control.queue import next_work
from jupyter_saturn_deploy.control.retention import DAY, KEPT, KEPT_REVISIONS
from jupyter_saturn_deploy.models.deployments import How, Revision
from jupyter_saturn_deploy.models.resources import Deployment, DeploymentSpec, Job, JobSpec
from jupyter_saturn_deploy.models.runs import Attempt, Execution, RunState
from jupyter_saturn_deploy.store import changes, deployments, resources, runs
from jupyter_saturn_deploy.store.db import Database, Store
from tests.store.made import add_run

JOB = Job(
    "a" * 32,
    "ana",
    "/p",
    "local",
    JobSpec(name="a", command="true", instance_type="this-machine", image=""),
    1,
    0.0,
    0.0,
)
APP = Deployment(
    "d" * 32,
    "ana",
    "/p",
    "local",
    DeploymentSpec(name="app", command="serve", instance_type="this-machine", image=""),
    1,
    0.0,
    0.0,
)
NOW = 1000 * DAY


def play(path: Path, scene: Callable[[Store], Awaitable[None]]) -> None:
    """Run it on a store with one job."""
    store = Store(path / "store.sqlite", logging.getLogger("test"))

    async def whole() -> None:
        await store.write(lambda db: resources.insert(db, JOB))
        await scene(store)

    try:
        asyncio.run(whole())
    finally:
        store.close()


def add(db: Database, ended_at: float, state: RunState = RunState.COMPLETED) -> str:
    return add_run(db, JOB, state=state, ended_at=ended_at).id


async def left(store: Store) -> list[str]:
    """Ids of the runs that are not hidden."""
    look = "SELECT id FROM runs WHERE deleted_at IS NULL ORDER BY id"
    return [row["id"] for row in await store.read(lambda db: db.execute(look).fetchall())]


def test_a_pinned_run_is_kept_beside_the_latest_ones(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        made = await store.write(lambda db: [add(db, day * DAY) for day in range(KEPT + 5)])
        pinned = [made[0], made[-1]]
        await store.write(lambda db: [runs.pin(db, run_id, True) for run_id in pinned])
        assert await retention.expire(store, NOW, 30) == 3
        assert await left(store) == [made[0], *made[4:]]
        assert await retention.expire(store, NOW, 30) == 0
        await store.write(lambda db: runs.pin(db, made[0], False))
        assert await retention.expire(store, NOW, 30) == 1

    play(tmp_path, scene)


def test_a_run_that_is_pinned_at_the_last_moment_stays(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        run_id = await store.write(lambda db: add(db, 0.0))
        await store.write(lambda db: runs.pin(db, run_id, True))
        assert await store.write(lambda db: runs.mark_expired(db, NOW, [run_id])) == []
        await store.write(lambda db: resources.mark_deleted(db, [JOB.id], NOW))
        assert await store.write(lambda db: runs.mark_expired(db, NOW, [run_id])) == [run_id]

    play(tmp_path, scene)


def test_what_a_deleted_job_leaves_is_swept_but_for_what_lives(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        made = await store.write(lambda db: [add(db, 0.0) for _ in range(250)])
        living = await store.write(lambda db: add(db, 0.0, RunState.RUNNING))
        await store.write(lambda db: runs.pin(db, made[0], True))
        assert await retention.sweep(store, NOW) == 0
        await store.write(lambda db: resources.mark_deleted(db, [JOB.id], NOW))
        told = await store.read(changes.latest)
        assert await retention.sweep(store, NOW) == 250
        assert await left(store) == [living]
        assert await store.read(changes.latest) == told
        await store.write(lambda db: runs.wish_stopped(db, "deleted", job_ids=[JOB.id]))
        [change] = await store.read(lambda db: changes.since(db, told))
        assert (change.id, change.change) == (living, "deleted")

    play(tmp_path, scene)


def test_many_are_done_in_few_transactions_each_once(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        parts: list[int] = []

        def work(db: Database, some: object) -> Outcome:
            parts.append(len(list(some)))  # type: ignore[call-overload]
            return Outcome(list(some))  # type: ignore[call-overload]

        ids = [str(number) for number in range(450)]
        outcome = await in_turn(store, [*ids, *ids], work)
        assert outcome.done == ids
        assert len(parts) <= 5 and sum(parts) == 450

    play(tmp_path, scene)


def test_of_an_instance_s_lives_the_latest_are_kept_and_of_a_job_s_attempts_all(
    tmp_path: Path,
) -> None:
    async def scene(store: Store) -> None:
        def work(db: Database) -> tuple[list[int], list[int]]:
            waiting = {"state": RunState.RETRYING, "attempt": 30, "next_attempt_at": 5.0}
            resources.insert(db, APP)
            instance = add_run(db, APP, revision=1, instance=1, **waiting)
            run = add_run(db, JOB, **waiting)
            for number in range(1, 31):
                for each in (instance, run):
                    runs.put_attempt(db, Attempt(each.id, number))
            begun = next_work(db, "local", 4, 10.0).start
            assert [(each.id, each.attempt) for each in begun] == [(instance.id, 31), (run.id, 31)]
            left = runs.attempts(db, [instance.id, run.id])
            numbers = [[item.number for item in left[each.id]] for each in (instance, run)]
            return numbers[0], numbers[1]

        of_instance, of_job = await store.write(work)
        assert of_instance == list(range(22, 32)) and of_job == list(range(1, 32))

    play(tmp_path, scene)


def test_revisions_are_kept_by_their_number(tmp_path: Path) -> None:
    execution = Execution(APP.spec, "/p", "/usr", "http://x/")

    async def scene(store: Store) -> None:
        def fill(db: Database) -> None:
            resources.insert(db, APP)
            for number in range(1, KEPT_REVISIONS + 4):
                revision = Revision(
                    APP.id, number, execution, "local", 1, How.RESTART, None, "ana", 0.0
                )
                deployments.put_in_service(db, revision)

        await store.write(fill)
        for _ in range(2):
            await retention.expire_revisions(store)
            left = await store.read(lambda db: deployments.revisions(db, APP.id, 999, 999))
            assert [item.number for item in left] == list(range(KEPT_REVISIONS + 3, 3, -1))

    play(tmp_path, scene)
