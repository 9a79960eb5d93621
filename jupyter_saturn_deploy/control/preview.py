"""What a schedule will do, before it does: its next fires, with marks where the clock is set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..cron import ClockChange, Cron, CronError
from ..models.errors import Invalid

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Fire:
    """One of the next times."""

    at: float
    wall: str
    """On the clock of the schedule's zone: `2026-11-23 06:00`."""
    note: str | None
    """On a day on which that clock is set, or behind one that is left out."""


@dataclass(frozen=True)
class Preview:
    """A schedule in words and times. Without `fires` it never fires."""

    words: str
    fires: list[Fire]


def preview(expression: str, time_zone: str, count: int, after: float) -> Preview:
    """At most `count` fires. Raises `Invalid` for the fields `expression` and `time_zone`."""
    try:
        cron = Cron(expression, time_zone)
    except CronError as error:
        raise Invalid.field(error.field, error.message, error.fix) from None
    return Preview(cron.describe(), list(_fires(cron, count, after)))


def _fires(cron: Cron, count: int, after: float) -> Iterator[Fire]:
    before = datetime.fromtimestamp(after, timezone.utc)
    for _ in range(count):
        at = cron.next(before)
        if at is None:
            return
        notes = [*_left_out(cron, before, at), *_of_the_day(cron, at)]
        wall = at.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
        yield Fire(at.timestamp(), wall, "; ".join(notes) or None)
        before = at


def _left_out(cron: Cron, before: datetime, at: datetime) -> Iterator[str]:
    """A fire between these two, at a time that the clock leaps over."""
    for change in cron.clock_changes(before, at):
        if change.by > timedelta() and change.fires and change.wall.date() != at.date():
            yield (
                f"not on {change.wall:%Y-%m-%d}, where clocks go from {change.wall:%H:%M}"
                f" to {change.wall + change.by:%H:%M}"
            )


def _of_the_day(cron: Cron, at: datetime) -> Iterator[str]:
    """How the clock is set on the day of a fire."""
    today = at.date()
    for change in cron.clock_changes(at - _DAY - _HOUR, at + _DAY + _HOUR):
        if today not in (change.wall.date(), (change.wall + change.by).date()):
            continue
        way = "forward" if change.by > timedelta() else "back"
        note = f"clocks go {way} from {change.wall:%H:%M} to {change.wall + change.by:%H:%M}"
        if change.by < timedelta() and change.fires:
            wall = at.replace(tzinfo=None)
            if change.wall + change.by <= wall < change.wall:
                note += ", so this time comes twice"
        yield note + (", a cluster may do otherwise" if _odd(change) else "")


def _odd(change: ClockChange) -> bool:
    """Clusters leave the rule where the clock is set at midnight, or not by whole hours."""
    new = change.wall + change.by
    midnight = change.wall.date() != new.date() or {change.wall.hour, new.hour} & {0}
    return bool(midnight) or bool(change.by % _HOUR)
