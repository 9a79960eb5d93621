"""Rows of deployments: what was wished, what was in service, what lives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.advice import Advice
from jupyter_saturn_deploy.models.code import SNAPSHOT, Code
from jupyter_saturn_deploy.models.deployments import How, Instance, Revision, Standing
from jupyter_saturn_deploy.models.errors import NotFound
from jupyter_saturn_deploy.models.resources import Deployment, DeploymentSpec, Job, JobSpec
from jupyter_saturn_deploy.models.runs import Attempt, Execution, Run, RunState, Serving
from jupyter_saturn_deploy.store import deployments, digests, listing, pages, resources, runs
from jupyter_saturn_deploy.store.lanes import Order, Wanted
from jupyter_saturn_deploy.store.rows import columns
from jupyter_saturn_deploy.store.schema import MIGRATIONS
from tests.store.made import add_run

BEFORE = next(n for n, script in enumerate(MIGRATIONS) if "CREATE TABLE deployments" in script)
"""How many versions of the schema knew nothing of deployments."""
APP = Deployment(
    "d" * 32,
    "ana",
    "/p",
    "local",
    DeploymentSpec(name="app", command="serve", instance_type="here", image="", scale=2),
    1,
    0.0,
    0.0,
)
JOB = Job(
    "a" * 32,
    "ana",
    "/p",
    "local",
    JobSpec(name="job", command="true", instance_type="here", image=""),
    1,
    0.0,
    0.0,
)
SERVING = Serving("127.0.0.1", 8051, 20001, True, 12.5)


def opened(path: Path, schema: int) -> sqlite3.Connection:
    """A store of that version."""
    connection = sqlite3.connect(path / "store.sqlite", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript("".join(MIGRATIONS[:schema]))
    return connection


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with one deployment and one job."""
    connection = opened(tmp_path, len(MIGRATIONS))
    resources.insert(connection, APP)
    resources.insert(connection, JOB)
    yield connection
    connection.close()


def revision(number: int, **values: object) -> Revision:
    execution = Execution(APP.spec, APP.project, "/usr", "http://x/")
    made = Revision(APP.id, number, execution, "local", 1, How.RESTART, None, "ana", float(number))
    return replace(made, **values)  # type: ignore[arg-type]


def add(db: sqlite3.Connection, number: int = 1, **values: object) -> Run:
    """A new instance of that revision."""
    of = {"revision": number, "instance": 1, "state": RunState.RUNNING}
    return add_run(db, APP, **(of | values))  # type: ignore[arg-type]


def test_an_instance_is_read_as_it_was_written(db: sqlite3.Connection) -> None:
    made = add(db, 3, instance=2, served=True, serving=SERVING, crashes=4)
    assert runs.find_any(db, made.id) == made
    advised = replace(
        made, serving=None, served=False, crashes=0, advice=Advice("It fell.", "Look.", None)
    )
    runs.update(db, advised)
    assert runs.find_any(db, made.id) == advised
    assert isinstance(advised.execution.spec, DeploymentSpec) and advised.is_instance


def test_a_revision_is_read_as_it_was_put_in_service(db: sqlite3.Connection) -> None:
    assert deployments.standing(db, APP.id) == Standing()
    first = revision(1, how=How.START)
    code = Code(SNAPSHOT, snapshot="0" * 64)
    second = revision(2, how=How.ROLLBACK, origin=1)
    second = replace(second, execution=replace(second.execution, code=code))
    for made in (first, second):
        assert deployments.next_number(db, APP.id) == made.number
        deployments.put_in_service(db, made)
        assert deployments.revision(db, APP.id, made.number) == made
        assert deployments.standing(db, APP.id) == Standing(True, made.number, 2)
    assert deployments.revisions(db, APP.id, 10, 10) == [second, first]
    assert deployments.revisions(db, APP.id, 2, 10) == [first]
    deployments.note_opened(db, APP.id, 7.0, "bob")
    deployments.wish_stopped(db, [APP.id])
    assert deployments.standings(db, [APP.id]) == {APP.id: Standing(False, 2, 2, 7.0, "bob")}
    with pytest.raises(NotFound):
        deployments.revision(db, APP.id, 3)


