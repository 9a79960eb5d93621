"""Slots whose time has come become runs. Works on an open transaction; only the engine calls it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..models import words
from ..models.code import GIT, LIVE, SNAPSHOT, Code
from ..models.errors import Invalid
from ..models.resources import JobSpec, Policy
from ..models.runs import Reason, Run, RunState
from ..models.schedule import NEVER, Decision, Outcome, Passed, Slot, decide
from ..store import runs, schedules, slots, workspaces
from ..store.db import Database
from ..store.schedules import Due, Schedule
from .runs import new_run
from .schedule import LATE

TROUBLE_SECONDS = 600.0
"""After which a schedule that can't be decided on is looked at again."""


@dataclass(frozen=True)
class Turn:
    """A schedule that is to be decided on."""

    job_id: str
    due: Due | None = None
    """As it was when the rest was found out; nothing is done where it is different by now."""
    passed: Passed | None = None
    """Slots that nobody has decided on; without `due` those that the schedule's row tells of."""
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
    db: Database, turns: Sequence[Turn], clock: Callable[[], float], seconds: float
) -> list[Acted]:
    """Decide on these, in order, for about so many seconds. What fails is noted, undone, and does
    not keep the others. Returns what was done for the first ones; the rest is as due as before."""
    began = time.perf_counter()
    done: list[Acted] = []
    for turn in turns:
        if done and time.perf_counter() - began > seconds:
            break
        db.execute("SAVEPOINT turn")
        try:
            done.append(_act(db, turn, clock()))
        except sqlite3.Error:
            raise
        except Exception as error:
            db.execute("ROLLBACK TO turn")
            trouble = f"{type(error).__name__}: {error}"
            schedules.trouble(db, turn.job_id, trouble, clock() + TROUBLE_SECONDS)
            done.append(Acted(trouble=trouble))
        db.execute("RELEASE turn")
    return done


def _act(db: Database, turn: Turn, now: float) -> Acted:
    """A run is started at most."""
    due = schedules.due(db, turn.job_id)
    if due is None:
        return Acted()
    passed = turn.passed
    if turn.due is None:
        passed = _by_row(due.schedule, now)
    elif not _as_before(turn.due, due) or (passed is not None and passed.latest > now):
        return Acted()  # edited, or the clock was set back: it is looked at anew
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
        return Acted(asks=Turn(turn.job_id, due, passed, now))
    acted = Acted()
    # First, as it reads the latest slot.
    if decision.start is not None:
        _start(db, due, decision, turn.code or _code(spec), now, acted)
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


def _as_before(before: Due, due: Due) -> bool:
    return (before.schedule.next_fire, before.schedule.last_slot, before.job.spec) == (
        due.schedule.next_fire,
        due.schedule.last_slot,
        due.job.spec,
    )


def _go_on(db: Database, due: Due, passed: Passed | None, decision: Decision) -> None:
    """When to look at the schedule again."""
    after = replace(due.schedule, trouble=None)
    if decision.start is not None:
        after = replace(after, waiting=False)
    if passed is not None and not due.job.spec.suspended:
        after = replace(
            after,
            next_fire=passed.next,
            following=NEVER if passed.next == NEVER else None,
            last_slot=passed.latest,
            waiting=decision.start is None,
        )
    look_at = None if due.job.spec.suspended else after.next_fire
    schedules.put(db, replace(after, look_at=look_at))


def _start(
    db: Database, due: Due, decision: Decision, code: Code | Invalid, now: float, acted: Acted
) -> None:
    job, slot = due.job, decision.start
    assert slot is not None
    known = workspaces.recall(db, job.owner, job.project)
    if known is None:
        raise LookupError("no server has said yet which environment its runs have")
    before = slots.get(db, job.id, slot)
    reason = ""
    if now - slot > LATE:
        skipped = before is not None and before.outcome is Outcome.SKIPPED
        why = before.reason if before and skipped else _why_nobody(due.schedule, slot)
        reason = words.late(now - slot, why)
    trigger = "catch-up" if reason else "schedule"
    settled = code if isinstance(code, Code) else Code(GIT, reference=job.spec.reference)
    run = new_run(db, job, known, settled, trigger=trigger, by=job.owner, at=now)
    run = replace(run, scheduled_for=slot)
    if isinstance(code, Invalid):
        run = _failed(run, code, now)
    if before is not None and before.scheduled_for < slot:
        # It was among missed ones in a row; by now the deadline is another.
        slots.put(db, replace(before, count=before.count - 1))
    if not slots.put(db, Slot(job.id, slot, Outcome.STARTED, reason, run_id=run.id)):
        return  # it has its run
    if decision.replace:
        runs.wish_stopped(db, Reason.REPLACED.value, job_ids=[job.id])
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
