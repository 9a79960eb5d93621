"""What is refused: by name of the field, with what to write instead, and in no time."""

from __future__ import annotations

import random
import time
from datetime import datetime, timezone

import pytest

from jupyter_saturn_deploy.cron import Cron, CronError

AT = datetime(2026, 7, 10, 12, 34, 56, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("expression", "field", "fix"),
    [
        # out of bounds
        ("60 * * * *", "minute", "write 0 to 59"),
        ("73/5 * * * *", "minute", "write 0 to 59"),
        ("* 24 * * *", "hour", "write 0 to 23"),
        ("* * 0 * *", "day of month", "write 1 to 31"),
        ("* * 32 * *", "day of month", "write 1 to 31"),
        ("* * * 0 *", "month", "write 1 to 12"),
        ("* * * * 8", "weekday", "write 0 to 6"),
        # Sunday
        ("* * * * 7", "weekday", "Sunday is 0, not 7: write 0"),
        ("* * * * 5-7", "weekday", "Sunday is 0, not 7: write 5-6,0"),
        ("* * * * 6-7", "weekday", "Sunday is 0, not 7: write 6,0"),
        ("* * * * 7-2", "weekday", "Sunday is 0, not 7: write 0-2"),
        ("* * * * 0-7", "weekday", "Sunday is 0, not 7: write 0-6"),
        ("* * * * 1-7/2", "weekday", "Sunday is 0, not 7"),
        # ranges
        ("0 22-2 * * *", "hour", "ranges don't wrap: write 22-23,0-2"),
        ("0 22-2/2 * * *", "hour", "ranges don't wrap: write a range up to 23 and one from 0"),
        ("0 0 * * FRI-MON", "weekday", "ranges don't wrap: write 5-6,0-1"),
        ("0 0 * * SAT-SUN", "weekday", "ranges don't wrap: write 6,0"),
        ("5--5 * * * *", "minute", "one hyphen and one slash at most"),
        ("*//2 * * * *", "minute", "one hyphen and one slash at most"),
        ("-1 * * * *", "minute", "a range has two ends"),
        ("1- * * * *", "minute", "a range has two ends"),
        # steps
        ("*/0 * * * *", "minute", "a whole number above 0"),
        ("*/-2 * * * *", "minute", "a whole number above 0"),
        ("* */ * * *", "hour", "a whole number above 0"),
        ("* * * * */MON", "weekday", "a whole number above 0"),
        ("*/9223372036854775808 * * * *", "minute", "a whole number above 0"),
        # other dialects
        ("0 0 L * *", "day of month", "run on 28-31"),
        ("0 0 L-3 * *", "day of month", "run on 28-31"),
        ("0 0 LW * *", "day of month", "run on 28-31"),
        ("0 0 * * 5L", "weekday", "run on 28-31"),
        ("0 0 15W * *", "day of month", "MON-FRI as the weekday"),
        ("0 0 * * 5#3", "weekday", "without #"),
        ("H/15 * * * *", "minute", "H is of Jenkins"),
        ("H(0-29)/10 * * * *", "minute", "H is of Jenkins"),
        ("R * * * *", "minute", "a value of your own"),
        ("0~30 * * * *", "minute", "a value of your own"),
        # no values
        ("1.5 * * * *", "minute", "a whole number from 0 to 59"),
        ("1_0 * * * *", "minute", "a whole number from 0 to 59"),
        ("５ * * * *", "minute", "a whole number from 0 to 59"),
        ("*5 * * * *", "minute", "a star stands alone"),
        ("5* * * * *", "minute", "a star stands alone"),
        ("jan * * * *", "minute", "a whole number from 0 to 59"),
        ("0 0 1 january *", "month", "write three letters: JAN"),
        ("0 0 * * Sunday", "weekday", "write three letters: SUN"),
        ("0 0 * * x", "weekday", "0 to 6, or SUN …"),
        # fields
        ("", "schedule", "minute, hour, day of month, month and weekday"),
        ("* * * *", "schedule", "minute, hour, day of month, month and weekday"),
        ("0 0 * * * *", "schedule", "drop the seconds"),
        ("0 0 0 1 1 ? 2027", "schedule", "drop the seconds and the year"),
        ("\x1c".join("*****"), "schedule", "minute, hour, day of month, month and weekday"),
        ("TZ=UTC 0 0 * * *", "schedule", "set the time zone field"),
        ("CRON_TZ=Asia/Tokyo @daily", "schedule", "set the time zone field"),
        ("1," * 6000, "schedule", "write ranges and steps"),
        # descriptors
        ("daily", "schedule", "write @daily"),
        (" @daily", "schedule", "write @daily, without blanks"),
        ("@daily ", "schedule", "without blanks"),
        ("@Daily", "schedule", "lower case"),
        ("@reboot", "schedule", "run the job by hand"),
        ("@fortnightly", "schedule", "@yearly, @annually, @monthly"),
        ("@every", "schedule", "one space and a duration"),
        ("@every_minute", "schedule", "one space and a duration"),
        # durations
        ("@every  1h", "@every", "leave one space"),
        ("@every 1h ", "@every", "none at the end"),
        ("@every 5", "@every", "say the unit"),
        ("@every ", "@every", "write hours, minutes and seconds"),
        ("@every .h", "@every", "write hours, minutes and seconds"),
        ("@every 1H", "@every", "write hours, minutes and seconds"),
        ("@every 1d", "@every", "write hours, as in 24h"),
        ("@every 59.9s", "@every", "write 1m or more"),
        ("@every -5m", "@every", "write 1m or more"),
        ("@every 2562048h", "@every", "2562047h at most"),
        (f"@every {'9' * 900}h", "@every", "2562047h at most"),
    ],
)
def test_a_refusal_names_the_field_and_the_fix(expression: str, field: str, fix: str) -> None:
    with pytest.raises(CronError) as refused:
        Cron(expression)
    error = refused.value
    assert error.message.startswith(f"{field}: ")
    assert fix in error.fix
    assert str(error) == f"{error.message} ({error.fix})"
    assert error.field == "expression"
    assert len(str(error)) < 250


