"""The scheduler: starts runs at their slots, with one timer that goes by the clock on the wall."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..control.code import Sources
from ..control.schedule import cron_of
from ..control.slots import TROUBLE_SECONDS, Acted, Turn, act_each
from ..models.code import Code
from ..models.errors import Invalid, StoreUnavailable
from ..models.schedule import NEVER, Outcome, Passed, passed, slot_after
from ..store import schedules
from ..store.db import Database, Store
from ..store.schedules import Due
from ..wake import Wake

T = TypeVar("T")

_LONGEST_NAP = 30.0
"""Seconds. A machine that slept, or whose clock was set, is late by so much at most."""
_AWAKE = 0.002
"""Seconds before a slot that are waited for awake: timers are late by a millisecond."""
_BUDGET = 0.005
"""Seconds of one transaction: what is written can be read, and others want to write too."""
_AT_A_TIME = 32
_RETRY_SECONDS = 1.0
_REPOSITORIES = 4
"""Asked at once."""


class Scheduler:
    """Decides on slots whose time has come, while this process leads its state directory.

    Which ones these are is in the store: to begin computes nothing. A schedule that can't be
    decided on is noted and left, the others go on. `on_slot` is called with what became of how many
    slots.
    """

    def __init__(
        self,
        store: Store,
        sources: Sources,
        backends: Collection[str],
        clock: Callable[[], float],
        log: logging.Logger,
    ) -> None:
        self.store = store
        self.backends = backends
        self.sources = sources
        self.clock = clock
        self.log = log
        self.on_slot: list[Callable[[Outcome, int], None]] = []
        self._asking: dict[str, asyncio.Task[None]] = {}
        """Jobs whose repository is being asked."""
        self._answers: dict[tuple[str, str | None, float | None], asyncio.Future[Code]] = {}
        """What it will say, by project, reference and slot."""
        self._repositories: ThreadPoolExecutor | None = None
        self._changed = Wake()
        self._look_at = NEVER
        """When the first schedule is to be looked at, as far as known."""
        self._complaint = ""

    async def run(self, changed: Wake) -> None:
        """Until cancelled. `changed` is to be set whenever somebody wrote something."""
        self._changed = changed
        self._repositories = ThreadPoolExecutor(_REPOSITORIES, "saturn-deploy-git")
        try:
            while True:
                changed.clear()
                await changed.nap(await self._look())
        finally:
            for task in self._asking.values():
                task.cancel()
            self._asking.clear()
            self._repositories.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> float:
        """Do a part of what is due. Returns for how many seconds nothing is."""
        try:
            asking = list(self._asking)
            if self._look_at > self.clock():
                self._look_at = await self.store.read(lambda db: schedules.next_look(db, asking))
            if self._look_at <= self.clock():
                self._look_at = NEVER
                if not await self._in_time():
                    await self._behind(asking)
                return 0
            if await self._look_ahead():
                return 0
            self._complaint = ""
        except StoreUnavailable as error:
            self._complain(error)
            return _RETRY_SECONDS
        except Exception as error:
            self._complain(error)
            return _RETRY_SECONDS
        return max(0, min(self._look_at - self.clock() - _AWAKE, _LONGEST_NAP))

    async def _in_time(self) -> bool:
        """Decide on all schedules of which one slot has passed; False: there is none."""

        def work(db: Database) -> list[Acted]:
            rows = schedules.in_time(db, self.clock(), _AT_A_TIME, asking)
            turns = [Turn(row["job_id"], row) for row in rows]
            return act_each(db, turns, self.backends, self.clock, _BUDGET)

        some = False
        # One after the other, before anybody has begun to do what follows from the first ones.
        while True:
            asking = list(self._asking)
            if not self._done(await self.store.write(work)):
                return some
            some = True

    async def _behind(self, asking: Sequence[str]) -> None:
        """Decide on schedules of which more have passed: to count them takes a while."""
        now = self.clock()
        dues = await self._read(lambda db: schedules.behind(db, now, _AT_A_TIME, asking))

        def count(due: Due) -> Turn:
            found = passed(cron_of(due.job.spec), due.schedule.next_fire, now)
            return Turn(due.job.id, None, due, found)

        turns = await self._computed(dues, count)
        while turns:
            turns = turns[await self._act(turns) :]

    async def _act(self, turns: Sequence[Turn]) -> int:
        """Decide on the first of these. Returns how many they were."""
        done = await self.store.write(
            lambda db: act_each(db, turns, self.backends, self.clock, _BUDGET)
        )
        self._done(done)
        return len(done)

    async def _look_ahead(self) -> bool:
        """Look up, for some schedules, which slot follows the next one; False: it's known of all.

        So at a slot nothing is left to be computed.
        """
        dues = await self._read(lambda db: schedules.short(db, _AT_A_TIME))

        def look(due: Due) -> tuple[str, float, float]:
            at = due.schedule.next_fire
            return due.job.id, at, slot_after(cron_of(due.job.spec), at)

        found = await self._computed(dues, look)

        def work(db: Database) -> None:
            for job_id, at, following in found:
                schedules.look_ahead(db, job_id, at, following)

        if found:
            await self.store.write(work)
        return bool(found)

    async def _read(self, choose: Callable[[Database], list[sqlite3.Row]]) -> list[Due]:
        """The schedules that `choose` finds, but for those that can't be read: these are noted."""
        dues, bad = [], {}
        for row in await self.store.read(choose):
            try:
                dues.append(schedules.due_of(row))
            except ValueError as error:
                bad[row["job_id"]] = error
        await self._note(bad)
        return dues

    async def _computed(self, dues: Sequence[Due], compute: Callable[[Due], T]) -> list[T]:
        """What `compute`, on a thread, finds of each; where it raises, that is noted."""
        bad: dict[str, Exception] = {}

        def work() -> list[T]:
            found = []
            for due in dues:
                try:
                    found.append(compute(due))
                except Exception as error:
                    bad[due.job.id] = error
            return found

        found = await asyncio.to_thread(work) if dues else []
        await self._note(bad)
        return found

    async def _note(self, bad: Mapping[str, Exception]) -> None:
        if not bad:
            return
        look_at = self.clock() + TROUBLE_SECONDS

        def work(db: Database) -> None:
            for job_id, error in bad.items():
                schedules.trouble(db, job_id, str(error), look_at)

        await self.store.write(work)
        for job_id, error in bad.items():
            self.log.warning("the schedule of job %s can't be followed: %s", job_id, error)

    def _done(self, acts: Sequence[Acted]) -> bool:
        """Tell what was done, and ask what is to be asked. Returns whether there was anything."""
        for acted in acts:
            for outcome, count in acted.outcomes:
                for listener in self.on_slot:
                    listener(outcome, count)
            if acted.trouble:
                self.log.warning("a schedule can't be followed: %s", acted.trouble)
            if acted.asks is not None:
                turn = acted.asks
                task = asyncio.get_running_loop().create_task(self._ask(turn))
                self._asking[turn.job_id] = task
        return bool(acts)

    async def _ask(self, turn: Turn) -> None:
        """Find out from git what the code of a run is, then decide again."""
        assert turn.due is not None
        try:
            code: Code | Invalid
            try:
                code = await self._answer(turn.due, turn.passed)
            except Invalid as error:
                code = error
            await self._act([replace(turn, code=code)])
        except StoreUnavailable as error:
            self._complain(error)
        except Exception as error:
            await self._note({turn.job_id: error})
        finally:
            self._asking.pop(turn.job_id, None)
            # Whatever came of it: what is due still is looked at again.
            self._changed.set()

    def _answer(self, due: Due, passed: Passed | None) -> asyncio.Future[Code]:
        """One for all that ask the same at one slot: a remote that hangs does so for minutes, and
        has one of our few threads for as long."""
        job, slot = due.job, due.schedule.last_slot if passed is None else passed.latest
        question = (job.project, job.spec.reference, slot)
        if question not in self._answers:
            self._answers[question] = asyncio.get_running_loop().run_in_executor(
                self._repositories, self.sources.resolve, Path(job.project), job.spec
            )
            self._answers[question].add_done_callback(lambda _: self._answers.pop(question))
        return self._answers[question]

    def _complain(self, error: Exception) -> None:
        """Once for each new text: what persists is tried again every second."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            known = isinstance(error, StoreUnavailable)
            self.log.warning(
                "schedules can't be followed now: %s", error, exc_info=None if known else error
            )
