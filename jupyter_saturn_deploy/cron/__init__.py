"""When a schedule fires: as a Kubernetes CronJob does, in a time zone that is named.

The dialect is that of robfig/cron v3's `ParseStandard` plus the checks of the Kubernetes API.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .plan import Plan
from .reading import read, zone
from .refusals import CronError
from .words import length, words

__all__ = ["ClockChange", "Cron", "CronError"]

_SECOND = timedelta(seconds=1)
_STRIDE = timedelta(days=5)
"""No zone has ever changed its offset twice within so few days."""
_END_OF_TIME = 9990
"""From this year on nothing fires: `datetime` ends with 9999."""


class ClockChange(NamedTuple):
    """A moment at which the wall clock is set."""

    at: datetime
    """In UTC."""
    by: timedelta
    """How far forward; back where it is negative."""
    wall: datetime
    """What the clock shows the moment before it is set, without a zone."""
    fires: int
    """Fires in the time that it leaps over, or that it shows twice."""


@dataclass(frozen=True)
class Cron:
    """A schedule: five fields or a descriptor (`@daily`, `@every 2h`), in an IANA time zone.

    Raises `CronError` for whatever a cluster would refuse, and for `@every` below one minute. Two
    schedules of the same text and zone are equal.
    """

    expression: str
    time_zone: str = "UTC"
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _plan: Plan | timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", zone(self.time_zone))
        object.__setattr__(self, "_plan", read(self.expression))

    def next(self, after: datetime) -> datetime | None:
        """The first instant later than `after` at which the zone's wall clock matches.

        So a time that the clock leaps over in spring doesn't fire, and one that it shows twice in
        autumn fires twice. None: not before the end of the fifth calendar year after that of
        `after`. `@every` counts from `after` in whole seconds, and knows no such end.

        `after` is aware (`ValueError` if not); the answer is in the schedule's zone.
        """
        if after.utcoffset() is None:
            raise ValueError("`after` has no time zone")
        if after.year >= _END_OF_TIME:
            return None
        start = _whole(after)
        if isinstance(self._plan, Plan):
            return self._first(self._plan, start + _SECOND)
        try:
            return (start + self._plan).astimezone(self._zone)
        except OverflowError:
            return None

    def count(self, after: datetime, until: datetime) -> int:
        """How many times it fires later than `after` and not later than `until`; of many years in
        no time, as days are counted and not minutes."""
        start, end = _after(after), _after(until)
        if isinstance(self._plan, timedelta):
            return max(end - start, timedelta()) // self._plan
        found = 0
        while start < end:
            change = self._change(start, end) or end
            local = start.astimezone(self._zone).replace(tzinfo=None)
            found += self._plan.fires(local, local + (change - start))
            start = change
        return found

    def last(self, after: datetime, until: datetime) -> datetime | None:
        """The last instant not later than `until`, if it is later than `after`, at which it
        fires."""
        if isinstance(self._plan, timedelta):
            whole = self.count(after, until) * self._plan
            return (_whole(after) + whole).astimezone(self._zone) if whole else None
        start = _whole(after)
        seconds = int((until - start).total_seconds())

        def passed(second: int) -> bool:
            found = self.next(start + timedelta(seconds=second))
            return found is None or found > until

        second = bisect_left(range(max(seconds, 0)), True, key=passed)
        return self.next(start + timedelta(seconds=second - 1)) if second else None

    def clock_changes(self, after: datetime, until: datetime) -> Iterator[ClockChange]:
        """Whenever its zone's clock is set, later than `after` and not later than `until`."""
        start, end = _whole(after), _whole(until)
        while (change := self._change(start, end)) is not None:
            wall = (change - _SECOND).astimezone(self._zone).replace(tzinfo=None) + _SECOND
            by = change.astimezone(self._zone).replace(tzinfo=None) - wall
            fires = 0
            if isinstance(self._plan, Plan):
                fires = self._plan.fires(min(wall, wall + by), max(wall, wall + by))
            yield ClockChange(change, by, wall, fires)
            start = change

    def describe(self) -> str:
        """In plain words, e.g. `at 09:00 on Monday to Friday, Europe/Berlin time`."""
        if isinstance(self._plan, Plan):
            return words(self._plan, self.time_zone)
        return f"every {length(self._plan)}, counted from the last time"

    def _first(self, plan: Plan, start: datetime) -> datetime | None:
        """The first match from `start` (UTC, a whole second) on, looked for in one stretch of
        equal offset after the other."""
        if plan.never:
            return None
        horizon = datetime(start.astimezone(self._zone).year + 6, 1, 1)
        while True:
            local = start.astimezone(self._zone)
            wall = min(plan.first(local.replace(tzinfo=None)), horizon)
            instant = wall.replace(tzinfo=timezone.utc) - (local.utcoffset() or timedelta())
            change = self._change(start, instant)
            if change is None:
                return instant.astimezone(self._zone) if wall < horizon else None
            start = change

    def _change(self, start: datetime, end: datetime) -> datetime | None:
        """The first instant in (start, end] whose offset isn't that of `start`."""
        offset = start.astimezone(self._zone).utcoffset()

        def changed(seconds: int) -> bool:
            instant = start + timedelta(seconds=seconds)
            return instant.astimezone(self._zone).utcoffset() != offset

        while start < end:
            stride = int(min(_STRIDE, end - start).total_seconds())
            if changed(stride):
                seconds = bisect_left(range(stride), True, key=changed)
                return start + timedelta(seconds=seconds)
            start += timedelta(seconds=stride)
        return None


def _whole(at: datetime) -> datetime:
    """The second that it is in, in UTC."""
    return at.astimezone(timezone.utc).replace(microsecond=0)


def _after(at: datetime) -> datetime:
    """The first whole second later than it."""
    return _whole(at) + _SECOND
