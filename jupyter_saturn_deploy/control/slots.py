"""Slots whose time has come become runs. Works on an open transaction; only the engine calls it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from ..models import words
from ..models.code import GIT, LIVE, SNAPSHOT, Code
from ..models.errors import Invalid
from ..models.resources import JobSpec, Policy
from ..models.runs import Reason, Run, RunState
from ..models.schedule import NEVER, Decision, Outcome, Passed, Slot, decide
from ..store import runs, schedules, slots, workspaces
from ..store.db import Database
from ..store.schedules import Due, Schedule
from ..store.workspaces import Known
from .runs import new_run
from .schedule import LATE

Recall = Callable[[str, str], Known | None]
"""See `workspaces.recall`."""
TROUBLE_SECONDS = 600.0
"""After which a schedule that can't be decided on is looked at again."""


@dataclass(frozen=True)
class Turn:
    """A schedule that is to be decided on."""

    job_id: str
    row: sqlite3.Row | None = None
    """As this transaction has read it."""
    due: Due | None = None
    """Without `row`: as it was when the rest was found out. Nothing is done where it is different
    by now."""
    passed: Passed | None = None
    """Slots that nobody has decided on; with `row` those that this tells of."""
    decided_at: float | None = None
    """What the deadline is held against, where that is not the time of the transaction."""
    code: Code | Invalid | None = None
    """Of the run, where git was asked, or why it can't be had."""


@dataclass
class Acted:
    """What was written."""

    outcomes: list[tuple[Outcome, int]] = field(default_factory=list)
    """With how many slots each stands for."""
    asks: Turn | None = None
    """Nothing was: git is to be asked for the code of the run that this would start."""
    trouble: str = ""
    """Why it can't be decided on."""


def act_each(
    db: Database,
    turns: Sequence[Turn],
    backends: Collection[str],
    clock: Callable[[], float],
    seconds: float,
) -> list[Acted]:
    """Decide on these, in order, for about so many seconds. What fails is noted, undone, and does
    not keep the others. Returns what was done for the first ones; the rest is as due as before.

    `backends` are those that somebody acts on.
    """
    began = time.perf_counter()
    recall = lru_cache(partial(workspaces.recall, db))
    done: list[Acted] = []
    for turn in turns:
        if done and time.perf_counter() - began > seconds:
            break
        db.execute("SAVEPOINT turn")
        try:
            done.append(_act(db, turn, backends, clock(), recall))
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                raise  # the store's trouble, not this row's
            db.execute("ROLLBACK TO turn")
            trouble = f"{type(error).__name__}: {error}"
            schedules.trouble(db, turn.job_id, trouble, clock() + TROUBLE_SECONDS)
            done.append(Acted(trouble=trouble))
        db.execute("RELEASE turn")
    return done


def _act(db: Database, turn: Turn, backends: Collection[str], now: float, recall: Recall) -> Acted:
    """A run is started at most."""
    row = turn.row or schedules.row_of(db, turn.job_id)
    if row is None:
        return Acted()
    due, passed = schedules.due_of(row), turn.passed
    if turn.row is not None:
        passed = _by_row(due.schedule, now)
    elif not _as_before(turn.due, due) or (passed is not None and passed.latest > now):
        return Acted()  # edited, or the clock was set back: it is looked at anew
    if due.job.backend not in backends:
        raise LookupError(f"the backend {due.job.backend!r} is not configured here")
    schedule, spec = due.schedule, due.job.spec
    decision = decide(
        passed,
        schedule.last_slot if schedule.waiting else None,
        policy=Policy(spec.concurrency_policy),
        deadline=spec.starting_deadline,
        suspended=spec.suspended,
        active=due.active,
        now=turn.decided_at or now,
    )
    if decision.start is not None and turn.code is None and spec.source == GIT:
        return Acted(asks=Turn(turn.job_id, None, due, passed, now))
    acted = Acted()
    # First, as it reads the latest slot.
    if decision.start is not None:
        known = recall(due.job.owner, due.job.project)
        run = _run(db, due, known, turn.code or _code(spec), decision.start, now)
        _start(db, due, run, decision, turn, acted)
    if decision.missed is not None:
        first, count = decision.missed
        why = words.missed(_why_nobody(schedule, first), count)
        _note(db, Slot(due.job.id, first, Outcome.MISSED, why, count), acted)
    if decision.skipped is not None:
        why = words.still(runs.active(db, job_id=due.job.id)[0])
        _note(db, Slot(due.job.id, decision.skipped, Outcome.SKIPPED, why), acted)
    _go_on(db, due, passed, decision)
    return acted


