"""Counting fires, beside walking from one to the next."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta, timezone

import pytest

from jupyter_saturn_deploy.cron import Cron

SCHEDULES = [
    ("* * * * *", "UTC"),
    ("*/7 1-3,22 * * *", "Europe/Berlin"),
    ("30 2 * * 1-5", "America/New_York"),
    ("0 0 1 * 1", "Australia/Lord_Howe"),
    ("*/30 * */3 11 *", "America/Havana"),
    ("0 0 31 2 *", "UTC"),
    ("@every 90s", "UTC"),
]


@pytest.mark.parametrize(("expression", "time_zone"), SCHEDULES)
def test_the_count_and_the_last_are_those_of_a_walk(expression: str, time_zone: str) -> None:
    cron = Cron(expression, time_zone)
    chance = random.Random(expression)
    for _ in range(60):
        after = datetime(2026, chance.choice([3, 4, 10, 11]), 1, tzinfo=timezone.utc)
        after += timedelta(seconds=chance.uniform(0, 30 * 86400))
        longest = chance.choice([1, 60, 61, 3600, 86400, 8 * 86400])
        until = after + timedelta(seconds=chance.random() * longest)
        count, last = 0, None
        at = cron.next(after)
        while at is not None and at <= until:
            count, last, at = count + 1, at, cron.next(at)
        assert cron.count(after, until) == count, (after, until)
        assert cron.last(after, until) == last, (after, until)


def test_a_year_of_minutes_is_counted_at_once() -> None:
    begin = datetime(2025, 1, 1, tzinfo=timezone.utc)
    end = datetime(2026, 1, 1, tzinfo=timezone.utc)
    began = time.perf_counter()
    assert Cron("* * * * *", "Europe/Berlin").count(begin, end) == 365 * 24 * 60
    assert time.perf_counter() - began < 0.5


def test_nothing_fires_in_no_time() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    assert Cron("* * * * *").count(noon, noon) == 0
    assert Cron("* * * * *").last(noon, noon - timedelta(hours=1)) is None
    assert Cron("@every 1h").count(noon, noon - timedelta(hours=3)) == 0
