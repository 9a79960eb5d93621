"""Lists of runs hold what was asked for, in order, and are read from indexes alone."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.models.runs import ACTIVE, FINAL, Execution, Run, RunState
from jupyter_saturn_deploy.store import lanes, pages, resources, rows, runs, usage
from jupyter_saturn_deploy.store.lanes import Order, Wanted
from jupyter_saturn_deploy.store.schema import MIGRATIONS
from tests.store.made import add_run

JOBS = [
    Job(
        f"{number:032x}",
        "bob" if number == 5 else "ana",
        f"/p{number % 2}",
        "local",
        JobSpec(name=name, command="true", instance_type="this-machine", image=""),
        1,
        0.0,
        0.0,
    )
    for number, name in enumerate(["train-a", "train-b", "report", "clean", "train-c", "train-d"])
]
FIRST = 10**18
"""Nanoseconds: when the first run was made; the others follow second by second."""


def made(number: int) -> str:
    """The beginning of the id of a run."""
    return f"{FIRST + number * 10**9:016x}"


FILTERS: dict[str, dict[str, object]] = {
    "job": {"job_id": JOBS[0].id},
    "job of another owner": {"job_id": JOBS[5].id},
    "project": {"project": "/p1"},
    "no project": {"project": "/nowhere"},
    "state": {"states": frozenset({RunState.ERROR})},
    "states": {"states": frozenset(ACTIVE)},
    "no state": {"states": frozenset({RunState.STOPPED})},
    "window": {"since": made(60), "until": made(300)},
    "pinned": {"pinned": True},
    "contains": {"contains": "train"},
}
COMBINATIONS = [()] + [names for size in (1, 2) for names in combinations(FILTERS, size)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A store with 400 runs of six jobs, two projects and two owners."""
    db = sqlite3.connect(tmp_path_factory.mktemp("store") / "s", isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript("".join(MIGRATIONS))
    db.execute("BEGIN")
    for job in JOBS:
        resources.insert(db, job)
    chance = random.Random(7)
    for number in range(400):
        job = chance.choice(JOBS)
        state = chance.choice([*ACTIVE, *[RunState.COMPLETED] * 20, *[RunState.ERROR] * 5])
        run = Run(
            id=made(number) + chance.randbytes(8).hex(),
            job_id=job.id,
            number=resources.next_number(db, job.id),
            owner=job.owner,
            backend=job.backend,
            execution=Execution(job.spec, job.project, "/usr", "http://x/"),
            trigger="manual",
            by="ana",
            generation=1,
            created_at=float(number),
            state=state,
        )
        if state in FINAL:
            # Few values, so that many are the same.
            ended = chance.choice([2.5, 3.0, 10.0])
            run = replace(run, started_at=1.0, ended_at=ended, memory_peak=chance.randrange(5))
            run = replace(run, disk=number)
        runs.insert(db, run)
        if chance.random() < 0.2:
            runs.pin(db, run.id, True)
        if state in FINAL and chance.random() < 0.1:
            runs.mark_deleted(db, 1.0, [run.id])
    db.execute("COMMIT")
    yield db
    db.close()


def expected(db: sqlite3.Connection, wanted: Wanted, order: Order) -> list[str]:
    """The same list, by going through everything."""
    names = {job.id: job.spec.name for job in JOBS}
    rows = [
        row
        for row in db.execute("SELECT *, duration FROM runs WHERE deleted_at IS NULL")
        if row["owner"] == wanted.owner
        and wanted.job_id in (None, row["job_id"])
        and wanted.project in (None, row["project"])
        and (not wanted.states or row["state"] in wanted.states)
        and wanted.since <= row["id"] < wanted.until
        and (row["pinned"] or not wanted.pinned)
        and wanted.contains in names[row["job_id"]]
        and (order.measure is None or row[order.measure] is not None)
    ]
    rows.sort(
        key=lambda row: (row[order.measure] if order.measure else 0, row["id"]),
        reverse=order.descending,
    )
    return [row["id"] for row in rows]


def walked(db: sqlite3.Connection, wanted: Wanted, order: Order, limit: int) -> list[str]:
    """All pages of a list."""
    found: list[str] = []
    after: lanes.Position | None = None
    while True:
        page = pages.page(db, wanted, order=order, after=after, limit=limit)
        assert page.runs or page.end is None
        found += [run.id for run in page.runs]
        after = page.end
        if after is None:
            return found


def orders(wanted: Wanted) -> list[Order]:
    return [order for order in Order if order.measure is None or wanted.job_id is not None]


@pytest.mark.parametrize("names", COMBINATIONS, ids=lambda names: ", ".join(names) or "all")
def test_a_list_is_whole_in_order_and_counted(
    filled: sqlite3.Connection, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted("ana")
    for name in names:
        wanted = replace(wanted, **FILTERS[name])  # type: ignore[arg-type]
    for order in orders(wanted):
        true = expected(filled, wanted, order)
        for many in (1000, 2):
            monkeypatch.setattr(lanes, "_MANY", many)
            assert walked(filled, wanted, order, 25) == true
            assert pages.count(filled, wanted, order=order) in (len(true), None)


def test_only_runs_of_many_jobs_are_not_counted(
    filled: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted("ana", contains="train")
    assert pages.count(filled, wanted) == len(expected(filled, wanted, Order.NEWEST))
    monkeypatch.setattr(lanes, "_MANY", 2)
    assert pages.count(filled, wanted) is None


def test_every_list_is_read_from_an_index(filled: sqlite3.Connection) -> None:
    said: list[str] = []

    def look(work: Callable[[], object]) -> None:
        filled.set_trace_callback(said.append)
        work()
        filled.set_trace_callback(None)

    for names in COMBINATIONS:
        wanted = Wanted("ana")
        for name in names:
            wanted = replace(wanted, **FILTERS[name])  # type: ignore[arg-type]
        for order in orders(wanted):
            position = pages.page(filled, Wanted("ana", JOBS[0].id), order=order, limit=3).end
            look(lambda w=wanted, o=order: pages.page(filled, w, order=o, limit=5))  # type: ignore[misc]
            look(
                lambda w=wanted, o=order, p=position: pages.page(  # type: ignore[misc]
                    filled, w, order=o, after=p, limit=5
                )
            )
            look(lambda w=wanted, o=order: pages.count(filled, w, order=o))  # type: ignore[misc]
    look(lambda: usage.of_job(filled, JOBS[0].id))
    look(lambda: pages.of_jobs(filled, [job.id for job in JOBS]))
    read = {statement for statement in said if statement.startswith(("SELECT", "WITH"))}
    assert len(read) > 100
    for statement in read:
        plan = [row["detail"] for row in filled.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not any(step.startswith("SCAN runs") for step in plan), (statement, plan)


def test_runs_of_a_deleted_job_are_in_no_list(filled: sqlite3.Connection) -> None:
    filled.execute("BEGIN")
    resources.mark_deleted(filled, [JOBS[0].id], 1.0)
    for names in COMBINATIONS:
        wanted = Wanted("ana")
        for name in names:
            wanted = replace(wanted, **FILTERS[name])  # type: ignore[arg-type]
        found = pages.page(filled, wanted, limit=400).runs
        assert JOBS[0].id not in {run.job_id for run in found}
        others = [
            item
            for item in expected(filled, wanted, Order.NEWEST)
            if item in {run.id for run in found}
        ]
        assert [run.id for run in found] == others
        assert pages.count(filled, wanted) == len(found)
    filled.execute("ROLLBACK")


def test_a_page_of_long_scripts_ends_early_and_goes_on(filled: sqlite3.Connection) -> None:
    filled.execute("BEGIN")
    filled.execute(
        "UPDATE runs SET execution = json_set(execution, '$.spec.command', ?)", ("x" * 60_000,)
    )
    page = pages.page(filled, Wanted("ana"), limit=100)
    assert len(page.runs) == 9 and page.end == (page.runs[-1].id,)
    assert walked(filled, Wanted("ana"), Order.NEWEST, 100) == expected(
        filled, Wanted("ana"), Order.NEWEST
    )
    filled.execute("ROLLBACK")


def test_what_runs_keep_on_disk_is_added_up(filled: sqlite3.Connection) -> None:
    rows = filled.execute("SELECT job_id, disk FROM runs WHERE disk IS NOT NULL").fetchall()
    assert usage.of_all(filled) == usage.Kept(400, sum(row["disk"] for row in rows))
    of_first = sum(row["disk"] for row in rows if row["job_id"] == JOBS[0].id)
    assert usage.of_job(filled, JOBS[0].id) == of_first > 0


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with two jobs."""
    db = sqlite3.connect(tmp_path / "s", isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript("".join(MIGRATIONS))
    for job in JOBS[:2]:
        resources.insert(db, job)
    yield db
    db.close()


def test_what_jobs_know_of_their_runs_is_always_true(empty: sqlite3.Connection) -> None:
    """Whatever is written about runs, in whatever order."""
    chance = random.Random(3)
    for _ in range(300):
        job = chance.choice(JOBS[:2])
        known = [rows.from_row(row) for row in empty.execute("SELECT * FROM runs ORDER BY id")]
        run = chance.choice(known) if known else None
        step = chance.randrange(5)
        if run is None or step == 0:
            add_run(empty, job)
        elif step in (1, 2):
            runs.update(empty, replace(run, state=chance.choice(list(RunState))))
        elif step == 3 and run.state in FINAL:
            newest = chance.random() < 0.5
            ended = [run.id for run in known if run.state in FINAL]
            runs.mark_deleted(empty, 1.0, ended[-3:] if newest else [run.id])
        elif run.state in FINAL:
            runs.purge(empty, runs.deleted(empty, "local", 2))
        wrong = empty.execute(
            "SELECT name FROM resources WHERE active_runs IS NOT (SELECT count(*) FROM runs"
            "     WHERE job_id = resources.id AND state NOT IN ('completed', 'error', 'stopped'))"
            " OR last_run_id IS NOT (SELECT max(id) FROM runs"
            "     WHERE job_id = resources.id AND deleted_at IS NULL)"
        ).fetchall()
        assert wrong == []
    assert len(known) > 20
