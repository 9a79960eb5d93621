"""States in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_saturn_deploy.models.resources import JobSpec
from jupyter_saturn_deploy.models.runs import Execution, Run, RunState
from jupyter_saturn_deploy.models.words import duration, ordinal, sentence

SPEC = JobSpec(name="a", command="true", instance_type="s", image="", retries=2)
RUN = Run(
    id="0" * 32,
    job_id="1" * 32,
    number=1,
    owner="ana",
    backend="local",
    execution=Execution(SPEC, "/p", "/usr", "http://x/"),
    trigger="manual",
    by="ana",
    generation=1,
    created_at=0.0,
    started_at=1.0,
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": RunState.RUNNING}, "running"),
        ({"state": RunState.RUNNING, "cell": 4, "cells": 12}, "running, cell 4 of 12"),
        ({"state": RunState.COMPLETED, "ended_at": 4.2}, "completed after 3.2 s"),
        ({"state": RunState.COMPLETED, "ended_at": 1.01}, "completed at once"),
        ({"state": RunState.STOPPED, "ended_at": 43.0}, "stopped after 42 s"),
        ({"state": RunState.STOPPED, "started_at": None, "ended_at": 43.0}, "stopped"),
        (
            {"state": RunState.ERROR, "exit_code": 3, "ended_at": 246.0},
            "exit code 3 after 4 min 05 s",
        ),
        (
            {"state": RunState.ERROR, "exit_code": 137, "signal": 9, "ended_at": 7621.0},
            "killed by SIGKILL after 2 h 07 min",
        ),
        (
            {"state": RunState.ERROR, "reason": "timeout", "exit_code": 124, "ended_at": 61.0},
            "stopped at its time limit after 1 min 00 s",
        ),
        (
            {"state": RunState.RETRYING, "exit_code": 1, "attempt": 2},
            "attempt 2 of 3 failed (exit code 1), the next one follows",
        ),
    ],
)
def test_a_state_is_said_as_people_say_it(changes: dict[str, object], words: str) -> None:
    assert sentence(replace(RUN, **changes), None) == words  # type: ignore[arg-type]


def test_a_place_in_the_queue_is_an_ordinal() -> None:
    queued = replace(RUN, state=RunState.QUEUED, started_at=None)
    assert sentence(queued, 3) == "queued, 3rd"
    assert [ordinal(n) for n in (1, 2, 4, 11, 12, 13, 21, 102, 111)] == (
        "1st 2nd 4th 11th 12th 13th 21st 102nd 111th".split()
    )


def test_durations_have_units() -> None:
    assert [duration(n) for n in (-1, 0.04, 9.96, 59.9, 60)] == (
        ["0.0 s", "0.0 s", "10.0 s", "59 s", "1 min 00 s"]
    )
