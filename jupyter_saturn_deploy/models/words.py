"""States in words, the same everywhere."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from .deployments import Standing
from .resources import JobSpec
from .runs import Reason, Run, RunState

_FAILURES = {
    Reason.TIMEOUT: "stopped at its time limit",
    Reason.LOST: "lost: its supervisor vanished (killed, out of memory, or the machine restarted)",
    Reason.START_SCRIPT: "the start script failed, the command was not run",
    Reason.WORKING_DIRECTORY: "the working directory does not exist",
    Reason.SOURCE: "its code could not be put in place",
    Reason.NOT_STARTED: "could not be started",
}


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def count(number: int, thing: str) -> str:
    """0 files, 1 file, 1,204 files."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """3.2 s, 42 s, 4 min 05 s, 2 h 07 min."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


NOBODY = "this machine was off or nobody was there to start it"
SWITCHED_OFF = "the schedule was switched off"
ASKED_GIT = "its repository took that long to answer"


def missed(why: str, slots: int) -> str:
    """Why one slot, or several in a row, never started."""
    return why if slots == 1 else f"{why}, {count(slots, 'slot')}"


def still(run: Run) -> str:
    """Why a slot did not start while this run was active."""
    queued = run.state in (RunState.QUEUED, RunState.RETRYING)
    return f"run {run.number} was still {run.state if queued else RunState.RUNNING}"


def late(seconds: float, why: str) -> str:
    """Why a slot started later than its time."""
    return f"started {duration(seconds)} late: {why}"


def ending(exit_code: int | None, signal_number: int | None) -> str:
    """How a process ended."""
    if signal_number is not None:
        try:
            name = signal.Signals(signal_number).name
        except ValueError:
            name = f"signal {signal_number}"
        return f"killed by {name}"
    return f"exit code {exit_code}"


def sentence(run: Run, queue_position: int | None) -> str:
    """The run's state as people say it."""
    took = ""
    if run.started_at is not None and run.ended_at is not None:
        seconds = run.ended_at - run.started_at
        took = f" after {duration(seconds)}" if seconds >= 0.05 else " at once"
    if run.state is RunState.QUEUED:
        return f"queued, {ordinal(queue_position)}" if queue_position else "queued"
    if run.is_instance:
        return _of_instance(run) + took
    if run.state is RunState.RETRYING:
        spec = run.execution.spec
        of = f" of {spec.retries + 1}" if isinstance(spec, JobSpec) else ""
        return f"attempt {run.attempt}{of} failed ({_cause(run)}), the next one follows"
    if run.state is RunState.STOPPED:
        return f"{'replaced by the next run' if run.reason == Reason.REPLACED else 'stopped'}{took}"
    if run.state is RunState.ERROR:
        return _cause(run) + took
    if run.state is RunState.COMPLETED:
        return f"completed{took}"
    if run.state is RunState.RUNNING and run.cells:
        return f"running, cell {run.cell} of {run.cells}"
    return str(run.state)


def standing_sentence(standing: Standing, living: Sequence[Run]) -> str:
    """A deployment's state as people say it."""
    current = [run for run in living if run.stop_reason is None]
    ready = sum(run.serving is not None for run in current)
    if not standing.wanted:
        if living:
            return "stopping"
        return "stopped" if standing.revision else "never started"
    service = f"{ready} of {count(standing.scale, 'instance')} ready"
    new = [run for run in current if run.revision == standing.revision]
    failing = next((run for run in new if run.state is RunState.RETRYING), None)
    if failing is not None:
        # Whether it was up before it ended is not known here.
        of = f"instance {failing.instance} of " if standing.scale > 1 else ""
        cause = f"{of}revision {standing.revision} ended: {_of_instance(failing)}"
        return f"{cause}; {service}" if ready else cause
    if any(run.revision != standing.revision for run in current):
        return f"revision {standing.revision} takes over, {service}"
    return service


def _of_instance(run: Run) -> str:
    if run.state is RunState.RETRYING:
        restarts = f", restarted {count(run.attempt - 1, 'time')}" if run.attempt > 1 else ""
        return f"{_cause(run)}{restarts}, starts again"
    if run.state is RunState.STOPPED:
        replaced = run.reason == Reason.REPLACED
        return "replaced by a later revision" if replaced else "stopped"
    if run.state is RunState.RUNNING:
        return "running" if run.serving else "running, listens on nothing yet"
    return str(run.state)


def _cause(run: Run) -> str:
    if run.reason in list(Reason) and (words := _FAILURES.get(Reason(run.reason))):
        return words
    return ending(run.exit_code, run.signal)
