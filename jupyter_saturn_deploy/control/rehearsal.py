"""Rehearsals: what a deployment would run is tried out before the deployment is made."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from ..backends.local.rehearse import Stage
from ..logs.tail import tail
from ..models.advice import Advice
from ..models.code import LIVE, SNAPSHOT, Code
from ..models.errors import Conflict, Invalid, NotFound
from ..models.resources import Deployment, DeploymentSpec
from ..models.runs import Execution, Observation, Reason, Run, RunState
from ..models.words import duration, ending
from ..recipes import kind_of
from ..sources.records import Records
from ..store import resources
from ..store.db import Store
from ..wake import Wake
from .code import Sources
from .diagnosis import advised
from .here import Here
from .reading import parsed
from .resources import name_of

SHOWN = 10.0
"""Seconds that one goes on after it came up."""
AT_ONCE = 2
_REMEMBERED = 20
"""Of those that are over: whoever asked for one looks at its end once."""
_TAIL = 4096
"""Bytes of its log that are shown."""
_GOODBYE = 2.0
"""Seconds that the server's stop waits until nothing runs any more."""
_NOT_FROZEN = "with the project as it is: it will be frozen when the deployment is made"


class State(str, Enum):
    """How far one is."""

    STARTING = "starting"
    UP = "up"
    """It listens."""
    FAILED = "failed"
    ENDED = "ended"
    """Somebody ended it, or its time was over after it came up."""


@dataclass
class Rehearsal:
    """One of them."""

    run: Run
    """An instance of no deployment, which is never stored."""
    until: float
    """When its time is over."""
    warnings: list[str]
    note: str
    """What was otherwise than it will be; `""`: nothing."""
    state: State = State.STARTING
    sentence: str = "starting"
    advice: Advice | None = None
    log: str = ""
    """Its last lines, once it is over."""
    over: bool = False
    """Whether nothing of it runs any more."""
    wake: Wake = field(default_factory=Wake)

    @property
    def goes_on(self) -> bool:
        """Whether nothing was decided yet."""
        return self.state in (State.STARTING, State.UP)

    def tell(self, state: State, sentence: str) -> None:
        """What becomes of it, unless that is decided already."""
        if self.goes_on:
            self.state = state
            self.sentence = f"{sentence} ({self.note})" if self.note else sentence
            self.wake.set()


