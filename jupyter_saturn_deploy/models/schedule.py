"""Which slots of a schedule start a run: the rules of the Kubernetes CronJob controller.

A slot is a time at which a schedule is due, in seconds since the epoch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING

from .resources import Policy

if TYPE_CHECKING:
    from ..cron import Cron

NEVER = math.inf
"""The slot after the last one."""


class Outcome(str, Enum):
    """What became of a slot. A skipped one can still start."""

    STARTED = "started"
    SKIPPED = "skipped"
    MISSED = "missed"
    """Nobody was there to start it before the next one, or within the starting deadline."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Slot:
    """What became of a slot, or of several missed ones in a row."""

    job_id: str
    scheduled_for: float
    """The first one's."""
    outcome: Outcome
    reason: str
    """In words; empty for one that started in time."""
    count: int = 1
    run_id: str | None = None
    """Of the run it started, while there is one."""
    run_number: int | None = None


@dataclass(frozen=True)
class Passed:
    """Slots that nobody has decided on and whose time has come, as of some moment."""

    first: float
    latest: float
    count: int
    next: float
    """The first one after that moment, or `NEVER`."""


@dataclass(frozen=True)
class Decision:
    """What is to become of them."""

    start: float | None = None
    replace: bool = False
    """Stop the active runs first."""
    skipped: float | None = None
    missed: tuple[float, int] | None = None
    """The first one, and how many in a row."""


def slot_after(cron: Cron, after: float) -> float:
    """The first slot later than that."""
    found = cron.next(_aware(after))
    return NEVER if found is None else found.timestamp()


def slots_after(cron: Cron, after: float) -> tuple[float, float]:
    """The first two slots later than that."""
    first = slot_after(cron, after)
    return first, NEVER if first == NEVER else slot_after(cron, first)


def passed(cron: Cron, first: float, now: float) -> Passed | None:
    """What has passed by now, where `first` is the first slot that nobody has decided on.

    Takes milliseconds, however long ago that was.
    """
    if first > now:
        return None
    following = slot_after(cron, first)
    if following > now:
        return Passed(first, first, 1, following)
    latest = cron.last(_aware(first), _aware(now))
    assert latest is not None  # `following` is one of them
    count = 1 + cron.count(_aware(first), _aware(now))
    return Passed(first, latest.timestamp(), count, slot_after(cron, latest.timestamp()))


def decide(
    passed: Passed | None,
    waiting: float | None,
    *,
    policy: Policy,
    deadline: float | None,
    suspended: bool,
    active: int,
    now: float,
) -> Decision:
    """At most one run: for the latest slot whose time has come, if it isn't too late for it.

    `waiting` is the latest slot that was decided on, if it has not started. `active` counts the
    job's runs that have not ended, those started by hand too. With `deadline` a slot starts while
    it is younger than that many seconds. Of a schedule that is suspended nothing is decided: its
    slots are missed when it goes on.
    """
    slot = waiting if passed is None else passed.latest
    if slot is None or slot > now or suspended:
        return Decision()
    if deadline is not None and now - slot >= deadline:
        return Decision(missed=_missed(passed, whole=True))
    older = _missed(passed, whole=False)
    if policy is Policy.FORBID and active:
        return Decision(skipped=None if passed is None else slot, missed=older)
    return Decision(start=slot, replace=policy is Policy.REPLACE and active > 0, missed=older)


def _missed(passed: Passed | None, *, whole: bool) -> tuple[float, int] | None:
    """All that passed, or all but the latest."""
    count = 0 if passed is None else passed.count - (not whole)
    return (passed.first, count) if passed is not None and count else None


def _aware(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)
