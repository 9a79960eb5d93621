"""Lists of jobs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.resources import Deployment, DeploymentSpec, Job, JobSpec
from jupyter_saturn_deploy.models.runs import RunState
from jupyter_saturn_deploy.store import listing, pages, resources, runs
from jupyter_saturn_deploy.store.listing import Order, Wanted
from jupyter_saturn_deploy.store.schema import MIGRATIONS
from tests.store.made import add_run


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty store."""
    connection = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript("".join(MIGRATIONS))
    yield connection
    connection.close()


def add(
    db: sqlite3.Connection, name: str, command: str = "true", owner: str = "ana", at: float = 0.0
) -> Job:
    spec = JobSpec(name=name, command=command, instance_type="this-machine", image="")
    job = Job(f"{owner}-{name}", owner, "/p", "local", spec, 1, at, 0.0)
    resources.insert(db, job)
    return job


def run(db: sqlite3.Connection, job: Job, state: RunState = RunState.COMPLETED) -> str:
    return add_run(db, job, state=state).id


def names(db: sqlite3.Connection, wanted: Wanted, order: Order, limit: int = 2) -> list[str]:
    """All pages of a list."""
    found: list[str] = []
    after: tuple[str, str] | None = None
    while True:
        page = listing.page(db, wanted, order=order, after=after, limit=limit)
        found += [item.spec.name for item in page.resources]
        after = page.end
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_what_is_active_comes_first_then_what_ran_last(db: sqlite3.Connection, limit: int) -> None:
    jobs = {name: add(db, name) for name in ("a", "b", "c", "d", "e", "f", "g")}
    add(db, "theirs", owner="bob")
    for name in ("e", "b", "d", "a"):
        run(db, jobs[name])
    for name, state in (("e", RunState.QUEUED), ("b", RunState.RUNNING)):
        run(db, jobs[name], state)
    gone = run(db, jobs["c"])
    runs.mark_deleted(db, 1.0, [gone])
    # What was made last among those that never ran.
    assert names(db, Wanted("ana"), Order.ACTIVITY, limit) == ["b", "e", "a", "d", "g", "f", "c"]
    assert names(db, Wanted("ana"), Order.NAME, limit) == ["a", "b", "c", "d", "e", "f", "g"]
    resources.mark_deleted(db, [jobs["a"].id], 1.0)
    assert names(db, Wanted("ana"), Order.ACTIVITY, limit) == ["b", "e", "d", "g", "f", "c"]


def test_a_job_that_was_made_since_the_last_run_comes_before_it(db: sqlite3.Connection) -> None:
    run(db, add(db, "ran"))
    add(db, "fresh", at=time.time() + 1)
    assert names(db, Wanted("ana"), Order.ACTIVITY) == ["fresh", "ran"]


@pytest.mark.parametrize(
    ("contains", "found"),
    [
        ("TRAIN", ["b", "train"]),
        ("train.py", ["b"]),
        ('"quoted"\n\ttext', ["odd"]),
        ("back\\slash", ["odd"]),
        ("\x1b", ["odd"]),
        ("É", ["odd"]),
        ("instance_type", []),
        ("this-machine", []),
        ("%", []),
    ],
)
def test_a_text_is_looked_for_in_names_and_commands(
    db: sqlite3.Connection, contains: str, found: list[str]
) -> None:
    add(db, "a")
    add(db, "b", "python Train.py")
    add(db, "train")
    add(db, "odd", 'echo "Quoted"\n\ttext back\\slash \x1b É')
    for order in Order:
        assert sorted(names(db, Wanted("ana", contains=contains), order)) == found


def test_a_page_of_long_scripts_ends_early_and_goes_on(db: sqlite3.Connection) -> None:
    for number in range(30):
        add(db, f"job-{number:02}", "x" * 60_000)
    assert len(listing.page(db, Wanted("ana"), limit=100).resources) == 9
    assert len(names(db, Wanted("ana"), Order.NAME, 100)) == 30
    assert len(names(db, Wanted("ana"), Order.ACTIVITY, 100)) == 30


def test_the_run_that_stands_for_a_job_is_one_that_lives_or_waits_or_the_latest(
    db: sqlite3.Connection,
) -> None:
    job, other, new = add(db, "a"), add(db, "b"), add(db, "c")
    last = run(db, other)
    for state in (RunState.ERROR, RunState.QUEUED, RunState.RETRYING, RunState.RUNNING):
        first = run(db, job, state)
        run(db, job, state)
        current = pages.of_jobs(db, [job.id, other.id, new.id])
        assert current[job.id][1].state is state and current[job.id][1].id > first
        run(db, job, RunState.COMPLETED)
    assert (current[job.id][0], current[other.id][0]) == (6, 0)
    assert current[other.id][1].id == last and new.id not in current


def test_a_page_of_many_instances_ends_early_and_goes_on(db: sqlite3.Connection) -> None:
    for number in range(40):
        name = f"app-{number:02}"
        spec = DeploymentSpec(name=name, command="true", instance_type="this-machine", image="")
        made = Deployment(name, "ana", "/p", "local", spec, 1, 0.0, 0.0)
        resources.insert(db, made)
        for index in range(1, 9):
            add_run(db, made, state=RunState.RUNNING, revision=1, instance=index)
    wanted = Wanted("ana", kinds=(Deployment.kind,))
    page = listing.page(db, wanted, limit=500)
    assert page.end is not None
    assert 1 < len(page.resources) < 40
    assert names(db, wanted, Order.NAME, limit=500) == [f"app-{n:02}" for n in range(40)]