def test_what_lives_is_told_apart_from_what_ended(db: sqlite3.Connection) -> None:
    deployments.put_in_service(db, revision(1))
    ready = add(db, instance=1, serving=SERVING, served=True)
    fallen = add(db, instance=2, state=RunState.RETRYING, served=True, next_attempt_at=5.0)
    going = add(db, instance=3, state=RunState.STOPPING, stop_reason="user")
    ended = [add(db, state=RunState.STOPPED, ended_at=float(n)) for n in range(3)]
    assert deployments.instances(db) == {
        APP.id: [
            Instance(ready.id, 1, 1, True, True, False),
            Instance(fallen.id, 1, 2, False, True, False),
            Instance(going.id, 1, 3, False, False, True),
        ]
    }
    assert deployments.living(db, [APP.id, JOB.id]) == {APP.id: [ready, fallen, going], JOB.id: []}
    assert deployments.ended(db, APP.id, 2) == [ended[2], ended[1]]


def test_a_stopped_deployment_is_under_way_until_its_last_instance_has_ended(
    db: sqlite3.Connection,
) -> None:
    assert deployments.under_way(db) == {}
    deployments.put_in_service(db, revision(1))
    last = add(db)
    deployments.wish_stopped(db, [APP.id])
    assert deployments.under_way(db) == {APP.id: Standing(False, 1, 2)}
    runs.update(db, replace(last, state=RunState.STOPPED))
    assert deployments.under_way(db) == {}


def test_of_old_revisions_the_latest_stay_and_what_lives_or_is_in_service(
    db: sqlite3.Connection,
) -> None:
    for number in range(1, 9):
        deployments.put_in_service(db, revision(number))
    add(db, 2)
    add(db, 3, state=RunState.STOPPED)
    add_run(db, JOB, state=RunState.RUNNING)
    deployments.expire(db, 3)
    left = [item.number for item in deployments.revisions(db, APP.id, 100, 100)]
    assert left == [8, 7, 6, 2]
    deployments.expire(db, 1)
    assert [item.number for item in deployments.revisions(db, APP.id, 100, 100)] == [8, 2]
    assert deployments.next_number(db, APP.id) == 9


def test_snapshots_that_a_deployment_can_go_back_to_are_kept(db: sqlite3.Connection) -> None:
    frozen = {number: f"{number}" * 64 for number in range(1, 5)}
    for number, digest in frozen.items():
        made = revision(number)
        code = Code(SNAPSHOT, snapshot=digest)
        deployments.put_in_service(db, replace(made, execution=replace(made.execution, code=code)))
    assert digests.of_resources(db) == set(frozen.values())
    deployments.expire(db, 2)
    assert digests.of_resources(db) == {frozen[3], frozen[4]}


