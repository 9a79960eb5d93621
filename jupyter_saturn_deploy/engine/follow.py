"""Each process's eye on the `changes` table: what anybody wrote, in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from ..models.errors import StoreUnavailable
from ..store import changes
from ..store.changes import Change
from ..store.db import Store
from ..wake import Wake

POLL_SECONDS = 0.2
"""How soon another process's writes are seen. Costs one SELECT."""
_BATCH = 50
"""Changes told at a time: to make events of them takes 0.2 ms each, on the event loop."""
_RETRY_SECONDS = 1.0


class Follower:
    """Calls every listener with every change from now on, on the event loop; once with none, when
    it begins.

    Own writes are seen at once, those of other processes within `POLL_SECONDS`.
    """

    def __init__(self, store: Store, log: logging.Logger) -> None:
        self.store = store
        self.log = log
        self.listeners: list[Callable[[list[Change]], None]] = []
        self.ready = asyncio.Event()
        """Set when everything that is written from then on will be delivered."""
        self._written = Wake()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self.store.on_write = self._written.set
        self._task = asyncio.get_running_loop().create_task(self._follow())

    async def stop(self) -> None:
        """End following."""
        self.store.on_write = None
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        seen: int | None = None
        complaint = ""
        while True:
            try:
                if seen is None:
                    seen = await self.store.read(changes.latest)
                    self.ready.set()
                    # Whoever looked before may have missed what was written since.
                    self._tell([])
                while True:
                    self._written.clear()
                    seen = await self._deliver(seen)
                    await self._written.nap(POLL_SECONDS)
            except StoreUnavailable as error:
                if str(error) != complaint:
                    complaint = str(error)
                    self.log.warning("changes can't be followed now: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _deliver(self, seen: int) -> int:
        while True:
            at = seen
            batch = await self.store.read(lambda db, at=at: changes.since(db, at, _BATCH))  # type: ignore[misc]
            if batch:
                self._tell(batch)
            seen = batch[-1].seq if batch else seen
            if len(batch) < _BATCH:
                return seen

    def _tell(self, batch: list[Change]) -> None:
        for listener in list(self.listeners):
            try:
                listener(batch)
            except Exception:
                self.log.exception("a listener of changes failed")
