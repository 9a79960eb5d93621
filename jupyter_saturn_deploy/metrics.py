"""What the server's `/metrics` says about runs."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

from .models.runs import ACTIVE, FINAL, Run, RunState
from .models.schedule import Outcome

RUNS = Gauge(
    "saturn_deploy_runs", "Runs and instances of deployments now in each active state.", ["state"]
)
QUEUE = Gauge("saturn_deploy_queue_length", "Runs that wait for a free place.")
ENDED = Counter("saturn_deploy_runs_ended", "Runs that ended here, by state.", ["state"])
ATTEMPTS = Counter("saturn_deploy_attempts_started", "Attempts that began here.")
RESTARTS = Counter(
    "saturn_deploy_instance_restarts", "Instances of deployments that died and begin again."
)
SLOTS = Counter(
    "saturn_deploy_slots", "Slots of schedules that were decided on here, by outcome.", ["outcome"]
)
LATENCY = Histogram(
    "saturn_deploy_start_latency_seconds",
    "From the wish to the start of the first attempt's command.",
    buckets=(0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600),
)


def show_counts(counts: Mapping[RunState, int]) -> None:
    """Set the gauges."""
    for state in ACTIVE:
        RUNS.labels(state.value).set(counts.get(state, 0))
    QUEUE.set(counts.get(RunState.QUEUED, 0))


def count_slots(outcome: Outcome, slots: int) -> None:
    """A listener for `engine.scheduler.Scheduler.on_slot`."""
    SLOTS.labels(outcome.value).inc(slots)


def count_step(before: Run, after: Run) -> None:
    """A listener for `engine.engine.Engine.on_step`."""
    if after.state in FINAL and before.state not in FINAL:
        ENDED.labels(after.state.value).inc()
    if after.state is RunState.RUNNING and before.state is not RunState.RUNNING:
        ATTEMPTS.inc()
        if before.attempt == 1 and before.started_at is None and after.started_at is not None:
            LATENCY.observe(max(after.started_at - after.created_at, 0))
    if after.is_instance and after.state is RunState.RETRYING is not before.state:
        RESTARTS.inc()
