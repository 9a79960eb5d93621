"""Which instances requests are sent to: the store's word, kept in memory."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from ..engine.follow import Follower
from ..models.errors import StoreUnavailable
from ..store import deployments
from ..store.changes import Change
from ..store.db import Store
from ..wake import Wake
from .apps import App, Upstream

_OPENED_SECONDS = 60.0
"""How often it is written down that somebody looks at an app."""
_RETRY_SECONDS = 1.0


class Rotation:
    """See `Apps`: that of one owner. As new as the store, but for the follower's delay."""

    def __init__(self, store: Store, follower: Follower, owner: str, log: logging.Logger) -> None:
        self.changed: list[Callable[[], None]] = []
        self._store = store
        self._owner = owner
        self._log = log
        self._apps: dict[str, App] | None = None
        self._opened: dict[str, float] = {}
        self._wake = Wake()
        self._tasks: set[asyncio.Task[None]] = set()
        follower.listeners.append(self._look)

    def start(self) -> None:
        """Begin to look."""
        self._spawn(self._follow())

    async def stop(self) -> None:
        """End it."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def find(self, name: str) -> App | None:
        """See `Apps`. Until the store was read there may be any app: one that is not ready."""
        return App("", name, ()) if self._apps is None else self._apps.get(name)

    def opened(self, app: App, by: str) -> None:
        """See `Apps`: written down at most once a minute."""
        now = time.monotonic()
        if now - self._opened.get(app.id, -_OPENED_SECONDS) >= _OPENED_SECONDS:
            self._opened[app.id] = now
            self._spawn(self._note(app.id, by))

    async def _note(self, deployment_id: str, by: str) -> None:
        with contextlib.suppress(StoreUnavailable):
            await self._store.write(
                lambda db: deployments.note_opened(db, deployment_id, time.time(), by)
            )

    def _look(self, changes: list[Change]) -> None:
        if not changes or any(item.subject in ("deployment", "instance") for item in changes):
            self._wake.set()

    async def _follow(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                rows = await self._store.read(lambda db: deployments.served(db, self._owner))
            except Exception as error:
                # One that ended here would send everybody where instances were, for good.
                known = isinstance(error, StoreUnavailable)
                self._log.warning(
                    "which deployments are ready can't be read: %s",
                    error,
                    exc_info=None if known else error,
                )
                await asyncio.sleep(_RETRY_SECONDS)
                self._wake.set()
                continue
            apps = {
                name: App(
                    deployment_id,
                    name,
                    tuple(Upstream(run_id, at.host, at.port) for run_id, at in ready),
                )
                for deployment_id, name, ready in rows
            }
            if apps != self._apps:
                self._apps = apps
                for listener in list(self.changed):
                    listener()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
