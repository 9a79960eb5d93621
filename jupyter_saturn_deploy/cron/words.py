"""A schedule in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from .plan import DAY, HOUR, MONTH, MONTHS, WEEKDAY, WEEKDAYS, Day, Plan

_MOST = 6
"""So many times of a day, or items of a list, are written out."""


def length(period: timedelta) -> str:
    """1 h 30 min."""
    minutes, seconds = divmod(int(period.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def words(plan: Plan, time_zone: str) -> str:
    """When a plan fires. The zone is named unless it is in every hour of every day."""
    if plan.never:
        return "never"
    few = len(plan.minutes) * len(plan.hours) <= _MOST
    text = _times(plan) if few else _pattern(plan)
    if (DAY.all(), WEEKDAY.all()) not in plan.ways:
        text += f" {' or '.join(map(_day, plan.ways))}"
    elif few:
        text = f"every day {text}"
    elif plan.hours == HOUR.all() and plan.months == MONTH.all():
        return text
    if plan.months != MONTH.all():
        text += f" in {_listed(plan.months, lambda month: MONTHS[month - 1])}"
    return f"{text}, {time_zone}{'' if time_zone == 'UTC' else ' time'}"


def _times(plan: Plan) -> str:
    times = [f"{hour:02}:{minute:02}" for hour in plan.hours for minute in plan.minutes]
    return f"at {_joined(times)}"


def _pattern(plan: Plan) -> str:
    minutes, hours = _step(plan.minutes, 60), _step(plan.hours, 24)
    if plan.minutes == (0,) and hours:
        return _every(hours, "hour")
    text = f"at {_counted('minute', plan.minutes)}"
    if minutes:
        text = _every(minutes, "minute")
    if plan.hours == HOUR.all():
        return text if minutes else f"{text} of every hour"
    return f"{text} in the {_counted('hour', plan.hours)}"


def _day(way: Day) -> str:
    if way.days == DAY.all():
        return f"on {_listed(way.weekdays, WEEKDAYS.__getitem__)}"
    return f"on {_counted('day', way.days)} of the month"


def _step(values: tuple[int, ...], span: int) -> int:
    """The step that makes these of 0 … span, over and over; 0 if there is none."""
    step = values[1] if len(values) > 1 else span + 1
    return step if span % step == 0 and values == tuple(range(0, span, step)) else 0


def _every(step: int, unit: str) -> str:
    return f"every {unit}" if step == 1 else f"every {step} {unit}s"


def _counted(unit: str, values: tuple[int, ...]) -> str:
    return f"{unit}{'' if len(values) == 1 else 's'} {_listed(values)}"


def _listed(values: tuple[int, ...], name: Callable[[int], str] = str) -> str:
    """`1, 3 and 5`, `Monday to Friday`, `1, 3, 5 … 31`."""
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    if len(runs) > _MOST and len({later - value for value, later in pairwise(values)}) == 1:
        return f"{', '.join(map(name, values[:3]))} … {name(values[-1])}"
    parts: list[str] = []
    for run in runs:
        parts += [f"{name(run[0])} to {name(run[-1])}"] if len(run) > 2 else map(name, run)
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
