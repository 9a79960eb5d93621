"""What is refused, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from .plan import WEEKDAY, Field

DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_FOREIGN = (
    (r"", "a range has two ends, as in 1-5"),
    (r"\*.+|.+\*", "a star stands alone or before a step, as in */5"),
    (r"l|lw|l\d+|[0-9a-z]+l", "for the last day run on 28-31 and let the job look at the date"),
    (r"\d*w|wl?", "for working days write * here and MON-FRI as the weekday"),
    (r".*#.*", "for the n-th weekday write it without #, and let the job look at the date"),
    (r"h(\(.*)?", "H is of Jenkins: write a value of your own"),
    (r"r(\(.*)?|.*~.*", "times aren't drawn at random here: write a value of your own"),
)
"""Other dialects: what a value looks like there, what to do here."""


class CronError(ValueError):
    """A schedule that can't be accepted; `str()` is the message and the fix."""

    def __init__(
        self, message: str, fix: str, field: Literal["expression", "time_zone"] = "expression"
    ) -> None:
        super().__init__(f"{message} ({fix})")
        self.message = message
        """What is wrong, and in which of the five fields."""
        self.fix = fix
        """What to write instead."""
        self.field = field
        """The argument of `Cron` that is meant."""


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _whole(text: str, wrong: str, fix: str) -> CronError:
    return CronError(f"schedule: {_quoted(text)} {wrong}", fix)


def _part(field: Field, item: str, wrong: str, fix: str) -> CronError:
    return CronError(f"{field.name}: {_quoted(item)} {wrong}", fix)


def too_long(text: str) -> CronError:
    """More characters than anyone needs."""
    return _whole(text, "is too long", "write ranges and steps, as in 0-30 or */5")


def zone_inside(text: str) -> CronError:
    """`TZ=` or `CRON_TZ=`."""
    return _whole(text, "holds a time zone", "leave it out here and set the time zone field")


def miscounted(text: str, words: list[str]) -> CronError:
    """Not five fields."""
    fix = "write minute, hour, day of month, month and weekday, as in 30 8 * * 1-5"
    if (descriptor := _descriptor(text)) in DESCRIPTORS:
        fix = f"write {descriptor}, without blanks around it"
    elif len(words) == 6:
        fix = "drop the seconds: the first field is the minute"
    elif len(words) == 7:
        fix = "drop the seconds and the year: the fields are minute to weekday"
    return _whole(text, f"has {len(words)} field{'s' * (len(words) != 1)}, not five", fix)


def _descriptor(text: str) -> str:
    return "@" + text[:20].strip("@ \t\r\n").lower()


def no_descriptor(text: str) -> CronError:
    """Something else after an `@`."""
    descriptor = _descriptor(text)
    fix = f"write {', '.join(DESCRIPTORS)} or @every 90m"
    if descriptor in DESCRIPTORS:
        fix = f"write {descriptor}: lower case, without blanks around it"
    elif descriptor == "@reboot":
        fix = "there is no time at which a machine starts: write one, or run the job by hand"
    elif descriptor.startswith("@every"):
        fix = "write @every, one space and a duration, as in @every 90m"
    return _whole(text, "is not known", fix)


def no_duration(text: str, unit: str) -> CronError:
    """`@every` with something that Go's `ParseDuration` doesn't take."""
    fix = "write hours, minutes and seconds, as in 1h30m"
    if unit.strip() in ("d", "w"):
        fix = f"a {unit.strip()} is no unit: write hours, as in 24h"
    elif text.strip() != text:
        fix = "leave one space after @every and none at the end"
    elif text and not unit:
        fix = "say the unit after the number: h, m or s, as in 90m"
    return CronError(f"@every: {_quoted(text)} is no duration", fix)


def endless(text: str) -> CronError:
    """A duration of more than 292 years."""
    return CronError(f"@every: {_quoted(text)} is too long", "write 2562047h at most")


def too_often(text: str) -> CronError:
    """A duration below one minute, which a cluster would take."""
    return CronError(f"@every: {_quoted(text)} is below one minute", "write 1m or more")


def overdone(field: Field, item: str) -> CronError:
    """Too many slashes or hyphens."""
    return _part(field, item, "is no range", "write one hyphen and one slash at most, as in 1-9/2")


def no_step(field: Field, item: str) -> CronError:
    """No number above 0 after the slash."""
    return _part(field, item, "has no step", "write a whole number above 0 after the slash")


def no_value(field: Field, item: str, text: str) -> CronError:
    """Neither a number nor one of the field's names."""
    fix = f"write a whole number from {field.low} to {field.high}"
    name = text[:3].lower()
    if text.isalpha() and name in field.names:
        fix = f"write three letters: {name.upper()}"
    else:
        foreign = (way for form, way in _FOREIGN if re.fullmatch(form, text.lower()))
        fix = next(foreign, fix + (f", or {field.names[0].upper()} …" if field.names else ""))
    return _part(field, item, "can't be read", fix)


def out_of_bounds(field: Field, item: str, start: int, end: int) -> CronError:
    """Values the field hasn't got, or a range that wraps."""
    low, high = field.low, field.high
    fix = f"write {low} to {high}"
    if max(start, end) > high:
        if field is WEEKDAY and max(start, end) == high + 1:
            fix = "Sunday is 0, not 7" + ("" if "/" in item else f": write {_sunday(start, end)}")
        return _part(field, item, f"is above {high}", fix)
    if min(start, end) < low:
        return _part(field, item, f"is below {low}", fix)
    pieces = f"write {_range(start, high)},{_range(low, end)}"
    if "/" in item:
        pieces = f"write a range up to {high} and one from {low}"
    return _part(field, item, "runs backwards", f"ranges don't wrap: {pieces}")


def _sunday(start: int, end: int) -> str:
    """The same days, where one of the ends is 7."""
    if start > 6:
        return _range(0, end % 7)
    return "0-6" if start < 2 else f"{_range(start, 6)},0"


def _range(start: int, end: int) -> str:
    return f"{start}-{end}" if start < end else str(start)


def no_zone(name: str, known: Iterable[str]) -> CronError:
    """A time zone that isn't one, or not spelled so."""
    meant = name.strip().replace(" ", "_").lower()
    fix = "write an IANA name such as Europe/Berlin, or UTC"
    fix = next((f"write {zone}" for zone in known if zone.lower() == meant), fix)
    return CronError(f"time zone: {_quoted(name)} is not known", fix, field="time_zone")
