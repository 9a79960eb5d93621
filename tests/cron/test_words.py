"""Schedules in plain words."""

from __future__ import annotations

import pytest

from jupyter_saturn_deploy.cron import Cron


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 * * * *", "every hour"),
        ("*/90 * * * *", "every hour"),
        ("5,35 * * * *", "at minutes 5 and 35 of every hour"),
        ("*/7 * * * *", "at minutes 0, 7, 14 … 56 of every hour"),
        ("0 */2 * * *", "every 2 hours, UTC"),
        ("30 */2 * * *", "at minute 30 in the hours 0, 2, 4 … 22, UTC"),
        ("0 9-17 * * *", "at minute 0 in the hours 9 to 17, UTC"),
        ("* 4 * * *", "every minute in the hour 4, UTC"),
        ("30 2 * * *", "every day at 02:30, UTC"),
        ("0 9,12,17 * * *", "every day at 09:00, 12:00 and 17:00, UTC"),
        ("0 9 * * 1-5", "at 09:00 on Monday to Friday, UTC"),
        ("0 9 * * 6,0", "at 09:00 on Sunday and Saturday, UTC"),
        ("*/15 9-17 * * 1", "every 15 minutes in the hours 9 to 17 on Monday, UTC"),
        ("* * * * 1", "every minute on Monday, UTC"),
        ("* * * 6 *", "every minute in June, UTC"),
        ("0 0 13 * 5", "at 00:00 on day 13 of the month or on Friday, UTC"),
        ("0 0 */2 * 1", "at 00:00 on days 1, 3, 5 … 31 of the month or on Monday, UTC"),
        ("0 0 */1 * 1", "at 00:00 on Monday, UTC"),
        ("0 0 1-31 * 1", "every day at 00:00, UTC"),
        ("0 0 31 2 1", "at 00:00 on Monday in February, UTC"),
        ("0 0 1 1,4-6 *", "at 00:00 on day 1 of the month in January and April to June, UTC"),
        ("@yearly", "at 00:00 on day 1 of the month in January, UTC"),
        ("@weekly", "at 00:00 on Sunday, UTC"),
        ("0 0 31 2 *", "never"),
        (", * * * *", "never"),
        ("@every 90m", "every 1 h 30 min, counted from the last time"),
        ("@every 61s", "every 1 min 1 s, counted from the last time"),
    ],
)
def test_a_schedule_is_said_in_plain_words(expression: str, words: str) -> None:
    assert Cron(expression).describe() == words


def test_another_zone_than_utc_is_named() -> None:
    assert Cron("0 9 * * *", "Asia/Tokyo").describe() == "every day at 09:00, Asia/Tokyo time"
    assert Cron("0 * * * *", "Asia/Tokyo").describe() == "every hour"
