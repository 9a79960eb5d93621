"""What is to be done next. Works on an open transaction; only the engine calls it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..models.runs import KEPT_LIVES, Attempt, Run, RunState
from ..store import runs
from ..store.db import Database
from .rollout import roll

_UNLIMITED = 1000
"""Begun at a time on a backend that queues by itself."""


@dataclass
class Work:
    """Already written; now to be done by the backend."""

    start: list[Run] = field(default_factory=list)
    stop: list[Run] = field(default_factory=list)
    wake_at: float | None = None
    """When a retry falls due that was not yet, in seconds since the epoch."""


def next_work(db: Database, backend: str, capacity: int | None, now: float) -> Work:
    """Write the next steps of that backend's runs and say what they are.

    In the order in which they were wished, a due retry before what never ran; as many as there
    are places. A run waits while an earlier one of its job is being stopped (restart). Instances
    of deployments begin at once: they would hold a place for good.
    """
    work = Work()
    roll(db, now)
    for run in runs.to_stop(db, backend):
        _stop(db, run, work, now)
    free = _UNLIMITED
    if capacity is not None:
        free = max(capacity - runs.occupied(db, backend), 0)
    due = runs.due_instances(db, backend, now) + runs.due(db, backend, now, free)
    work.start = [_begin(db, run) for run in due]
    work.wake_at = runs.next_retry(db, backend, now)
    return work


def _begin(db: Database, run: Run) -> Run:
    begun = replace(
        run,
        state=RunState.STARTING,
        attempt=run.attempt + 1,
        next_attempt_at=None,
        reason=None,
        detail=None,
        exit_code=None,
        signal=None,
        cell=None,
        cells=None,
        used=None,
        cpu_seconds=None,
        memory_peak=None,
        serving=None,
        # A run's is when it first began; an instance's is when it did last.
        started_at=None if run.is_instance else run.started_at,
    )
    runs.update(db, begun)
    runs.put_attempt(db, Attempt(begun.id, begun.attempt))
    if begun.is_instance:
        runs.forget_attempts(db, begun.id, begun.attempt - KEPT_LIVES)
    return begun


def _stop(db: Database, run: Run, work: Work, now: float) -> None:
    if run.state is RunState.QUEUED or run.next_attempt_at is not None:
        # Nothing lives that would have to be stopped.
        runs.update(
            db,
            replace(
                run,
                state=RunState.STOPPED,
                reason=run.stop_reason,
                ended_at=now,
                next_attempt_at=None,
            ),
        )
        return
    stopping = replace(run, state=RunState.STOPPING)
    if run.state is not RunState.STOPPING:
        runs.update(db, stopping)
    work.stop.append(stopping)
