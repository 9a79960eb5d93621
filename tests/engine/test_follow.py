"""Following the changes that anybody wrote."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from jupyter_saturn_deploy.engine.follow import Follower
from jupyter_saturn_deploy.models.errors import StoreUnavailable
from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.store import resources
from jupyter_saturn_deploy.store.changes import Change
from jupyter_saturn_deploy.store.db import Database, Store

T = TypeVar("T")


class Weak(Store):
    """A store that cannot be read for a while."""

    failing = False

    async def read(self, work: Callable[[Database], T]) -> T:
        if self.failing:
            raise StoreUnavailable("no disk")
        return await super().read(work)


class Ear:
    """A store that is followed, and what is heard of it."""

    def __init__(self, directory: Path) -> None:
        log = logging.getLogger("test")
        self.store = Weak(directory / "store.sqlite", log)
        self.batches: list[int] = []
        self.names: list[str] = []
        self.follower = Follower(self.store, log)
        self.follower.listeners.append(self._listen)

    def _listen(self, batch: list[Change]) -> None:
        self.batches.append(len(batch))
        self.names.extend(change.name for change in batch)

    async def heard(self, *names: str) -> None:
        """Until exactly these were."""
        deadline = time.monotonic() + 10
        while self.names != list(names):
            assert time.monotonic() < deadline, self.names
            await asyncio.sleep(0.01)


def insert(db: Database, name: str) -> None:
    spec = JobSpec(name=name, command="true", instance_type="small", image="")
    resources.insert(db, Job(f"{name:>032}", "ana", "/p", "local", spec, 1, 0.0, 0.0))


def play(directory: Path, scene: Callable[[Ear], Awaitable[None]]) -> None:
    async def whole() -> None:
        ear = Ear(directory)
        ear.follower.start()
        try:
            await ear.follower.ready.wait()
            await scene(ear)
        finally:
            await ear.follower.stop()
            ear.store.close()

    asyncio.run(whole())


def test_what_was_written_while_nothing_could_be_read_is_told_afterwards(tmp_path: Path) -> None:
    async def scene(ear: Ear) -> None:
        await ear.store.write(lambda db: insert(db, "a"))
        await ear.heard("a")
        ear.store.failing = True
        await ear.store.write(lambda db: insert(db, "b"))
        await asyncio.sleep(0.1)
        ear.store.failing = False
        await ear.heard("a", "b")

    play(tmp_path, scene)


def test_a_write_whose_caller_was_cancelled_is_told(tmp_path: Path) -> None:
    async def scene(ear: Ear) -> None:
        def slow(db: Database) -> None:
            insert(db, "a")
            time.sleep(0.1)

        write = asyncio.ensure_future(ear.store.write(slow))
        await asyncio.sleep(0.05)
        write.cancel()
        await ear.heard("a")

    play(tmp_path, scene)


def test_a_burst_of_changes_is_told_in_small_portions(tmp_path: Path) -> None:
    async def scene(ear: Ear) -> None:
        names = [f"job-{number:03}" for number in range(500)]
        await ear.store.write(lambda db: [insert(db, name) for name in names])
        await ear.heard(*names)
        assert max(ear.batches) <= 50

    play(tmp_path, scene)
