"""The next fire: strictly later, by the wall clock of the schedule's zone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from jupyter_saturn_deploy.cron import Cron
from tests.cron.oracle import fires

CHANGES = [
    ("America/New_York", "2026-03-08T07:00:00+00:00"),
    ("America/New_York", "2026-11-01T06:00:00+00:00"),
    ("Europe/Berlin", "2026-10-25T01:00:00+00:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00+00:00"),  # half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30:00+00:00"),
    ("Antarctica/Troll", "2026-03-29T01:00:00+00:00"),  # two hours
    ("America/Havana", "2026-03-08T05:00:00+00:00"),  # at midnight
    ("Africa/Cairo", "2026-10-29T21:00:00+00:00"),
    ("Africa/Casablanca", "2026-02-15T02:00:00+00:00"),
    ("America/Caracas", "2016-05-01T07:00:00+00:00"),
    ("Asia/Pyongyang", "2018-05-04T15:00:00+00:00"),
    ("Pacific/Apia", "2011-12-30T10:00:00+00:00"),  # a whole day is missing
    ("Asia/Kathmandu", "1985-12-31T18:30:00+00:00"),
    ("UTC", "2028-02-29T00:00:00+00:00"),
]


def after(cron: Cron, at: datetime, until: datetime) -> Iterator[datetime]:
    """Every fire in (at, until]."""
    following: datetime | None = at
    while (following := cron.next(following)) is not None and following <= until:
        yield following


def drawn(draw: random.Random) -> str:
    """Five fields; hours near the changes are frequent."""

    def field(low: int, high: int, stars: float, names: str = "") -> str:
        words = names.split()

        def value(number: int) -> str:
            return words[number - low] if words and draw.random() < 0.3 else str(number)

        def item() -> str:
            step = draw.choice(["", "", f"/{draw.randint(1, high + 3)}"])
            if draw.random() < stars:
                return draw.choice("**?") + step
            first, last = sorted(draw.choices(range(low, high + 1), k=2))
            return draw.choice([value(first), f"{value(first)}-{value(last)}"]) + step

        return ",".join(item() for _ in range(draw.choice([1, 1, 2, 3])))

    return " ".join(
        (
            field(0, 59, 0.4),
            draw.choice([field(0, 3, 0.3), field(0, 23, 0.5)]),
            field(1, 31, 0.6),
            field(1, 12, 0.8, "JAN feb MAR apr MAY jun JUL aug SEP oct NOV dec"),
            field(0, 6, 0.6, "SUN mon TUE wed THU fri SAT"),
        )
    )


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_it_fires_in_every_minute_whose_wall_clock_matches_and_in_no_other(
    zone: str, change: str
) -> None:
    draw = random.Random(f"{zone} {change}")
    for _ in range(8):
        expression = drawn(draw)
        start = datetime.fromisoformat(change) - timedelta(seconds=draw.randint(0, 86_400))
        end = start + timedelta(hours=36)
        wanted = list(fires(expression, zone, start, end))
        given = list(after(Cron(expression, zone), start, end))
        assert given == wanted, (expression, zone, start)
        assert [at.utcoffset() for at in given] == [at.utcoffset() for at in wanted]


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


def test_a_time_the_clock_leaps_over_does_not_fire() -> None:
    cron = Cron("30 2 * * *", "Europe/Berlin")
    assert cron.next(berlin("2026-03-28T12:00")) == berlin("2026-03-30T02:30")


def test_a_time_the_clock_shows_twice_fires_twice() -> None:
    cron = Cron("30 2 * * *", "Europe/Berlin")
    first = cron.next(berlin("2026-10-25T00:00"))
    assert first is not None and first.isoformat() == "2026-10-25T02:30:00+02:00"
    second = cron.next(first)
    assert second is not None and second.isoformat() == "2026-10-25T02:30:00+01:00"
    assert cron.next(second) == berlin("2026-10-26T02:30")


def test_the_answer_is_in_the_schedules_zone_and_later_than_a_match() -> None:
    cron = Cron("0 9 * * *", "Asia/Tokyo")
    at = cron.next(datetime(2026, 1, 1, 0, 0, tzinfo=timezone.utc))
    assert at is not None
    assert at.tzinfo is ZoneInfo("Asia/Tokyo")
    assert at.isoformat() == "2026-01-02T09:00:00+09:00"
    assert cron.next(at - timedelta(microseconds=1)) == at


def test_any_zone_will_do_for_the_question_but_one_is_needed() -> None:
    cron = Cron("0 9 * * *")
    eastern = timezone(timedelta(hours=-5))
    at = cron.next(datetime(2026, 1, 1, 3, 59, 59, tzinfo=eastern))
    assert at == datetime(2026, 1, 1, 9, tzinfo=timezone.utc)
    with pytest.raises(ValueError, match="no time zone"):
        cron.next(datetime(2026, 1, 1))


def test_after_the_fifth_year_nothing_fires() -> None:
    cron = Cron("0 0 29 2 *")
    leap = datetime(2104, 2, 29, tzinfo=timezone.utc)
    assert cron.next(datetime(2099, 1, 1, tzinfo=timezone.utc)) == leap
    assert cron.next(datetime(2098, 12, 31, tzinfo=timezone.utc)) is None


@pytest.mark.parametrize(
    "expression", ["0 0 30 2 *", "0 0 31 4,6,9,11 *", ", * * * *", "0 0 , * *"]
)
def test_a_schedule_that_matches_nothing_is_taken_and_never_fires(expression: str) -> None:
    assert Cron(expression).next(datetime(2026, 1, 1, tzinfo=timezone.utc)) is None


def test_every_counts_from_the_last_time_in_whole_seconds() -> None:
    at = datetime(2026, 1, 1, 0, 0, 7, 999_999, tzinfo=timezone.utc)
    for text, seconds in [("90m", 5400), ("1h1m1s", 3661), ("1.5h", 5400), ("60999ms", 60)]:
        expected = at.replace(microsecond=0) + timedelta(seconds=seconds)
        assert Cron(f"@every {text}", "Asia/Tokyo").next(at) == expected


@pytest.mark.parametrize("expression", ["* * * * *", "0 0 29 2 *", "@every 2540400h"])
def test_at_the_end_of_the_calendar_nothing_fires(expression: str) -> None:
    assert Cron(expression).next(datetime(9999, 12, 31, 23, 59, tzinfo=timezone.utc)) is None
    assert Cron("@every 2540400h").next(datetime(9800, 1, 1, tzinfo=timezone.utc)) is None


def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    cron = Cron("*/20 1-3 * * *", "Europe/Berlin")
    window = berlin("2026-10-24T23:00"), berlin("2026-10-26T23:00")
    here = [at.isoformat() for at in after(cron, *window)]
    assert len(here) == 9 + 3 + 9
    try:
        for zone in ("America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert [at.isoformat() for at in after(cron, *window)] == here
    finally:
        monkeypatch.undo()
        time.tzset()


def test_importing_it_and_reading_a_schedule_does_not_import_croniter() -> None:
    program = (
        "import sys; from jupyter_saturn_deploy.cron import Cron; Cron('0 9 * * *').describe();"
        "sys.exit('croniter' in sys.modules or 'pydantic' in sys.modules)"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", program], env=environ, check=True)


def test_schedules_of_the_same_text_and_zone_are_equal() -> None:
    assert Cron("0 9 * * *") == Cron("0 9 * * *", "UTC")
    assert Cron("0 9 * * *") != Cron("0 9 * * *", "Asia/Tokyo")
    assert Cron("0 9 * * *") != Cron("00 9 * * *")
    assert len({Cron("@daily"), Cron("@daily"), Cron("0 0 * * *")}) == 2
    assert repr(Cron("@daily")) == "Cron(expression='@daily', time_zone='UTC')"
