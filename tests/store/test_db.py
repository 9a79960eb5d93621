"""The store survives what happens to files."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.errors import Conflict, StoreUnavailable
from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.store import changes, resources
from jupyter_saturn_deploy.store.db import Store
from jupyter_saturn_deploy.store.schema import MIGRATIONS

log = logging.getLogger("test")


def job(name: str, job_id: str = "a" * 32) -> Job:
    spec = JobSpec(name=name, command="true", instance_type="this-machine", image="")
    return Job(job_id, "ana", "/p", "local", spec, 1, time.time(), time.time())


def with_store(path: Path, work: Callable[[Store], object]) -> Store:
    """Run `work(store)`, a coroutine function, on a store that is closed afterwards."""
    store = Store(path, log)

    async def run() -> None:
        await work(store)  # type: ignore[misc]

    try:
        asyncio.run(run())
    finally:
        store.close()
    return store


async def add(store: Store, item: Job) -> None:
    await store.write(lambda db: resources.insert(db, item))


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.sqlite"
    with_store(path, lambda store: add(store, job("a")))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert (path.parent / "store.reserve").stat().st_blocks * 512 >= 1024 * 1024


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        def half(db: object) -> None:
            resources.insert(db, job("a"))  # type: ignore[arg-type]
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await store.write(half)
        assert await store.read(lambda db: resources.find(db, "ana", "a", Job)) is None

    with_store(tmp_path / "s", work)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        await add(store, job("a"))
        with pytest.raises(Conflict) as refused:
            await add(store, job("a", "b" * 32))
        assert refused.value.problems[0].field == "spec.name"

    with_store(tmp_path / "s", work)


@pytest.mark.parametrize("damage", ["header", "middle", "text"])
def test_a_damaged_file_is_moved_aside_and_said(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"

    async def fill(store: Store) -> None:
        for number in range(300):
            await add(store, job(f"job-{number}", f"{number:032x}"))

    with_store(path, fill)
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[:100] = os.urandom(100)
    elif damage == "middle":
        content[4096 : len(content) // 2] = os.urandom(len(content) // 2 - 4096)
    else:
        content = bytearray(b"no database at all" * 100)
    path.write_bytes(content)

    store = with_store(path, lambda store: add(store, job("new")))
    assert len(store.warnings) == 1 and "damaged" in store.warnings[0]
    assert "damaged" in caplog.text
    aside = [file for file in tmp_path.iterdir() if "damaged" in file.name]
    assert bytes(content) in [file.read_bytes() for file in aside]


def test_a_store_that_cannot_be_made_says_why_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    path = tmp_path / "state" / "store.sqlite"

    async def work(store: Store) -> None:
        with pytest.raises(StoreUnavailable, match=r"store\.sqlite"):
            await store.read(changes.latest)
        (tmp_path / "state").unlink()
        assert await store.read(changes.latest) == 0

    with_store(path, work)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"

    async def age(store: Store) -> None:
        await store.read(lambda db: None)

    with_store(path, age)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 1000")
    db.close()

    async def work(store: Store) -> None:
        with pytest.raises(StoreUnavailable, match="upgrade"):
            await store.read(changes.latest)

    with_store(path, work)
    assert not [file for file in tmp_path.iterdir() if "damaged" in file.name]


def test_an_older_database_is_brought_up_to_date_with_its_content(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    db = sqlite3.connect(path)
    db.executescript(f"BEGIN; {MIGRATIONS[0]} PRAGMA user_version = 1; COMMIT;")
    db.execute(
        "INSERT INTO resources VALUES"
        " (?, 'job', 'ana', '/p', 'old', 'local', ?, 1, 0, 1.0, 1.0, NULL)",
        ("a" * 32, job("old").spec.model_dump_json()),
    )
    db.commit()
    db.close()

    async def work(store: Store) -> None:
        found = await store.read(lambda db: resources.find(db, "ana", "old", Job))
        assert found is not None and found.spec == job("old").spec
        version = await store.read(lambda db: db.execute("PRAGMA user_version").fetchone()[0])
        assert version == len(MIGRATIONS)

    with_store(path, work)


def test_an_older_database_learns_which_runs_its_jobs_have(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    db = sqlite3.connect(path)
    db.executescript(f"BEGIN; {''.join(MIGRATIONS[:2])} PRAGMA user_version = 2; COMMIT;")
    for name in ("ran", "new"):
        db.execute(
            "INSERT INTO resources VALUES"
            " (?, 'job', 'ana', '/p', ?, 'local', ?, 1, 0, 1.0, 1.0, NULL)",
            (name, name, job(name).spec.model_dump_json()),
        )
    for number, (state, deleted_at) in enumerate(
        [("completed", None), ("running", None), ("queued", None), ("error", 1.0)]
    ):
        db.execute(
            "INSERT INTO runs (id, job_id, number, owner, project, backend, execution, trigger, by,"
            " generation, created_at, state, deleted_at)"
            " VALUES (?, 'ran', ?, 'ana', '/p', 'local', '{}', 'manual', 'ana', 1, 1.0, ?, ?)",
            (f"{number:032x}", number, state, deleted_at),
        )
    db.commit()
    db.close()

    async def work(store: Store) -> None:
        rows = await store.read(
            lambda db: db.execute("SELECT name, active_runs, last_run_id FROM resources").fetchall()
        )
        assert [tuple(row) for row in rows] == [("ran", 2, f"{2:032x}"), ("new", 0, None)]

    with_store(path, work)


def test_two_processes_see_each_other(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        other = Store(tmp_path / "s", log)
        await store.read(changes.latest)
        await add(other, job("a"))
        assert [change.change for change in await store.read(lambda db: changes.since(db, 0))] == [
            "created"
        ]
        other.close()

    with_store(tmp_path / "s", work)
