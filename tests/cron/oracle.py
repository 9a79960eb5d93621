"""When a schedule fires, told another way: every minute there is, held against the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()


def fires(expression: str, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every fire of five accepted fields in (after, until]."""
    minute_text, hour_text, day_text, month_text, weekday_text = expression.split()
    here = ZoneInfo(zone)
    instant = after.astimezone(timezone.utc).replace(second=0, microsecond=0)
    while (instant := instant + timedelta(minutes=1)) <= until:
        clock = instant.astimezone(here)
        if (
            _holds(minute_text, clock.minute, 0, 59)
            and _holds(hour_text, clock.hour, 0, 23)
            and _holds(month_text, clock.month, 1, 12, MONTHS)
            and _day_holds(day_text, weekday_text, clock)
        ):
            yield clock


def _day_holds(day_text: str, weekday_text: str, clock: datetime) -> bool:
    day = _holds(day_text, clock.day, 1, 31)
    weekday = _holds(weekday_text, clock.isoweekday() % 7, 0, 6, WEEKDAYS)
    if _starred(day_text) or _starred(weekday_text):
        return day and weekday
    return day or weekday


def _starred(text: str) -> bool:
    return any(
        span.split("-")[0] in ("*", "?") and int(step or 1) == 1
        for span, _, step in (item.partition("/") for item in text.split(",") if item)
    )


def _holds(text: str, value: int, low: int, high: int, names: list[str] | None = None) -> bool:
    def number(word: str) -> int:
        word = word.lower()
        return names.index(word) + low if names and word in names else int(word)

    for item in text.split(","):
        if not item:
            continue
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        if first in ("*", "?"):
            start, end = low, high
        else:
            start = number(first)
            end = number(last) if dash else high if step else start
        if start <= value <= end and (value - start) % int(step or 1) == 0:
            return True
    return False
