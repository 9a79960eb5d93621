"""Runs on this machine: one detached shim per attempt, found again after any crash."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ...models.advice import Evidence
from ...models.code import LIVE, Used
from ...models.errors import DeployError
from ...models.resources import JobSpec
from ...models.runs import (
    KEPT_LIVES,
    SLOW_START,
    Ending,
    Observation,
    Reason,
    Run,
    RunState,
    Serving,
    after_attempt,
)
from ...sources.errors import Cancelled, SourceError
from ...wake import Wake
from ..base import Point
from .attempt import AttemptDirectory, Copy, Found, Spec
from .code import Files, Packages
from .environment import inherited, is_conda, run_environment
from .evidence import evidence
from .ports import free_port
from .process import ShimProcess, reap
from .serving import Watch
from .tree import remove

_FIRST_LOOK, _SCAN = 0.01, 2.0
"""Seconds between looks at an attempt: soon at first, then only as a safety net."""
_WITHOUT_PIDFD = 0.2
_LOOK = 2.0
"""Seconds at most for a look at what an attempt that failed left."""
_COPYING = 2
"""Copies that are made at once."""
_BEGUN_AT_ONCE = 16
"""Attempts, each in a thread of ours: most wait for a look at the project that they share."""
_BEGINNINGS = 3
"""Times that an attempt is begun of which nothing came to be, because its shim was killed."""

_PORT_LOOK, _PORT_SCAN = 0.1, 5.0
"""Seconds between looks at where an instance listens: until it does, and later."""
_NOTICED = 0.5
"""Seconds until everybody who forwards requests has noticed that an instance is replaced."""
DRAIN = 10.0
"""Seconds that those who are connected to it then have."""

_T = TypeVar("_T")


@dataclass
class _Care:
    """One run that is being taken care of."""

    run: Run
    fresh: bool
    """Whether it is known that nothing of it began before."""
    wake: Wake = field(default_factory=Wake)
    task: asyncio.Task[None] | None = None
    shim: int | None = None
    """Its pid, as it wrote it down."""
    started_at: float | None = None
    """Once its start was reported."""
    progress: tuple[int, int] | None = None
    """As it was reported last."""
    used: Used | None = None
    """As it was reported with the start."""
    serving: Serving | None = None
    """As it was reported last."""
    draining: bool = False
    """Whether its end waits until `_serve` is done."""
    wake_serve: Wake = field(default_factory=Wake)
    left: bool = False
    """Whether nobody takes care any more."""

    def given_up(self) -> bool:
        """Whether nothing is to be begun any more."""
        return self.stopping or self.left

    @property
    def stopping(self) -> bool:
        return self.run.stop_reason is not None


class LocalBackend:
    """The Backend contract on this machine.

    `grace`: seconds between TERM and KILL. `token_for(run)`: the run's SATURN_TOKEN. `packages`
    and `image` tell what a run runs with: see `code.Files`.
    `state_dir` must exist. Used from one event loop.
    """

    name = "local"
    directory = "runs"
    """Below the state directory: where they live."""
    limit: float | None = None
    """Seconds that an instance lives at most."""

    def __init__(
        self,
        state_dir: Path,
        capacity: int,
        grace: float,
        token_for: Callable[[Run], str],
        packages: Packages,
        image: Callable[[], str],
        log: logging.Logger,
    ) -> None:
        self.capacity: int | None = capacity
        self._runs = state_dir.absolute() / self.directory
        self._grace = grace
        self._token_for = token_for
        self._files = Files(state_dir.absolute(), packages, image)
        self._copying = asyncio.Semaphore(_COPYING)
        self._threads: ThreadPoolExecutor | None = None
        self._log = log
        self._cared: dict[str, _Care] = {}
        self._observations: asyncio.Queue[Observation | None] = asyncio.Queue()

    async def open(self, active: Sequence[Run]) -> None:
        """See `Backend`. After `close` it may be opened again."""
        self._observations = asyncio.Queue()
        self._threads = ThreadPoolExecutor(_BEGUN_AT_ONCE, "saturn-deploy-begin")
        reap()
        for run in active:
            self._take(run, fresh=False)

    async def close(self) -> None:
        """See `Backend`."""
        tasks = [care.task for care in self._cared.values() if care.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._observations.put_nowait(None)

    async def start(self, run: Run) -> None:
        """See `Backend`: certain from the moment on at which control wrote the run down."""
        self._take(run, fresh=True)

    async def stop(self, run: Run) -> None:
        """See `Backend`. `run.stop_reason` says why; without one it is the user's wish."""
        self._take(replace(run, stop_reason=run.stop_reason or Reason.USER.value), fresh=False)

    async def facts(self) -> AsyncIterator[Observation]:
        """See `Backend`."""
        while (observation := await self._observations.get()) is not None:
            yield observation

    def log(self, run_id: str, attempt: int) -> Path:
        """See `Backend`."""
        return self._directory(run_id, attempt).log

    def output(self, run_id: str, attempt: int) -> Path:
        """See `Backend`."""
        return self._directory(run_id, attempt).output

    async def metrics(self, run_id: str, attempt: int) -> list[Point]:
        """See `Backend`: on Linux."""
        return await asyncio.to_thread(self._directory(run_id, attempt).metrics)

    async def forget(self, run_ids: Sequence[str]) -> None:
        """See `Backend`."""
        for run_id in run_ids:
            await asyncio.to_thread(remove, self._runs / run_id)

    def _directory(self, run_id: str, attempt: int) -> AttemptDirectory:
        return AttemptDirectory(self._runs / run_id / str(attempt))

    def _take(self, run: Run, *, fresh: bool) -> None:
        """Take care of this attempt, unless that is being done; a wish to stop is handed on."""
        care = self._cared.get(run.id)
        if care is None or care.run.attempt < run.attempt:
            care = self._cared[run.id] = _Care(run, fresh)
            if not fresh:
                care.serving = run.serving  # it goes on, unless it is seen not to
                care.draining = run.serving is not None  # as it may, if it is replaced
            care.task = asyncio.get_running_loop().create_task(self._care_for(care))
        elif run.stop_reason is not None:
            care.run = run
            care.wake_serve.set()
            care.wake.set()

    async def _care_for(self, care: _Care) -> None:
        attempt = self._directory(care.run.id, care.run.attempt)
        try:
            ending = await self._see_to_the_end(care, attempt)
            await self._report_progress(care, attempt)
            if not (ending.good or ending.reason is Reason.USER):
                with suppress(OSError, asyncio.TimeoutError):  # a disk that won't say, or never
                    ending = replace(ending, evidence=await self._evidence(care, attempt))
            with suppress(OSError):  # the disk won't let us: no reason to hold the end back
                await asyncio.to_thread(self._files.tidy, care.run, attempt)
                ending = replace(ending, usage=await asyncio.to_thread(attempt.usage))
        except Exception:
            self._log.exception("Run %s is no longer watched", care.run.id)
        else:
            self._observations.put_nowait(
                after_attempt(care.run, care.run.attempt, ending, care.started_at)
            )
        finally:
            care.left = True
            if self._cared.get(care.run.id) is care:
                del self._cared[care.run.id]

    async def _see_to_the_end(self, care: _Care, attempt: AttemptDirectory) -> Ending:
        """Begin the attempt if nothing of it ever began, watch it, and say how it ended."""
        beginnings, watched = 0, False
        found = Found.NOTHING if care.fresh else await self._look(attempt.find)
        while True:
            if found is Found.ALIVE:
                await self._watch(care, attempt, None)
                watched = True
            elif found is Found.ENDED and (ending := await self._look(attempt.ending)):
                await self._report_start(care, attempt)
                return ending
            elif found is not Found.NOTHING or care.started_at is not None:
                return await self._lost(care, attempt, watched)
            elif care.stopping:
                return Ending(time.time(), reason=Reason.USER)
            elif beginnings == _BEGINNINGS:
                return Ending(time.time(), reason=Reason.NOT_STARTED)
            else:
                beginnings += 1
                try:
                    pid = await self._begin(care, attempt)
                except Cancelled:
                    continue
                except SourceError as error:
                    return Ending(time.time(), reason=Reason.SOURCE, detail=str(error))
                except (OSError, ValueError, DeployError) as error:
                    return Ending(time.time(), reason=Reason.NOT_STARTED, detail=_words(error))
                await self._watch(care, attempt, pid)
                watched = True
            found = await self._look(attempt.find)

    async def _begin(self, care: _Care, attempt: AttemptDirectory) -> int | None:
        """See `AttemptDirectory.begin` and `Files.place`."""

        def prepare() -> Spec:
            copy = self._files.place(care.run, attempt, care.given_up)
            port = free_port() if care.run.is_instance else None
            if port is not None:
                attempt.give_port(port)
            return self._spec(care.run, copy, port)

        def begin() -> int | None:
            pid = attempt.begin(prepare)
            if care.run.is_instance:
                with suppress(OSError):  # next time
                    attempt.remove_others(care.run.attempt - KEPT_LIVES)
            return pid

        loop = asyncio.get_running_loop()
        if care.run.execution.code.source == LIVE:
            return await loop.run_in_executor(self._threads, begin)
        async with self._copying:
            return await loop.run_in_executor(self._threads, begin)

    async def _evidence(self, care: _Care, attempt: AttemptDirectory) -> Evidence:
        """What an attempt that failed left to be seen; in a thread of ours, for the project's disk
        may never answer."""
        loop = asyncio.get_running_loop()
        look = loop.run_in_executor(self._threads, evidence, attempt, care.run.execution)
        return await asyncio.wait_for(look, _LOOK)

    async def _watch(self, care: _Care, attempt: AttemptDirectory, pid: int | None) -> None:
        """Report what the shim does and hand a stop on, until it is gone."""
        with ShimProcess(care.wake.set) as shim:
            if pid is not None:
                shim.watch(pid)
            if care.run.is_instance:
                watching = asyncio.get_running_loop().create_task(self._serve(care, attempt, shim))
                try:
                    await self._follow(care, attempt, shim)
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
            else:
                await self._follow(care, attempt, shim)
            await shim.reap()
        if sys.platform != "linux":  # no subreaper there: some may have got away
            await self._sweep(care)

    async def _follow(self, care: _Care, attempt: AttemptDirectory, shim: ShimProcess) -> None:
        """Until it is gone, or leaves nothing to follow."""
        told, pause = False, _FIRST_LOOK
        while True:
            care.wake.clear()
            await self._report_start(care, attempt)
            await self._report_progress(care, attempt)
            if care.shim is not None and not shim.known:
                shim.watch(care.shim)
            # The lock is held after the pid was looked up: so the pid is still the shim's.
            found = await self._look(attempt.find)
            out_of_sight = found is Found.NOTHING and shim.wakes
            if shim.exited or not (found is Found.ALIVE or out_of_sight):
                break
            if care.stopping and shim.known and not told and not care.draining:
                shim.terminate()
                told = True
            await care.wake.nap(pause)
            pause = min(pause * 1.5, _SCAN if shim.wakes else _WITHOUT_PIDFD)

    async def _serve(self, care: _Care, attempt: AttemptDirectory, shim: ShimProcess) -> None:
        """Report where an instance can be reached, whenever that changes; and let one that is
        replaced finish what it was asked before its place was taken."""
        while care.started_at is None or care.shim is None:
            care.wake_serve.clear()
            await care.wake_serve.nap(_PORT_LOOK)
        care.draining, slow = True, time.monotonic() + SLOW_START
        try:
            watch = Watch(care.shim, await self._look(attempt.given_port), care.serving)
            while not (care.stopping and care.run.stop_reason != Reason.REPLACED):
                try:
                    serving = await asyncio.to_thread(watch.look)
                except Exception as error:  # e.g. out of file descriptors: it is no answer
                    self._log.warning(
                        "Can't see where run %s listens: %s", care.run.id, _words(error)
                    )
                    if care.stopping:
                        return
                    care.wake_serve.clear()
                    await care.wake_serve.nap(_SCAN)
                    continue
                late = serving is None and time.monotonic() >= slow
                if serving != care.serving or late:
                    care.serving, slow = serving, math.inf if late else slow
                    self._running(care)
                if care.stopping:
                    return await self._drain(care, watch)
                care.wake_serve.clear()
                pause = _PORT_LOOK if slow < math.inf else _SCAN
                await care.wake_serve.nap(pause if serving is None else _PORT_SCAN)
        finally:
            care.draining = False
            care.wake.set()

    async def _drain(self, care: _Care, watch: Watch) -> None:
        """Until nobody is connected any more, or it is not only replaced but unwanted."""
        begun = time.monotonic()
        while care.run.stop_reason == Reason.REPLACED:
            lasted = time.monotonic() - begun
            if lasted >= _NOTICED and not await asyncio.to_thread(watch.busy):
                return
            if lasted >= DRAIN:
                return
            care.wake_serve.clear()
            await care.wake_serve.nap(_PORT_LOOK)

    async def _report_start(self, care: _Care, attempt: AttemptDirectory) -> None:
        """Once: that the command was started, and when."""
        if care.started_at is not None:
            return
        running = await self._look(attempt.running)
        if running is None:
            return
        care.shim = running.pid
        if running.started_at is not None:
            care.started_at = running.started_at
            care.used = await self._look(attempt.used)
            self._running(care)

    async def _report_progress(self, care: _Care, attempt: AttemptDirectory) -> None:
        """Of a notebook, when it has changed."""
        if care.started_at is None:
            return
        progress = await self._look(attempt.progress)
        if progress != care.progress:
            care.progress = progress
            self._running(care)

    def _running(self, care: _Care) -> None:
        assert care.started_at is not None
        self._observations.put_nowait(
            Observation(
                care.run.id,
                care.run.attempt,
                RunState.RUNNING,
                care.started_at,
                progress=care.progress,
                used=care.used,
                serving=care.serving,
            )
        )

    async def _lost(self, care: _Care, attempt: AttemptDirectory, watched: bool) -> Ending:
        await self._report_start(care, attempt)
        at = time.time() if watched else await self._look(attempt.last_sign)
        swept = await self._sweep(care)
        self._log.warning("Run %s was lost; ended %d processes it left", care.run.id, swept)
        return Ending(at, reason=Reason.LOST)

    async def _sweep(self, care: _Care) -> int:
        """End what the attempt left behind; how many processes."""
        # Seldom needed, and psutil costs every start of the server 10 ms.
        from .sweep import sweep

        return await sweep(care.run.id, care.run.attempt, self._grace)

    async def _look(self, look: Callable[[], _T]) -> _T:
        """`look()` in a thread, again and again while the disk won't say: it is no answer."""
        while True:
            try:
                return await asyncio.to_thread(look)
            except OSError as error:
                self._log.warning("Can't read the records of runs: %s", _words(error))
                await asyncio.sleep(_SCAN)

    def _spec(self, run: Run, copy: Copy | None, port: int | None) -> Spec:
        execution = run.execution
        return Spec(
            command=execution.spec.command,
            directory=Path(execution.project, execution.spec.working_directory),
            start_script=execution.spec.start_script,
            activate=is_conda(Path(execution.prefix)),
            environment=run_environment(
                run,
                self._token_for(run),
                self.output(run.id, run.attempt),
                inherited(),
                port,
            ),
            timeout=execution.spec.timeout if isinstance(execution.spec, JobSpec) else self.limit,
            grace=self._grace,
            copy=copy,
        )


def _words(error: Exception) -> str:
    """The system's own words, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)
