"""The engine: fulfils what is wished, writes down what is seen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from ..backends.base import Backend
from ..control.code import Sources
from ..control.diagnosis import with_advice
from ..control.observe import observe
from ..control.queue import next_work
from ..control.retention import DAY, expire, expire_revisions, expire_slots, needed, sweep
from ..models.errors import StoreUnavailable
from ..models.runs import OCCUPYING, Run
from ..sources.records import Records
from ..sources.snapshots import Snapshots
from ..store import changes, resources, runs
from ..store.changes import Change
from ..store.db import Store
from ..wake import Wake
from .follow import Follower
from .leader import Holder, Leader
from .scheduler import Scheduler

TAKE_OVER_SECONDS = 1.0
"""How often a process that does not act looks whether it has to."""
_RETRY_SECONDS = 1.0
_EXPIRY_SECONDS = 3600.0
_LONGEST_NAP = 60.0
"""Seconds. A clock that was set forward makes a retry due earlier than its timer knows."""

Listener = Callable[[Run, Run], None]


class Engine:
    """Acts while this process leads its state directory, and waits for its turn otherwise.

    `on_step` is called with a run before and after each step that an observation made. `clock`
    tells seconds since the epoch.
    """

    def __init__(
        self,
        store: Store,
        follower: Follower,
        backends: Mapping[str, Backend],
        state_dir: Path,
        kind: str,
        retention_days: int,
        log: logging.Logger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.follower = follower
        self.backends = backends
        self._snapshots = Snapshots(state_dir)
        self._records = Records(state_dir)
        self.scheduler = Scheduler(store, Sources(self._snapshots), backends, clock, log)
        self.leader = Leader(state_dir, kind)
        self.retention_days = retention_days
        self.log = log
        self._clock = clock
        self.on_step: list[Listener] = []
        self._wakers: list[Wake] = []
        self._complaint = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def holder(self) -> Holder | None:
        """Who acts on this state directory now."""
        return self.leader.holder()

    def start(self) -> None:
        """Begin, in the background."""
        self.follower.listeners.append(self._wake)
        self._task = asyncio.get_running_loop().create_task(self._live())

    async def stop(self) -> None:
        """End acting; runs go on. Waits for nothing but the step under way."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.follower.listeners.remove(self._wake)

    def _wake(self, _: list[Change]) -> None:
        for waker in self._wakers:
            waker.set()

    def _waker(self) -> Wake:
        waker = Wake()
        self._wakers.append(waker)
        return waker

    def _complain(self, error: Exception) -> None:
        """Once for each new text: what persists is tried again every second."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            self.log.warning("jobs can't be run now: %s", error)

    async def _live(self) -> None:
        while True:
            try:
                if self.leader.acquire():
                    self.log.info("Jobs of %s are run by this process", self.leader.path.parent)
                    try:
                        await self._lead()
                    finally:
                        self.leader.release()
            except (StoreUnavailable, OSError) as error:
                self._complain(error)
            except Exception:
                self.log.exception("the engine failed; it starts again")
            await asyncio.sleep(TAKE_OVER_SECONDS)

    async def _lead(self) -> None:
        active = await self.store.read(runs.active)
        tasks: list[asyncio.Task[None]] = []
        try:
            for name, backend in self.backends.items():
                await backend.open(
                    [run for run in active if run.backend == name and run.state in OCCUPYING]
                )
                tasks += [_task(self._observe(backend)), _task(self._fulfil(backend))]
            tasks.append(_task(self.scheduler.run(self._waker())))
            tasks.append(_task(self._tidy()))
            self._complaint = ""
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._wakers.clear()
            for backend in self.backends.values():
                await backend.close()
            # A step that was cut short is still written, and before somebody else acts: that one
            # would not see it begin.
            await self.store.settle()

    async def _observe(self, backend: Backend) -> None:
        """Facts into the store. A fact is not let go before it is written."""
        async for fact in backend.facts():
            seen = await with_advice(self.store, self._records, fact, self.log)
            while True:
                try:
                    step = await self.store.write(
                        lambda db, seen=seen: observe(db, seen, self.log),  # type: ignore[misc]
                        vital=True,
                    )
                    break
                except StoreUnavailable as error:
                    self.log.warning("run %s: %s; trying again", seen.run_id, error)
                    await asyncio.sleep(_RETRY_SECONDS)
            if step is not None:
                for listener in self.on_step:
                    listener(*step)

    async def _fulfil(self, backend: Backend) -> None:
        """Wishes into the backend, each time something changed or a retry falls due."""
        changed = self._waker()
        told: dict[str, str | None] = {}
        while True:
            changed.clear()
            try:
                now = self._clock()
                work = await self.store.write(
                    lambda db, now=now: next_work(db, backend.name, backend.capacity, now),  # type: ignore[misc]
                    vital=True,
                )
                wake_at = work.wake_at
                for run in work.start:
                    await backend.start(run)
                for run in work.stop:
                    if told.get(run.id, "") != run.stop_reason:
                        await backend.stop(run)
                told = {run.id: run.stop_reason for run in work.stop}
            except StoreUnavailable as error:
                self._complain(error)
                wake_at = self._clock() + _RETRY_SECONDS
            timeout = _LONGEST_NAP if wake_at is None else max(wake_at - self._clock(), 0)
            await changed.nap(min(timeout, _LONGEST_NAP))

    async def _tidy(self) -> None:
        """What has expired or was deleted is forgotten by its backend first, then by the store."""
        changed = self._waker()
        look_again = 0.0
        while True:
            changed.clear()
            try:
                if time.monotonic() >= look_again:
                    look_again = time.monotonic() + _EXPIRY_SECONDS
                    await self._expire()
                    await self._collect()
                await sweep(self.store, time.time())
                for backend in self.backends.values():
                    await self._forget(backend)
                if await self.store.read(resources.purgeable):
                    await self.store.write(resources.purge)
                await self.store.write(changes.trim)
            except (StoreUnavailable, OSError) as error:
                self._complain(error)
            await changed.nap(_LONGEST_NAP)
            # A burst of changes is tidied up after once.
            await asyncio.sleep(1)

    async def _expire(self) -> None:
        count = await expire(self.store, time.time(), self.retention_days)
        if count:
            self.log.info("%d runs ended over %d days ago and go", count, self.retention_days)
        await expire_slots(self.store, time.time(), self.retention_days)
        await expire_revisions(self.store)

    async def _collect(self) -> None:
        snapshots, lists = await needed(self.store)
        # What was made lately stays: somebody is about to refer to it.
        await asyncio.to_thread(self._snapshots.collect, snapshots, DAY)
        await asyncio.to_thread(self._records.collect, lists, DAY)

    async def _forget(self, backend: Backend) -> None:
        while ids := await self.store.read(lambda db: runs.deleted(db, backend.name)):
            await backend.forget(ids)
            await self.store.write(lambda db, ids=ids: runs.purge(db, ids), vital=True)  # type: ignore[misc]


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)
