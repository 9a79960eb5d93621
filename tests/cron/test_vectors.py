"""What a real cluster answered, beside what we do."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from jupyter_saturn_deploy.cron import Cron, CronError

VECTORS = Path(__file__).parents[1] / "vectors"

Answer = str | list[str]


@cache
def rows(name: str) -> list[list]:
    """`[expression, time zone, start, answer, mark where a cluster leaves the wall clock]`."""
    return json.loads(gzip.decompress((VECTORS / f"{name}.json.gz").read_bytes()))["rows"]


def answer(expression: str, time_zone: str, start: str) -> Answer:
    """Up to five next fires as the vectors have them."""
    try:
        cron = Cron(expression, time_zone)
    except CronError:
        return "refused"
    fires: list[str] = []
    at: datetime | None = datetime.fromisoformat(start)
    while at and len(fires) < 5:
        at = cron.next(at)
        fires.append(at.isoformat() if at else "never")
    return fires


def too_often(expression: str, wanted: Answer) -> bool:
    """`@every` below a minute, which only a cluster takes."""
    if not expression.startswith("@every") or wanted == "refused":
        return False
    first, second = map(datetime.fromisoformat, wanted[:2])
    return second - first < timedelta(minutes=1)


@pytest.mark.parametrize("name", ["cron_curated", "cron_random"])
def test_a_schedule_fires_when_a_cluster_says_so_unless_that_leaves_the_wall_clock(
    name: str,
) -> None:
    comparable = [row for row in rows(name) if not too_often(row[0], row[3])]
    different = [row for row in comparable if answer(*row[:3]) != row[3]]
    assert different == [row for row in comparable if len(row) > 4]
    assert len(different) / len(comparable) < {"cron_random": 0.006, "cron_curated": 0.025}[name]


@pytest.mark.parametrize("name", ["cron_curated", "cron_random"])
def test_every_below_a_minute_is_refused_here(name: str) -> None:
    below = [row for row in rows(name) if too_often(row[0], row[3])]
    assert len(below) > 10
    assert all(answer(*row[:3]) == "refused" for row in below)