def _by_row(schedule: Schedule, now: float) -> Passed | None:
    """Of a schedule whose slot after the next one is known and has not passed."""
    if schedule.next_fire > now:
        return None
    assert schedule.following is not None
    return Passed(schedule.next_fire, schedule.next_fire, 1, schedule.following)


def _as_before(before: Due | None, due: Due) -> bool:
    return before is not None and (
        before.schedule.next_fire,
        before.schedule.last_slot,
        before.job.spec,
    ) == (
        due.schedule.next_fire,
        due.schedule.last_slot,
        due.job.spec,
    )


def _go_on(db: Database, due: Due, passed: Passed | None, decision: Decision) -> None:
    """When to look at the schedule again."""
    after, suspended = due.schedule, due.job.spec.suspended
    if passed is not None and not suspended:
        following = NEVER if passed.next == NEVER else None
        waiting = decision.start is None
        after = Schedule(after.job_id, passed.next, following, None, passed.latest, waiting)
    elif decision.start is not None:
        after = replace(after, waiting=False)
    schedules.decided(db, replace(after, look_at=None if suspended else after.next_fire))


def _run(
    db: Database, due: Due, known: Known | None, code: Code | Invalid, slot: float, now: float
) -> Run:
    """The run for a slot, still to be written. It has ended where its code can't be had."""
    if known is None:
        raise LookupError("no server has said yet which environment its runs have")
    job = due.job
    settled = code if isinstance(code, Code) else Code(GIT, reference=job.spec.reference)
    run = new_run(
        db,
        job,
        known,
        settled,
        trigger="schedule" if now - slot <= LATE else "catch-up",
        by=job.owner,
        at=now,
        scheduled_for=slot,
    )
    return _failed(run, code, now) if isinstance(code, Invalid) else run


def _start(db: Database, due: Due, run: Run, decision: Decision, turn: Turn, acted: Acted) -> None:
    slot, reason = decision.start, ""
    assert slot is not None
    waited = due.schedule.waiting and slot == due.schedule.last_slot
    before = slots.get(db, due.job.id, slot) if waited else None
    if run.trigger == "catch-up":
        why = _why_nobody(due.schedule, slot)
        if before is not None and before.outcome is Outcome.SKIPPED:
            why = before.reason
        elif turn.decided_at is not None and turn.decided_at - slot <= LATE:
            why = words.ASKED_GIT
        reason = words.late(run.created_at - slot, why)
    if before is not None and before.scheduled_for < slot:
        # It was among missed ones in a row; by now the deadline is another.
        slots.put(db, replace(before, count=before.count - 1))
    if not slots.put(db, Slot(due.job.id, slot, Outcome.STARTED, reason, run_id=run.id)):
        return  # it has its run
    if decision.replace:
        runs.wish_stopped(db, Reason.REPLACED.value, job_ids=[due.job.id])
    runs.insert(db, run)
    acted.outcomes.append((Outcome.STARTED, 1))


def _why_nobody(schedule: Schedule, slot: float) -> str:
    """Why a slot didn't start at its time, where no run was in its way."""
    off = schedule.resumed_at is not None and slot <= schedule.resumed_at
    return words.SWITCHED_OFF if off else words.NOBODY


def _failed(run: Run, why: Invalid, now: float) -> Run:
    problem = why.problems[0]
    return replace(
        run,
        state=RunState.ERROR,
        reason=Reason.SOURCE.value,
        detail=f"{problem.message} ({problem.fix})",
        ended_at=now,
    )


def _code(spec: JobSpec) -> Code:
    """What needs nobody to be asked."""
    return Code(SNAPSHOT, snapshot=spec.snapshot) if spec.source == SNAPSHOT else Code(LIVE)


def _note(db: Database, slot: Slot, acted: Acted) -> None:
    if slots.put(db, slot):
        acted.outcomes.append((slot.outcome, slot.count))
