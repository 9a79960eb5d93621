"""Snapshots being made in the background: how far they are, and how to stop them."""

from __future__ import annotations

import asyncio
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from ..models.code import Snapshot
from ..models.errors import DeployError, NotFound
from ..sources.errors import Cancelled, SourceError
from ..sources.snapshots import Snapshots

_REMEMBERED = 20
"""Of those that have ended: whoever asked for one looks at its end once."""


@dataclass
class Packing:
    """One of them. Written by the thread that packs, read by whoever asks."""

    project: Path
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: str = "packing"
    """`packing`, then `done`, `failed` or `cancelled`."""
    files: int = 0
    bytes: int = 0
    packed_files: int = 0
    packed_bytes: int = 0
    snapshot: Snapshot | None = None
    problem: DeployError | None = None
    began: bool = False
    cancel: threading.Event = field(default_factory=threading.Event)

    def listed(self, files: int, size: int) -> None:
        """So much is to be packed."""
        self.files, self.bytes = files, size

    def packed(self, files: int, size: int) -> None:
        """So much is packed."""
        self.packed_files, self.packed_bytes = files, size


class Packings:
    """Makes snapshots one after the other, each in a thread. Used from one event loop."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._one_at_a_time = asyncio.Lock()
        self._all: dict[str, Packing] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, project: Path) -> Packing:
        """Begin to freeze a project as it is now."""
        ended = [known.id for known in self._all.values() if known.state != "packing"]
        for known in ended[:-_REMEMBERED]:
            del self._all[known]
        packing = Packing(project)
        self._all[packing.id] = packing
        task = asyncio.get_running_loop().create_task(self._pack(packing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return packing

    def get(self, packing_id: str) -> Packing:
        """The packing of that id. Raises `NotFound`: never begun, long ended, or the server was
        started anew."""
        try:
            return self._all[packing_id]
        except KeyError:
            raise NotFound(f"no snapshot {packing_id[:64]!r} is being made") from None

    def cancel(self, packing_id: str) -> Packing:
        """Stop it; one that has ended stays as it is."""
        packing = self.get(packing_id)
        packing.cancel.set()
        if packing.state == "packing" and not packing.began:
            packing.state = "cancelled"  # it waits for another
        return packing

    async def close(self) -> None:
        """Stop all of them."""
        for packing in self._all.values():
            packing.cancel.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pack(self, packing: Packing) -> None:
        async with self._one_at_a_time:
            if packing.cancel.is_set():
                packing.state = "cancelled"
                return
            packing.began = True
            try:
                packing.snapshot = await asyncio.to_thread(
                    self._snapshots.pack,
                    packing.project,
                    packing.packed,
                    packing.cancel.is_set,
                    packing.listed,
                )
                packing.state = "done"
            except Cancelled:
                packing.state = "cancelled"
            except DeployError as error:
                packing.problem = error
                packing.state = "failed"
            except SourceError as error:
                packing.problem = DeployError(str(error))
                packing.state = "failed"