class Rehearsals:
    """Tries deployments out, `AT_ONCE` at a time. Used from one event loop."""

    def __init__(
        self, store: Store, sources: Sources, stage: Stage, records: Records, log: logging.Logger
    ) -> None:
        self._store = store
        self._sources = sources
        self._stage = stage
        self._records = records
        self._log = log
        self._all: dict[str, Rehearsal] = {}
        self._playing: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin; what a killed server left is ended in the background."""
        await self._stage.open([])
        _keep(self._tasks, self._listen())
        _keep(self._tasks, self._sweep())

    async def close(self) -> None:
        """End all of them."""
        if not self._tasks:
            return  # never opened
        for known in self._all.values():
            self._end(known)
        if self._playing:
            await asyncio.wait(self._playing, timeout=_GOODBYE)
        await self._stage.close()
        rest = [*self._playing, *self._tasks]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def begin(self, here: Here, recipe: Any) -> Rehearsal:
        """Begin to try out the deployment that this recipe describes; one of its name may exist.

        Raises `Invalid` for what can't be created either, `Conflict` while too many are under way.
        """
        self._look_for_room()
        rehearsal = await self._drafted(here, recipe)
        self._look_for_room()
        over = [id_ for id_, known in self._all.items() if known.over]
        for id_ in over[:-_REMEMBERED]:
            del self._all[id_]
        self._all[rehearsal.run.id] = rehearsal
        _keep(self._tasks, self._sweep())
        _keep(self._playing, self._play(rehearsal))
        return rehearsal

    def get(self, rehearsal_id: str) -> Rehearsal:
        """The one of that id. Raises `NotFound`: never begun, long over, or the server was started
        anew."""
        try:
            return self._all[rehearsal_id]
        except KeyError:
            raise NotFound(f"there is no rehearsal {rehearsal_id[:64]!r}") from None

    def end(self, rehearsal_id: str) -> Rehearsal:
        """End it; one that has ended stays as it is."""
        rehearsal = self.get(rehearsal_id)
        self._end(rehearsal)
        return rehearsal

    async def log(self, rehearsal: Rehearsal) -> str:
        """The last lines of its log, as text."""
        if rehearsal.over:
            return rehearsal.log
        return await asyncio.to_thread(tail, self._stage.log(rehearsal.run.id, 1), _TAIL)

    def _end(self, rehearsal: Rehearsal) -> None:
        came_up = rehearsal.state is State.UP
        rehearsal.tell(
            State.ENDED, "came up, and was ended" if came_up else "ended before it came up"
        )

    def _look_for_room(self) -> None:
        under_way = sum(not known.over for known in self._all.values())
        if under_way >= AT_ONCE:
            raise Conflict(
                "rehearsal",
                f"{under_way} rehearsals are under way",
                "end one of them; each ends by itself within about a minute",
            )

    async def _drafted(self, here: Here, recipe: Any) -> Rehearsal:
        """What is to be run: as `Deployments.apply` would make it, but that nothing is frozen."""
        if kind_of(recipe) is not Deployment:
            raise Invalid.field("type", "must be deployment", "start a job to try it out")
        known = await self._store.read(
            lambda db: resources.find(db, here.owner, name_of(recipe), Deployment)
        )
        at_home = here if known is None else here.at_home(known)
        spec, code, warnings = await self._sources.apart(self._settled, at_home, recipe, known)
        now = time.time()
        run = Run(
            id=uuid.uuid4().hex,
            # Without a deployment it has a token of nothing, which opens nothing.
            job_id=known.id if known else uuid.uuid4().hex,
            number=1,
            owner=here.owner,
            backend=self._stage.name,
            execution=Execution(spec, str(at_home.project), here.prefix, here.base_url, code),
            trigger="manual",
            by=here.owner,
            generation=known.generation if known else 1,
            created_at=now,
            state=RunState.STARTING,
            attempt=1,
            revision=1,
            instance=1,
        )
        frozen = spec.source != SNAPSHOT or code.source == SNAPSHOT
        return Rehearsal(run, now + self._stage.limit, warnings, "" if frozen else _NOT_FROZEN)

    def _settled(
        self, here: Here, recipe: Any, known: Deployment | None
    ) -> tuple[DeploymentSpec, Code, list[str]]:
        before = known.spec if known else None
        spec, warnings = parsed(here, recipe, before, True)
        assert isinstance(spec, DeploymentSpec)
        kept = before is not None and before.source == SNAPSHOT
        if spec.source == SNAPSHOT and spec.snapshot is None and not kept:
            return spec, Code(LIVE), warnings
        settled, more = self._sources.settle(here.project, spec, before)
        assert isinstance(settled, DeploymentSpec)
        return settled, self._sources.resolve(here.project, settled), warnings + more

    async def _play(self, rehearsal: Rehearsal) -> None:
        """From its beginning until nothing is left of it."""
        run_id = rehearsal.run.id
        try:
            await asyncio.to_thread(self._stage.claim, run_id)
        except OSError as error:
            rehearsal.tell(State.FAILED, f"can't be started: {error.strerror}")
            rehearsal.over = True
            return
        await self._stage.start(rehearsal.run)
        stopped = False
        while not rehearsal.over:
            rehearsal.wake.clear()
            if rehearsal.goes_on and time.time() >= rehearsal.until:
                await self._time_is_over(rehearsal)
            if not rehearsal.goes_on and not stopped:
                await self._stage.stop(rehearsal.run)
                stopped = True
            left = rehearsal.until - time.time() if rehearsal.goes_on else self._stage.limit
            await rehearsal.wake.nap(max(left, 0.0))
        await self._stage.forget([run_id])

    async def _time_is_over(self, rehearsal: Rehearsal) -> None:
        run, limit = rehearsal.run, f"{self._stage.limit:.0f} s"
        if rehearsal.state is State.UP:
            self._end(rehearsal)
        elif run.started_at is None:
            rehearsal.tell(State.FAILED, f"its files were not in place after {limit}")
        else:
            late = Observation(run.id, run.attempt, RunState.RUNNING, run.started_at)
            late = await advised(run, self._records, late, self._log)
            if rehearsal.state is State.STARTING:
                rehearsal.advice = late.advice
                rehearsal.tell(State.FAILED, f"listens on nothing after {limit}")

    async def _listen(self) -> None:
        async for seen in self._stage.facts():
            rehearsal = self._all.get(seen.run_id)
            if rehearsal is not None:
                await self._see(rehearsal, seen)

    async def _see(self, rehearsal: Rehearsal, seen: Observation) -> None:
        run = rehearsal.run
        seen = await advised(run, self._records, seen, self._log)
        if seen.state is RunState.RUNNING:
            if run.started_at is None:
                rehearsal.until = seen.at + self._stage.limit
            rehearsal.run = replace(
                run, state=seen.state, started_at=seen.at, used=seen.used, serving=seen.serving
            )
            if seen.serving is not None and rehearsal.goes_on:
                rehearsal.advice = seen.advice
                rehearsal.until = min(rehearsal.until, seen.serving.at + SHOWN)
                rehearsal.tell(State.UP, _came_up(rehearsal.run))
        else:
            await self._ended(rehearsal, seen)
        rehearsal.wake.set()

    async def _ended(self, rehearsal: Rehearsal, seen: Observation) -> None:
        path = self._stage.log(seen.run_id, 1)
        rehearsal.log = await asyncio.to_thread(tail, path, _TAIL)
        if seen.reason == Reason.TIMEOUT:
            await self._time_is_over(rehearsal)
        elif rehearsal.goes_on:
            rehearsal.advice = seen.advice
            came_up = "came up, but " if rehearsal.state is State.UP else ""
            rehearsal.tell(State.FAILED, came_up + _ended(rehearsal.run, seen))
        rehearsal.over = True

    async def _sweep(self) -> None:
        try:
            await self._stage.sweep()
        except OSError as error:
            self._log.warning("Can't sweep what is left of rehearsals: %s", error)


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _came_up(run: Run) -> str:
    serving = run.serving
    assert serving is not None and run.started_at is not None
    host = f"[{serving.host}]" if ":" in serving.host else serving.host
    took = duration(serving.at - run.started_at)
    return f"came up after {took}, listens on {host}:{serving.port}"


def _ended(run: Run, seen: Observation) -> str:
    after = "" if run.started_at is None else f" after {duration(seen.at - run.started_at)}"
    if seen.signal is not None:
        what = f"{ending(None, seen.signal)}{after}"
    elif seen.exit_code is not None:
        what = f"ended{after} with {ending(seen.exit_code, None)}"
    else:
        what = f"ended{after}" if after else "did not start"
    return f"{what}: {seen.detail}" if seen.detail else what