def test_a_deleted_deployment_takes_its_revisions_with_it(db: sqlite3.Connection) -> None:
    deployments.put_in_service(db, revision(1))
    resources.mark_deleted(db, [APP.id], 1.0)
    resources.purge(db)
    for table in ("deployments", "revisions"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_lists_of_runs_show_no_instances(db: sqlite3.Connection) -> None:
    made = [add_run(db, JOB, state=state).id for state in (RunState.RUNNING, RunState.COMPLETED)]
    for state in RunState:
        add(db, state=state, pinned=True)
    pinned = add_run(db, JOB, state=RunState.STOPPED, pinned=True).id
    for wanted, found in (
        (Wanted("ana"), [pinned, *reversed(made)]),
        (Wanted("ana", project="/p"), [pinned, *reversed(made)]),
        (Wanted("ana", states=frozenset({RunState.RUNNING})), [made[0]]),
        (Wanted("ana", pinned=True), [pinned]),
        (Wanted("ana", contains="app"), []),
    ):
        shown = [run.id for run in pages.page(db, wanted, limit=50).runs]
        assert shown == found, wanted
        assert pages.count(db, wanted) == len(found)


def test_instances_wait_in_no_queue_and_take_no_place(db: sqlite3.Connection) -> None:
    for index in range(1, 6):
        add(db, instance=index)
    waiting = [add(db, state=RunState.QUEUED), add(db, state=RunState.RETRYING, next_attempt_at=5)]
    add(db, state=RunState.QUEUED, stop_reason="user")
    job = add_run(db, JOB)
    assert runs.occupied(db, "local") == 0
    assert [run.id for run in runs.due(db, "local", 10.0, 10)] == [job.id]
    assert runs.queue_position(db, job) == 1
    assert [run.id for run in runs.due_instances(db, "local", 10.0)] == [run.id for run in waiting]
    assert [run.id for run in runs.due_instances(db, "local", 1.0)] == [waiting[0].id]
    assert runs.due_instances(db, "elsewhere", 10.0) == []
    assert runs.next_retry(db, "local", 1.0) == 5.0


def test_of_old_lives_only_the_latest_rows_stay(db: sqlite3.Connection) -> None:
    one, other = add(db), add(db, instance=2)
    for number in range(1, 6):
        runs.put_attempt(db, Attempt(one.id, number))
        runs.put_attempt(db, Attempt(other.id, number))
    runs.forget_attempts(db, one.id, 3)
    runs.forget_attempts(db, other.id, -5)
    left = runs.attempts(db, [one.id, other.id])
    assert [item.number for item in left[one.id]] == [4, 5]
    assert [item.number for item in left[other.id]] == [1, 2, 3, 4, 5]


def test_a_store_of_before_has_all_its_jobs_and_runs(tmp_path: Path) -> None:
    db = opened(tmp_path, BEFORE)
    resources.insert(db, JOB)
    known = [row["name"] for row in db.execute("PRAGMA table_info(runs)")]
    execution = Execution(JOB.spec, JOB.project, "/usr", "http://x/")
    made = []
    for number, state in enumerate([*RunState, RunState.COMPLETED], start=1):
        run = Run(
            runs.new_id(db), JOB.id, number, "ana", "local", execution, "manual", "ana", 1, 0.0
        )
        run = replace(run, state=state, started_at=1.0, memory_peak=number, pinned=number == 3)
        row = {name: value for name, value in columns(run).items() if name in known}
        marks = ", ".join(f":{name}" for name in row)
        db.execute(f"INSERT INTO runs ({', '.join(row)}) VALUES ({marks})", row)
        runs.put_attempt(db, Attempt(run.id, 1))
        made.append(run)
    db.executescript("".join(MIGRATIONS[BEFORE:]))

    newest = made[::-1]
    assert pages.page(db, Wanted("ana"), limit=50).runs == newest
    assert pages.page(db, Wanted("ana", JOB.id), limit=50).runs == newest
    assert pages.page(db, Wanted("ana", pinned=True), limit=50).runs == [made[2]]
    for state in RunState:
        wanted = Wanted("ana", states=frozenset({state}))
        assert pages.page(db, wanted, limit=50).runs == [r for r in newest if r.state is state]
    largest = pages.page(db, Wanted("ana", JOB.id), order=Order.LARGEST, limit=50)
    assert largest.runs == newest
    assert [item.spec for item in listing.page(db, listing.Wanted("ana"), limit=9).resources] == [
        JOB.spec
    ]
    assert runs.attempts(db, [made[0].id])[made[0].id] == [Attempt(made[0].id, 1)]
    # And it goes on.
    resources.insert(db, APP)
    deployments.put_in_service(db, revision(1))
    instance = add(db, serving=SERVING, served=True)
    assert [item.run_id for item in deployments.instances(db)[APP.id]] == [instance.id]
    assert pages.page(db, Wanted("ana"), limit=50).runs == newest
    db.close()


def test_what_is_told_of_an_instance_is_told_as_one(db: sqlite3.Connection) -> None:
    told = db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0]
    deployments.put_in_service(db, revision(1))
    made = add(db, state=RunState.STARTING)
    runs.update(db, replace(made, state=RunState.RUNNING))
    runs.update(db, replace(made, state=RunState.RUNNING, serving=SERVING, served=True))
    deployments.wish_stopped(db, [APP.id])
    rows = db.execute("SELECT subject, id, change FROM changes WHERE seq > ?", (told,))
    assert [tuple(row) for row in rows] == [
        ("deployment", APP.id, "updated"),
        ("instance", made.id, "starting"),
        ("instance", made.id, "running"),
        ("instance", made.id, "running"),
        ("deployment", APP.id, "updated"),
    ]


@pytest.mark.parametrize(
    "look",
    [
        deployments.instances,
        deployments.under_way,
        lambda db: deployments.living(db, [APP.id]),
        lambda db: deployments.ended(db, APP.id, 20),
        lambda db: runs.due_instances(db, "local", 1000.0),
    ],
    ids=["instances", "under way", "living", "ended", "due"],
)
def test_a_long_history_costs_a_look_at_instances_nothing(
    db: sqlite3.Connection, look: object
) -> None:
    deployments.put_in_service(db, revision(1))
    old = add(db, state=RunState.STOPPED)
    names = [row["name"] for row in db.execute("PRAGMA table_info(runs)")]
    copied = ", ".join({"id": "printf('%032x', n)", "number": "-n"}.get(c, c) for c in names)
    db.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 5000)"
        f" INSERT INTO runs SELECT {copied} FROM runs, numbers WHERE id = ?",
        (old.id,),
    )
    add(db)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    db.set_progress_handler(count, 1000)
    look(db)  # type: ignore[operator]
    assert steps < 5, f"{steps} thousand steps of SQLite's machine"