@pytest.mark.parametrize(
    ("zone", "fix"),
    [
        ("", "IANA name"),
        ("Berlin", "IANA name"),
        ("Europe", "IANA name"),
        ("Local", "IANA name"),
        ("localtime", "IANA name"),
        ("posix/UTC", "IANA name"),
        ("../../etc/passwd", "IANA name"),
        ("\0", "IANA name"),
        ("x" * 1000, "IANA name"),
        ("asia/tokyo", "write Asia/Tokyo"),
        ("America/New York", "write America/New_York"),
        (" UTC", "write UTC"),
    ],
)
def test_a_time_zone_is_an_iana_name_as_it_is_written(zone: str, fix: str) -> None:
    with pytest.raises(CronError) as refused:
        Cron("0 9 * * *", zone)
    assert refused.value.message.startswith("time zone: ")
    assert fix in refused.value.fix
    assert refused.value.field == "time_zone"


def test_a_refusal_is_a_value_error() -> None:
    with pytest.raises(ValueError):
        Cron("@Daily")


@pytest.mark.parametrize(
    "expression",
    [
        "5, * * * *",
        "007 +8 * * *",
        "*-5 * * * *",
        "*/60 ?/90 * * *",
        "5\u00a04\u3000*\t*\n*",
        "0 0 1-1/9223372036854775807 * *",
        "@every +1h",
        "@every 1µs1h",
        "@every 1μs1.h.5m",
    ],
)
def test_what_looks_odd_and_is_valid_there_is_taken(expression: str) -> None:
    assert Cron(expression).next(AT) is not None


HOSTILE = [
    "1," * 500 + " * * * *",
    "0-59/1," * 120 + "0 0-23 1-31 1-12 0-6",
    ",".join(f"{n}-59" for n in range(60)) + " " + "0-23," * 100 + " * * *",
    "1-59 1-23 2-31 2-12 1-6",
    "59 23 31 12 0-5",
    "59 23 29 2 *",
    "59 23 29 2 0-5",
    "59 23 30 2 6",
    "0 0 30,31 2,4 *",
    "*/59 */23 */31 */11 ?",
    "0" * 1000 + "1 * * * *",
    "*/" + "9" * 1000 + " * * * *",
    "9" * 1000 + " * * * *",
    "+" * 1000 + " * * * *",
    "-" * 1000 + " * * * *",
    "/" * 1000 + " * * * *",
    "~" * 1000 + " * * * *",
    "#" * 1000 + " * * * *",
    "*" * 1000 + " * * * *",
    "* " * 500,
    " " * 1000,
    "," * 1000 + " * * * *",
    "@" * 1000,
    "@every " + "1" * 1000,
    "@every " + "1" * 500 + "." + "1" * 499 + "h",
    "@every " + "1h" * 400,
    "@every " + "0." * 500,
    "@every " + "0s" * 490 + "1h",
    "@every " + "h" * 1000,
    "TZ=" + "x" * 1000,
    "\0" * 1000,
    "\udc80" * 1000,
    "🕰" * 250,
    "٣ * * * *",
]


def seconds(expression: str, zone: str) -> float:
    """What reading it and asking for the next fire takes, at best of three: others work too."""
    took = []
    for _ in range(3):
        start = time.thread_time()
        try:
            cron = Cron(expression, zone)
            cron.describe()
            cron.next(AT)
        except CronError as error:
            str(error).encode()
        took.append(time.thread_time() - start)
    return min(took)


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "x" * 1000])
def test_nothing_of_a_kilobyte_takes_longer_than_50_ms(zone: str) -> None:
    slow = {text[:60]: took for text in HOSTILE if (took := seconds(text, zone)) > 0.05}
    assert slow == {}


def test_whatever_is_drawn_is_answered_or_refused() -> None:
    draw = random.Random(4)
    pieces = [*"0123456789*?/-,, LW#HR~@%+.TZ=smhµ\0\x1c\u3000", "MON", "feb", "@every ", "59"]
    for _ in range(400):
        text = "".join(draw.choices(pieces, k=draw.randint(1, 300)))
        assert seconds(text, "Europe/Berlin") < 0.05, text
    for _ in range(400):
        fields = ("".join(draw.choices("0123456*/-,", k=draw.randint(1, 4))) for _ in range(5))
        assert seconds(text := " ".join(fields), "Europe/Berlin") < 0.05, text
