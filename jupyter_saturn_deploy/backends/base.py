"""The contract every backend keeps. `tests/backends/contract.py` holds each of them to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from ..models.runs import Observation, Run


class Point(NamedTuple):
    """What an attempt's tree took at one moment."""

    at: float
    cores: float
    """In use since the point before, or since the start."""
    memory: int
    """Bytes resident."""


class Backend(Protocol):
    """A place that runs things, at the level of runs.

    Attempts are the backend's own: it decides with `models.runs.after_attempt` what an
    ended one means. Where the place retries by itself (Kubernetes) its observations say
    `retrying` without `next_attempt_at`; where it does not (local) control calls `start` again
    when that time has come and a place is free.

    Everything here may be called again for the same run with the same effect as once.
    """

    name: str
    capacity: int | None
    """Runs it takes at once; the rest is queued by control. None: it queues by itself."""

    async def open(self, active: Sequence[Run]) -> None:
        """Begin: find again every run of `active` (those in an OCCUPYING state) and observe it.

        For each of them `facts` gives at least one observation soon: still running, or ended, or
        lost. One that was wished (`starting`) and of which nothing ever began is begun now, unless
        it has a `stop_reason`: then it is observed as stopped.
        """

    async def close(self) -> None:
        """End observing. Runs go on; nothing is waited for."""

    async def start(self, run: Run) -> None:
        """Begin attempt number `run.attempt`, once and once only, whatever crashes in between.

        Returns as soon as the beginning is certain to be found again by `open`; what happens next
        comes through `facts`. What prevents the start comes through `facts` too.
        """

    async def stop(self, run: Run) -> None:
        """End the run's whole process tree, politely first. Returns at once; see `facts`."""

    def facts(self) -> AsyncIterator[Observation]:
        """Observations, in order for each run, without end until `close`. One consumer.

        Each of an attempt that runs says what it runs with (`used`), the last one what it took
        (`usage`).
        """

    def log(self, run_id: str, attempt: int) -> Path:
        """Where that attempt's log is or will be; it need not exist yet."""

    def output(self, run_id: str, attempt: int) -> Path:
        """The directory that the attempt has as `SATURN_OUTPUT_DIR`; it need not exist yet."""

    async def metrics(self, run_id: str, attempt: int) -> list[Point]:
        """What the attempt took so far, oldest first, at most some thousand points; none where
        nobody looked. There while it runs and until it is forgotten."""

    async def forget(self, run_ids: Sequence[str]) -> None:
        """Delete what is kept of ended runs: logs, records, copies and what they wrote."""
