"""Rows of runs: their order, and that a long history costs nothing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.models.runs import Execution, Run, RunState
from jupyter_saturn_deploy.store import pages, resources, runs
from jupyter_saturn_deploy.store.lanes import Wanted
from jupyter_saturn_deploy.store.schema import MIGRATIONS

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


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with one job."""
    connection = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript("".join(MIGRATIONS))
    resources.insert(connection, JOB)
    yield connection
    connection.close()


def add(db: sqlite3.Connection, state: RunState = RunState.QUEUED, **more: object) -> Run:
    values = {
        "id": runs.new_id(db),
        "job_id": JOB.id,
        "number": resources.next_number(db, JOB.id),
        "owner": JOB.owner,
        "backend": JOB.backend,
        "execution": Execution(JOB.spec, JOB.project, "/usr", "http://x/"),
        "trigger": "manual",
        "by": "ana",
        "generation": 1,
        "created_at": 0.0,
        "state": state,
    }
    run = Run(**(values | more))  # type: ignore[arg-type]
    runs.insert(db, run)
    return run


def due(db: sqlite3.Connection, limit: int = 10) -> list[int]:
    return [run.number for run in runs.due(db, "local", 1000.0, limit)]


def expire(db: sqlite3.Connection, kept: int) -> int:
    old = runs.expired(db, ended_before=500.0, kept=kept, limit=5)
    runs.mark_deleted(db, 2000.0, old)
    return len(old)


def test_runs_stay_in_order_when_the_clock_is_set_back(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(db)
    earlier = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    second, third = add(db), add(db)
    assert first.id < second.id < third.id
    assert due(db) == [1, 2, 3]


def test_a_restarted_run_waits_for_the_old_one_when_the_clock_is_set_back(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = add(db, RunState.RUNNING)
    runs.wish_stopped(db, "user", run_ids=[old.id])
    earlier = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    add(db)
    assert due(db) == []


def test_due_retries_come_first_and_only_later_runs_wait_for_one_that_stops(
    db: sqlite3.Connection,
) -> None:
    add(db)
    add(db, RunState.RETRYING, next_attempt_at=999.0)
    add(db, RunState.RETRYING, next_attempt_at=1001.0)
    stopping = add(db, RunState.STOPPING, stop_reason="user")
    add(db)
    assert due(db) == [2, 1]
    assert due(db, 1) == [2] and due(db, 0) == []
    db.execute("UPDATE runs SET state = 'stopped' WHERE id = ?", (stopping.id,))
    assert due(db) == [2, 1, 5]


@pytest.mark.parametrize(
    "look",
    [
        lambda db: runs.due(db, "local", 1000.0, 2),
        lambda db: runs.active(db, job_id="a" * 32),
        lambda db: runs.occupied(db, "local"),
        lambda db: runs.to_stop(db, "local"),
        lambda db: pages.page(db, Wanted("ana", states=frozenset({RunState.RUNNING})), limit=26),
        lambda db: pages.page(db, Wanted("ana", "a" * 32), limit=26),
        lambda db: pages.of_jobs(db, ["a" * 32]),
    ],
    ids=["due", "active", "occupied", "to stop", "running", "of a job", "current"],
)
def test_a_long_history_costs_a_look_nothing(
    db: sqlite3.Connection, look: Callable[[sqlite3.Connection], object]
) -> None:
    ended = add(db, RunState.COMPLETED)
    columns = [row["name"] for row in db.execute("PRAGMA table_info(runs)")]
    copied = ", ".join({"id": "printf('%032x', n)", "number": "-n"}.get(c, c) for c in columns)
    db.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 5000)"
        f" INSERT INTO runs SELECT {copied} FROM runs, numbers WHERE id = ?",
        (ended.id,),
    )
    for _ in range(50):
        add(db)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    db.set_progress_handler(count, 1000)
    look(db)
    assert steps < 20, f"{steps} thousand steps of SQLite's machine"


def test_a_retry_further_away_than_any_delay_is_due(db: sqlite3.Connection) -> None:
    """The clock was set back after its time was written."""
    run = add(db, RunState.RETRYING, next_attempt_at=1000.0, attempt=1)
    assert runs.due(db, "local", 990.0, 10) == []
    assert [found.id for found in runs.due(db, "local", 300.0, 10)] == [run.id]
    assert [found.id for found in runs.due(db, "local", 1000.5, 10)] == [run.id]


def test_old_runs_expire_but_the_latest_of_a_job_and_those_that_live_stay(
    db: sqlite3.Connection,
) -> None:
    old = [add(db, RunState.ERROR, ended_at=float(day)) for day in range(8)]
    living = add(db, RunState.RUNNING, started_at=0.0)
    new = [add(db, RunState.COMPLETED, ended_at=1000.0) for _ in range(2)]
    queued = add(db)
    assert expire(db, kept=4) == 5
    assert expire(db, kept=4) == 1
    assert expire(db, kept=4) == 0
    left = [run.id for run in pages.page(db, Wanted(JOB.owner), limit=50).runs]
    assert left == [queued.id, new[1].id, new[0].id, living.id, old[7].id, old[6].id]
    assert expire(db, kept=0) == 2
