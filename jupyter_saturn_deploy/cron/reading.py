"""The text of a schedule -> what it asks for."""

from __future__ import annotations

import pkgutil
import re
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from . import refusals
from .plan import FIELDS, Field, Plan

_LONGEST = 10_000

_WORD = re.compile(r"[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""Between Unicode's white space; `str.split` takes four control characters for blanks too."""
_NUMBER = re.compile(r"\+?0*([0-9]{1,19})")
_INT64 = 2**63 - 1

_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]+)")
_SECOND = 10**9
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # the micro sign
    "μs": 10**3,  # the Greek letter
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}


def read(expression: str) -> Plan | timedelta:
    """The plan of five fields or of a descriptor, the period (whole seconds) of `@every`.

    Raises `CronError`. Takes time in proportion to the text, and refuses more than 10,000
    characters.
    """
    if len(expression) > _LONGEST:
        raise refusals.too_long(expression)
    if "TZ" in expression:
        raise refusals.zone_inside(expression)
    if expression.startswith("@every "):
        return _every(expression.removeprefix("@every "))
    if expression.startswith("@"):
        if expression not in refusals.DESCRIPTORS:
            raise refusals.no_descriptor(expression)
        expression = refusals.DESCRIPTORS[expression]
    words = _WORD.findall(expression)
    if len(words) != len(FIELDS):
        raise refusals.miscounted(expression, words)
    fields = [_values(field, word) for field, word in zip(FIELDS, words, strict=True)]
    values, stars = zip(*fields, strict=True)
    return Plan.of(values, both=stars[2] or stars[4])


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """The names of PyPI's package, so that they are the same everywhere: a system may have a
    `localtime`, or take `asia/tokyo` because its files do."""
    return frozenset((pkgutil.get_data("tzdata", "zones") or b"").decode().split())


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name, exactly as written. Raises `CronError`."""
    if name not in _zones():
        raise refusals.no_zone(name, _zones())
    return ZoneInfo(name)


def _values(field: Field, text: str) -> tuple[tuple[int, ...], bool]:
    """The values, and whether a star without a step is among the items. Empty items are none."""
    values: set[int] = set()
    star = False
    for item in dict.fromkeys(filter(None, text.split(","))):
        some, bare = _item(field, item)
        values.update(some)
        star |= bare
    return tuple(sorted(values)), star


def _item(field: Field, item: str) -> tuple[range, bool]:
    base, *steps = item.split("/")
    low, *high = base.split("-")
    star = low in ("*", "?")
    if len(steps) > 1 or (len(high) > 1 and not star):
        raise refusals.overdone(field, item)
    if star:
        start, end = field.low, field.high  # what follows after a hyphen counts for nothing
    else:
        start = _value(field, low, item)
        end = _value(field, high[0], item) if high else start
    step = _number(steps[0]) if steps else 1
    if not step:
        raise refusals.no_step(field, item)
    if steps and not high:
        end = field.high
    if not field.low <= start <= end <= field.high:
        raise refusals.out_of_bounds(field, item, start, end)
    return range(start, end + 1, step), star and step == 1


def _value(field: Field, text: str, item: str) -> int:
    if text.lower() in field.names:
        return field.low + field.names.index(text.lower())
    number = _number(text)
    if number is None:
        raise refusals.no_value(field, item, text)
    return number


def _number(text: str) -> int | None:
    """A whole number as Go reads it, but without a minus; None if it isn't one."""
    match = _NUMBER.fullmatch(text)
    number = int(match[1]) if match else None
    return None if number is None or number > _INT64 else number


def _every(text: str) -> timedelta:
    """Go's `ParseDuration`, cut to whole seconds as robfig/cron does."""
    unsigned = text[1:] if text[:1] in ("+", "-") else text
    nanoseconds = position = 0
    while position < len(unsigned) or not unsigned:
        part = _PART.match(unsigned, position)
        if not part or not (part[1] or part[2]) or part[3] not in _UNITS:
            raise refusals.no_duration(text, part[3] if part else "")
        unit, whole, fraction = _UNITS[part[3]], part[1].lstrip("0"), (part[2] or "")[:18]
        # Twenty digits are too many already; eighteen after the point are all that Go can use.
        nanoseconds += int(whole[:20] or "0") * unit
        nanoseconds += int(float(fraction or "0") * (unit / 10 ** len(fraction)))
        if nanoseconds > _INT64:
            raise refusals.endless(text)
        position = part.end()
    if nanoseconds < 60 * _SECOND or text.startswith("-"):
        raise refusals.too_often(text)
    return timedelta(seconds=nanoseconds // _SECOND)
