"""Which slots start: what the Kubernetes controllers decide, beside what we do."""

from __future__ import annotations

import gzip
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.cron import Cron, CronError
from jupyter_saturn_deploy.models.resources import JobSpec, Policy
from jupyter_saturn_deploy.models.runs import (
    Ending,
    Execution,
    Run,
    RunState,
    after_attempt,
    retry_delay,
)
from jupyter_saturn_deploy.models.schedule import (
    NEVER,
    Decision,
    decide,
    passed,
    slot_after,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "controller.json.gz"
SCENARIOS: list[dict[str, Any]] = json.loads(gzip.decompress(VECTORS.read_bytes()))
MANY = 100
"""Missed slots from which on a cluster warns."""


def of(kind: str) -> list[Any]:
    return [pytest.param(s, id=s["id"]) for s in SCENARIOS if s["kind"] == kind]


def comparable(scenario: dict[str, Any]) -> bool:
    """Its cap isn't reached, or is ours."""
    given = scenario["given"]
    failures = given["consecutiveFailuresSinceLastSuccess"]
    return given["capSeconds"] == 600 or retry_delay(failures) < 600


def seconds(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def first_slot(cron: Cron, given: dict[str, Any]) -> float:
    base = seconds(given["lastScheduleTime"]) or seconds(given["creationTimestamp"])
    assert base is not None
    return slot_after(cron, base)


@pytest.mark.parametrize("scenario", of("sync_decision"))
def test_a_schedule_is_decided_on_as_by_a_cluster(scenario: dict[str, Any]) -> None:
    given, wanted = scenario["given"], scenario["expect"]
    try:
        cron = Cron(given["schedule"], given["timeZone"] or "UTC")
    except CronError:
        assert wanted["events"] == ["UnparseableSchedule"]
        return
    now = seconds(given["now"])
    assert now is not None
    first = first_slot(cron, given)
    due = passed(cron, first, now)
    decision = decide(
        due,
        None,
        policy=Policy(given["concurrencyPolicy"]),
        deadline=given["startingDeadlineSeconds"],
        suspended=given["suspend"],
        active=given["activeRuns"],
        now=now,
    )
    assert decision.start == seconds(wanted["scheduledFor"])
    assert (decision.start is not None) is wanted["startRun"]
    assert decision.replace is wanted["cancelActive"]
    following = due.next if due else first
    if wanted["requeueAfterSeconds"] is not None:
        assert following - now == pytest.approx(wanted["requeueAfterSeconds"] - 0.1)
    if "TooManyMissedTimes" in wanted["events"]:
        assert due is not None and due.count > MANY


@pytest.mark.parametrize("scenario", of("missed_schedules"))
def test_the_latest_slot_and_the_missed_ones_are_those_of_a_cluster(
    scenario: dict[str, Any],
) -> None:
    given, wanted = scenario["given"], scenario["expect"]
    cron = Cron(given["schedule"])
    now = seconds(given["now"])
    assert now is not None
    first = first_slot(cron, given)
    if wanted["error"]:
        assert first == NEVER
        return
    due = passed(cron, first, now)
    assert (due.latest if due else None) == seconds(wanted["mostRecentScheduledTime"])
    missed = due.count - 1 if due else 0
    deadline = given["startingDeadlineSeconds"]
    if due and given["deadlineApplied"] and deadline is not None:
        # A cluster counts within the deadline only.
        begin = slot_after(cron, now - deadline)
        within = passed(cron, begin, now)
        missed = within.count - 1 if within else 0
    assert wanted["missed"] == ("many" if missed > MANY else "few" if missed else "none")


def run(attempt: int) -> Run:
    spec = JobSpec(name="a", command="x", instance_type="s", image="", retries=100)
    execution = Execution(spec, "/p", "/usr", "http://x/")
    return Run(
        id="0",
        job_id="0",
        number=1,
        owner="ana",
        backend="local",
        execution=execution,
        trigger="schedule",
        by="ana",
        generation=1,
        created_at=0,
        state=RunState.RUNNING,
        attempt=attempt,
    )


@pytest.mark.parametrize(
    "scenario", [s for s in of("backoff_remaining") if comparable(s.values[0])]
)
def test_a_failed_attempt_waits_as_long_as_on_a_cluster(scenario: dict[str, Any]) -> None:
    given = scenario["given"]
    failures = given["consecutiveFailuresSinceLastSuccess"]
    ago = given["secondsSinceLastFailure"]
    # The controller's own tests have other constants: the rule is the same below both caps.
    scale = given["baseSeconds"] / retry_delay(1)
    delay = 0.0
    if failures:
        seen = after_attempt(run(failures), failures, Ending(1000, exit_code=1))
        assert seen.state is RunState.RETRYING and seen.next_attempt_at is not None
        delay = min((seen.next_attempt_at - 1000) * scale, given["capSeconds"])
    assert max(delay - ago, 0) == scenario["expect"]["remainingSeconds"]


@pytest.mark.parametrize("scenario", of("backoff_counter"))
def test_failures_are_counted_up_to_a_success(scenario: dict[str, Any]) -> None:
    given = scenario["given"]
    endings = [(at, Ending(at, exit_code=1)) for at in given["newFailuresAtMs"]]
    endings += [(at, Ending(at, exit_code=0)) for at in given["newSuccessesAtMs"]]
    failures = given["previousFailures"]
    for _, ending in sorted(endings, key=lambda pair: pair[0]):
        attempt = failures + 1
        seen = after_attempt(run(attempt), attempt, ending)
        failures = attempt if seen.state is RunState.RETRYING else 0
    assert failures == scenario["expect"]["failuresAfterLastSuccess"]


MINUTELY = Cron("* * * * *")
NOON = 1_800_014_400.0


def choose(
    first: float,
    now: float,
    *,
    waiting: float | None = None,
    policy: Policy = Policy.ALLOW,
    deadline: float | None = 300,
    suspended: bool = False,
    active: int = 0,
) -> Decision:
    return decide(
        passed(MINUTELY, first, now),
        waiting,
        policy=policy,
        deadline=deadline,
        suspended=suspended,
        active=active,
        now=now,
    )


def test_a_week_asleep_is_counted_whole_and_at_once() -> None:
    began = time.perf_counter()
    decision = choose(NOON, NOON + 7 * 24 * 3600 - 1)
    assert time.perf_counter() - began < 0.5
    assert decision == Decision(start=NOON + 10_079 * 60, missed=(NOON, 10_079))


def test_a_slot_as_old_as_the_deadline_is_missed_and_a_younger_one_starts() -> None:
    assert choose(NOON, NOON + 59.9, deadline=60) == Decision(start=NOON)
    assert choose(NOON, NOON + 60, deadline=30) == Decision(start=NOON + 60, missed=(NOON, 1))
    assert choose(NOON, NOON + 45, deadline=30) == Decision(missed=(NOON, 1))
    assert choose(NOON, NOON + 59, deadline=59) == Decision(missed=(NOON, 1))


def test_nothing_starts_early_or_while_the_schedule_is_switched_off() -> None:
    assert choose(NOON, NOON - 0.001) == Decision()
    assert choose(NOON, NOON + 600, suspended=True) == Decision()


def test_forbid_skips_and_what_was_skipped_starts_within_its_deadline() -> None:
    forbid = Policy.FORBID
    assert choose(NOON, NOON, policy=forbid, active=1) == Decision(skipped=NOON)
    waits = choose(NOON + 60, NOON + 30, waiting=NOON, policy=forbid, active=1)
    assert waits == Decision()
    starts = choose(NOON + 60, NOON + 30, waiting=NOON, policy=forbid)
    assert starts == Decision(start=NOON)
    late = choose(NOON + 60, NOON + 30, waiting=NOON, policy=forbid, deadline=20)
    assert late == Decision()
    newer = choose(NOON + 60, NOON + 60, waiting=NOON, policy=forbid)
    assert newer == Decision(start=NOON + 60)


def test_replace_stops_what_is_active() -> None:
    assert choose(NOON, NOON, policy=Policy.REPLACE, active=2) == Decision(NOON, replace=True)
    assert choose(NOON, NOON, policy=Policy.REPLACE) == Decision(NOON)


def test_with_the_clock_set_back_no_slot_comes_twice() -> None:
    started = NOON
    assert choose(started + 60, NOON - 7200) == Decision()
    assert choose(started + 60, NOON - 7200, waiting=NOON) == Decision()


def test_periods_are_counted_from_the_last_slot_however_late_it_was() -> None:
    every = Cron("@every 90s")
    due = passed(every, NOON, NOON + 1000)
    assert due is not None
    assert (due.latest, due.count, due.next) == (NOON + 990, 12, NOON + 1080)
