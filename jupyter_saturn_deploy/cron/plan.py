"""What five fields ask for, once they are read, and where on a wall clock that is next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Field(NamedTuple):
    """One of the five; `names` stand for the values from `low` on."""

    name: str
    low: int
    high: int
    names: Sequence[str] = ()

    def all(self) -> tuple[int, ...]:
        """Every value there is."""
        return tuple(range(self.low, self.high + 1))


MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
DAY = Field("day of month", 1, 31)
MONTH = Field("month", 1, 12, [name[:3].lower() for name in MONTHS])
WEEKDAY = Field("weekday", 0, 6, [name[:3].lower() for name in WEEKDAYS])
FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


class Day(NamedTuple):
    """A way for a day to match: both its number and its weekday are among these."""

    days: tuple[int, ...]
    weekdays: tuple[int, ...]


class Plan(NamedTuple):
    """Ascending values. A day matches in any of the given ways, each of which can occur."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    ways: tuple[Day, ...]

    @classmethod
    def of(cls, values: Sequence[tuple[int, ...]], both: bool) -> Plan:
        """From the values of the five fields; `both` day of month and weekday must match, or
        one is enough."""
        minutes, hours, days, months, weekdays = values
        ways = [Day(days, weekdays)]
        if not both:
            ways = [Day(days, WEEKDAY.all()), Day(DAY.all(), weekdays)]
        longest = max((_DAYS_OF_MONTH[month - 1] for month in months), default=0)
        possible = [way for way in ways if way.days and way.days[0] <= longest and way.weekdays]
        return cls(minutes, hours, months, tuple(possible))

    @property
    def never(self) -> bool:
        """Nothing matches, in any year."""
        return not (self.minutes and self.hours and self.ways)

    def first(self, wall: datetime) -> datetime:
        """The first matching minute from `wall` on: both without a zone, for a plan that isn't
        `never`. Not before eight years have passed: a 29 February.

        croniter gets plain lists only. It reads ranges, stars, the two fields for days and time
        zones otherwise than Kubernetes does, and looks for a 30 February for 50 years.
        """
        # Late: it takes longer to import than all of this package.
        from croniter import croniter

        before = wall - timedelta(seconds=1)
        return min(croniter(line, before).get_next(datetime) for line in self._lines())

    def fires(self, begin: datetime, end: datetime) -> int:
        """How many matching minutes begin from `begin` on and before `end`: both without a zone."""
        found = self._since_midnight(end) - self._since_midnight(begin)
        day = begin.date()
        while day < end.date():
            found += len(self.hours) * len(self.minutes) * self._matches(day)
            day += timedelta(days=1)
        return found

    def _since_midnight(self, wall: datetime) -> int:
        """Of the day of `wall`, before it."""
        if not self._matches(wall.date()):
            return 0
        found = bisect_left(self.hours, wall.hour) * len(self.minutes)
        if wall.hour in self.hours:
            # A minute that has begun is over: fires are at whole minutes.
            minutes = wall.minute + (wall.second > 0 or wall.microsecond > 0)
            found += bisect_left(self.minutes, minutes)
        return found

    def _matches(self, day: date) -> bool:
        return day.month in self.months and any(
            day.day in way.days and day.isoweekday() % 7 in way.weekdays for way in self.ways
        )

    def _lines(self) -> Iterator[str]:
        """What croniter reads, each with months of equal length.

        Where a month lacks a day of the list, old versions of croniter leap over the first days
        of the month after it.
        """
        for days, weekdays in self.ways:
            for months, fitting in _by_length(self.months, days):
                values = (self.minutes, self.hours, fitting, months, weekdays)
                yield " ".join(map(_listed, values, FIELDS))


def _by_length(
    months: tuple[int, ...], days: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    if days == DAY.all() or days[-1] < min(_DAYS_OF_MONTH):
        yield months, days
        return
    for length in set(_DAYS_OF_MONTH):
        alike = tuple(month for month in months if _DAYS_OF_MONTH[month - 1] == length)
        fitting = tuple(day for day in days if day <= length)
        if alike and fitting:
            yield alike, fitting


def _listed(values: tuple[int, ...], field: Field) -> str:
    return "*" if values == field.all() else ",".join(map(str, values))
