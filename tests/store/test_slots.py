"""Rows of schedules and slots."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from jupyter_saturn_deploy.control.retention import DAY, expire_slots
from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.models.schedule import Outcome, Slot
from jupyter_saturn_deploy.store import resources, schedules, slots, workspaces
from jupyter_saturn_deploy.store.db import Database, Store
from jupyter_saturn_deploy.store.schedules import Schedule
from jupyter_saturn_deploy.store.schema import MIGRATIONS
from jupyter_saturn_deploy.store.workspaces import Known

T = TypeVar("T")
log = logging.getLogger("test")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite", log)


def job(name: str = "a") -> Job:
    spec = JobSpec(name=name, command="true", instance_type="small", image="")
    return Job(name.rjust(32, "0"), "ana", "/p", "local", spec, 1, 0.0, 0.0)


def write(store: Store, work: Callable[[Database], T]) -> T:
    return asyncio.run(store.write(work))


def slot(job_id: str, at: float, outcome: Outcome = Outcome.STARTED) -> Slot:
    return Slot(job_id, at, outcome, "")


def test_a_slot_starts_once_and_a_skipped_one_still_may(store: Store) -> None:
    def work(db: Database) -> list[bool]:
        resources.insert(db, job())
        skipped = slot(job().id, 60, Outcome.SKIPPED)
        started = slot(job().id, 60)
        return [slots.put(db, each) for each in (skipped, skipped, started, started, skipped)]

    assert write(store, work) == [True, True, True, False, False]
    (only,) = write(store, lambda db: slots.page(db, job().id, limit=9).slots)
    assert only.outcome is Outcome.STARTED
    store.close()


def test_old_slots_go_but_for_the_latest_ones_of_each_job(store: Store) -> None:
    now = 100 * DAY
    often, seldom = job("often"), job("seldom")

    def fill(db: Database) -> None:
        for each in (often, seldom):
            resources.insert(db, each)
        for number in range(1300):
            slots.put(db, slot(often.id, now - 40 * DAY + number * 3600))
        for number in range(12):
            slots.put(db, slot(seldom.id, now - (50 + number) * DAY))

    async def scene() -> tuple[list[Slot], list[Slot]]:
        await store.write(fill)
        await expire_slots(store, now, 30)
        pages = [
            await store.read(lambda db, each=each: slots.page(db, each.id, limit=2000).slots)
            for each in (often, seldom)
        ]
        return pages[0], pages[1]

    kept_often, kept_seldom = asyncio.run(scene())
    assert min(each.scheduled_for for each in kept_often) >= now - 30 * DAY
    assert len(kept_often) == 1300 - 10 * 24
    assert len(kept_seldom) == 10
    store.close()


def test_of_a_deleted_job_no_schedule_is_left(store: Store) -> None:
    def work(db: Database) -> tuple[Schedule | None, int]:
        resources.insert(db, job())
        schedules.put(db, Schedule(job().id, 60, 120, 60))
        for number in range(700):
            slots.put(db, slot(job().id, number))
        resources.mark_deleted(db, [job().id], 1)
        return schedules.get(db, job().id), slots.of_deleted_jobs(db) + slots.of_deleted_jobs(db)

    assert write(store, work) == (None, 700)
    store.close()


def test_where_a_project_s_runs_happen_is_what_its_last_server_said(store: Store) -> None:
    def work(db: Database) -> list[Known | None]:
        known = [workspaces.recall(db, "ana", "/p")]
        for project, prefix in (("/p", "/old"), ("/p", "/usr"), ("/q", "/opt")):
            workspaces.remember(db, "ana", project, Known(prefix, "http://x/"))
        return known + [
            workspaces.recall(db, owner, project)
            for owner, project in (("ana", "/p"), ("ana", "/q"), ("ana", "/r"), ("bob", "/p"))
        ]

    prefixes = [known and known.prefix for known in write(store, work)]
    assert prefixes == [None, "/usr", "/opt", "/opt", None]
    store.close()


def test_a_store_without_schedules_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    before = MIGRATIONS.index(next(each for each in MIGRATIONS if "CREATE TABLE schedules" in each))
    db = sqlite3.connect(path)
    for script in MIGRATIONS[:before]:
        db.executescript(script)
    db.execute(f"PRAGMA user_version = {before}")
    spec = '{"name": "a", "command": "true", "instance_type": "small", "image": ""}'
    db.execute(
        "INSERT INTO resources (id, kind, owner, project, name, backend, spec, created_at,"
        " updated_at) VALUES ('1', 'job', 'ana', '/p', 'a', 'local', ?, 0, 0)",
        (spec,),
    )
    db.commit()
    db.close()
    store = Store(path, log)
    found = write(store, lambda db: resources.get(db, "ana", "1", Job))
    assert (found.spec.schedule, found.spec.concurrency_policy) == (None, "Allow")
    assert write(store, lambda db: schedules.any_there(db)) is False
    store.close()
