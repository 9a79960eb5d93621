"""Wishes about schedules: what a spec says of one, and the row that the engine goes by."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ..models.errors import FieldProblem
from ..models.resources import JobSpec
from ..models.schedule import NEVER, Outcome, Slot, slots_after
from ..store import schedules
from ..store.db import Database
from ..store.schedules import Schedule

if TYPE_CHECKING:
    from ..cron import Cron  # elsewhere late: a server without schedules has no need of it

Ahead = tuple[float, float]
"""The next two slots."""

LATE = 5.0
"""Seconds after its slot from which on a run catches up."""
_SHORT_DEADLINE = 10
_FIELDS = {"expression": "spec.schedule", "time_zone": "spec.x-jupyter.time_zone"}


def cron_of(spec: JobSpec) -> Cron:
    """When it fires. Raises `CronError`; `LookupError` where it has no schedule."""
    from ..cron import Cron

    if spec.schedule is None:
        raise LookupError("the job has no schedule")
    return Cron(spec.schedule, spec.time_zone)


@lru_cache(1024)
def in_words(expression: str, time_zone: str) -> str:
    """A schedule as people say it, or why it can't be read."""
    from ..cron import Cron, CronError

    try:
        return Cron(expression, time_zone).describe()
    except CronError as error:
        return str(error)


def overdue_since(
    spec: JobSpec, schedule: Schedule, latest: Slot | None, now: float
) -> float | None:
    """The slot that is due and that nobody acts on, or that was skipped and waits; None: neither.

    `latest` is the schedule's latest slot that was decided on.
    """
    if spec.suspended:
        return None
    if schedule.next_fire + LATE < now:
        return schedule.next_fire
    if not schedule.waiting or latest is None or latest.outcome is not Outcome.SKIPPED:
        return None
    age = now - latest.scheduled_for
    deadline = spec.starting_deadline
    return latest.scheduled_for if deadline is None or age < deadline else None


def refusals(spec: JobSpec) -> list[FieldProblem]:
    """What is wrong with its schedule or time zone."""
    if spec.schedule is None and spec.time_zone == "UTC":
        return []
    from ..cron import Cron, CronError

    try:
        Cron("@daily" if spec.schedule is None else spec.schedule, spec.time_zone)
    except CronError as error:
        return [FieldProblem(_FIELDS[error.field], error.message, error.fix)]
    return []


def ahead(spec: JobSpec, after: float) -> tuple[Ahead | None, list[str]]:
    """The first slots of a valid spec's schedule, and warnings."""
    if spec.schedule is None:
        return None, []
    slots = slots_after(cron_of(spec), after)
    warnings = []
    if slots[0] == NEVER:
        warnings.append("spec.schedule never fires within the next five years")
    if spec.starting_deadline is not None and spec.starting_deadline < _SHORT_DEADLINE:
        warnings.append(
            f"spec.x-jupyter.starting_deadline is {spec.starting_deadline} s: a slot is missed"
            " when this machine is busy for that long"
        )
    return slots, warnings


def follow(
    db: Database, job_id: str, before: JobSpec | None, spec: JobSpec, slots: Ahead | None, at: float
) -> None:
    """Make the job's schedule what its spec says now; `slots` are the first ones from now on.

    With another expression or time zone it begins anew: what passed before is nothing to it. Any
    other change lets the engine look at it at once.
    """
    if slots is None:
        schedules.remove(db, job_id)
        return
    kept = None
    if before is not None and (before.schedule, before.time_zone) == (
        spec.schedule,
        spec.time_zone,
    ):
        kept = schedules.get(db, job_id)
    if before is None or kept is None:
        look_at = None if spec.suspended else slots[0]
        schedules.put(db, Schedule(job_id, *slots, look_at))
    else:
        schedules.put(db, gone_on(kept, before, spec, at))


def gone_on(kept: Schedule, before: JobSpec, spec: JobSpec, at: float) -> Schedule:
    """The schedule after an edit that leaves its slots as they are."""
    if before.suspended and not spec.suspended:
        kept = replace(kept, resumed_at=at)
    return replace(kept, look_at=None if spec.suspended else 0.0, trouble=None)
