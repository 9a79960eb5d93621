"""Where instances are tried out on this machine: apart from runs, for a minute, and no longer than
the process that began them."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ...models.runs import SLOW_START, Run
from .attempt import AttemptDirectory, Found
from .backend import LocalBackend
from .process import ShimProcess
from .tree import remove

_LOOK = 0.05
_PATIENCE = 5.0
"""Seconds beyond the grace at which what can't be ended is left alone."""


class Stage(LocalBackend):
    """The Backend contract for instances that are rehearsed.

    Each of them has to be claimed first. A supervisor ends its instance after `limit` seconds even
    if nobody is there any more; what a process that is gone left behind, `sweep` ends at once.
    """

    directory = "rehearsals"
    limit = SLOW_START

    async def open(self, active: Sequence[Run]) -> None:
        """See `Backend`."""
        await super().open(active)
        self._claims: dict[str, int] = {}

    def claim(self, run_id: str) -> None:
        """Keep others from sweeping it, until it is forgotten or this process is gone.

        Blocks. Raises OSError where nothing can be written.
        """
        directory = self._runs / run_id
        while True:
            self._runs.mkdir(mode=0o700, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileNotFoundError):  # swept just now
                claim = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
                fcntl.flock(claim, fcntl.LOCK_EX)
                if _is(claim, directory):
                    self._claims[run_id] = claim
                    return
                os.close(claim)

    async def forget(self, run_ids: Sequence[str]) -> None:
        """See `Backend`."""
        await super().forget(run_ids)
        for run_id in run_ids:
            if (claim := self._claims.pop(run_id, None)) is not None:
                os.close(claim)

    async def close(self) -> None:
        """See `Backend`. What goes on may be swept by others from now on."""
        await super().close()
        while self._claims:
            os.close(self._claims.popitem()[1])

    async def sweep(self) -> None:
        """End and delete what processes that are gone left behind."""
        for directory in await asyncio.to_thread(self._listed):
            claim = await asyncio.to_thread(_taken, directory)
            if claim is None:
                continue
            try:
                await self._end(AttemptDirectory(directory / "1"))
                await asyncio.to_thread(remove, directory)
            finally:
                os.close(claim)

    def _listed(self) -> list[Path]:
        try:
            return sorted(self._runs.iterdir())
        except FileNotFoundError:
            return []

    async def _end(self, attempt: AttemptDirectory) -> None:
        told, deadline = False, time.monotonic() + self._grace + _PATIENCE
        while time.monotonic() < deadline:
            running = await asyncio.to_thread(attempt.running)
            found = await asyncio.to_thread(attempt.find)
            if found is Found.LOST:
                from .sweep import sweep  # seldom needed

                await sweep(attempt.path.parent.name, 1, self._grace)
            if found is not Found.ALIVE:
                return
            if running is not None and not told:
                # The lock was held after the pid was looked up: so the pid is the supervisor's.
                with ShimProcess(lambda: None) as shim:
                    shim.watch(running.pid)
                    shim.terminate()
                told = True
            await asyncio.sleep(_LOOK)


def _taken(directory: Path) -> int | None:
    """A claim on it; None where it is another's, or gone."""
    try:
        claim = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(claim)
        return None
    return claim


def _is(claim: int, directory: Path) -> bool:
    return os.path.samestat(os.fstat(claim), directory.stat())
