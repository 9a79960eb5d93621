"""What a backend saw becomes a run's state. Only the engine calls it."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace

from ..models.runs import FINAL, Attempt, Observation, Run, RunState, legal
from ..store import runs
from ..store.db import Database


def observe(db: Database, seen: Observation, log: logging.Logger) -> tuple[Run, Run] | None:
    """Write an observation. Returns the run before and after, or None when nothing changed.

    A step that is not legal is a bug: logged, never written.
    """
    run = runs.find_any(db, seen.run_id)
    if run is None or run.state in FINAL or seen.attempt < run.attempt:
        return None
    state = _state(run, seen)
    if not legal(run.state, state):
        log.error("run %s: no step leads from %s to %s", run.id, run.state, state)
        return None
    before = _attempt(db, run, seen.attempt)
    attempt, after = _living(before, run, seen, state)
    if state in FINAL or state is RunState.RETRYING:
        attempt, after = _ended(attempt, after, seen)
    if (attempt, after) == (before, run):
        return None
    runs.put_attempt(db, attempt)
    runs.update(db, after)
    return run, after


def _living(attempt: Attempt, run: Run, seen: Observation, state: RunState) -> tuple[Attempt, Run]:
    if seen.state in (RunState.RUNNING, RunState.STOPPING):
        attempt = replace(attempt, started_at=seen.at)
        if run.started_at is None or run.is_instance:
            run = replace(run, started_at=seen.at)
    if seen.progress is not None:
        run = replace(run, cell=seen.progress[0], cells=seen.progress[1])
    if run.is_instance and seen.state is RunState.RUNNING:
        served = run.served or seen.serving is not None
        run = replace(run, serving=seen.serving, served=served)
        if seen.serving is not None or seen.advice is not None:
            run = replace(run, advice=seen.advice)
    if seen.used is not None:
        run = replace(run, used=seen.used)
    if seen.usage is not None:
        run = replace(run, **asdict(seen.usage))
    return replace(attempt, state=state), replace(run, state=state, attempt=seen.attempt)


def _ended(attempt: Attempt, run: Run, seen: Observation) -> tuple[Attempt, Run]:
    retrying = run.state is RunState.RETRYING
    reason = None if seen.reason is None else str(seen.reason)
    if run.state is RunState.STOPPED:
        reason = run.stop_reason or reason
    return replace(
        attempt,
        state=RunState.ERROR if retrying else run.state,
        reason=reason,
        exit_code=seen.exit_code,
        signal=seen.signal,
        ended_at=seen.at,
    ), replace(
        run,
        reason=reason,
        detail=seen.detail,
        advice=seen.advice,
        serving=None,
        crashes=seen.crashes,
        exit_code=seen.exit_code,
        signal=seen.signal,
        ended_at=None if retrying else seen.at,
        next_attempt_at=seen.next_attempt_at if retrying else None,
    )


def _attempt(db: Database, run: Run, number: int) -> Attempt:
    for attempt in runs.attempts(db, [run.id])[run.id]:
        if attempt.number == number:
            return attempt
    return Attempt(run.id, number)


def _state(run: Run, seen: Observation) -> RunState:
    """The backend may not have known yet that the run is to be stopped."""
    if run.state is RunState.STOPPING and seen.state in (RunState.STARTING, RunState.RUNNING):
        return RunState.STOPPING
    if run.stop_reason is not None and seen.state is RunState.RETRYING:
        return RunState.STOPPED
    return seen.state
