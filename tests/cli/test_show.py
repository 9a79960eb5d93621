"""Tables and times."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jupyter_saturn_deploy.cli import show


@pytest.mark.parametrize(
    ("away", "words"),
    [
        ({}, "now"),
        ({"seconds": -5.5}, "5 s ago"),
        ({"minutes": 12, "seconds": 30}, "in 12 min"),
        ({"hours": -2, "minutes": -5}, "2 h ago"),
        ({"days": 3, "hours": 1}, "in 3 d"),
    ],
)
def test_a_time_is_told_in_words(away: dict[str, float], words: str) -> None:
    at = datetime.now(timezone.utc) + timedelta(**away)
    assert show.when(at.isoformat(timespec="milliseconds").replace("+00:00", "Z")) == words


def test_a_time_far_away_is_a_date() -> None:
    assert show.when("2020-06-15T12:00:00.000Z") == "2020-06-15"
    assert show.when(None) == ""


def test_what_is_shown_is_one_printable_line() -> None:
    assert show.clean("a\nb\t\x1b[31mc\x07\u202ed") == "a b �[31mc��d"
    assert show.clean(None) == "None"


def test_wide_and_combining_letters_stay_in_their_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.table(["A", "B"], [["日本", "x"], ["e\u0301", "x"], ["ab", None]])
    assert capsys.readouterr().out == "A     B\n日本  x\ne\u0301     x\nab\n"
