"""Runs and attempts: their states, and which steps between states are legal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from .advice import Advice, Evidence
from .code import Code, Usage, Used
from .resources import DeploymentSpec, JobSpec


class RunState(str, Enum):
    """States of a run; `reason` beside them says why."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    RETRYING = "retrying"
    """An attempt failed, the next one waits for `next_attempt_at`."""
    STOPPING = "stopping"
    COMPLETED = "completed"
    ERROR = "error"
    STOPPED = "stopped"

    def __str__(self) -> str:
        return self.value


FINAL = frozenset({RunState.COMPLETED, RunState.ERROR, RunState.STOPPED})
ACTIVE = frozenset(RunState) - FINAL
OCCUPYING = frozenset({RunState.STARTING, RunState.RUNNING, RunState.STOPPING})
"""States in which a run holds one of the backend's places."""

_STEPS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.STARTING, RunState.STOPPED, RunState.ERROR}),
    RunState.STARTING: frozenset({RunState.RUNNING, RunState.RETRYING, RunState.STOPPING}) | FINAL,
    RunState.RUNNING: frozenset({RunState.RETRYING, RunState.STOPPING}) | FINAL,
    RunState.RETRYING: frozenset({RunState.STARTING, RunState.RUNNING, RunState.STOPPING}) | FINAL,
    RunState.STOPPING: FINAL,
    RunState.COMPLETED: frozenset(),
    RunState.ERROR: frozenset(),
    RunState.STOPPED: frozenset(),
}


def legal(before: RunState, after: RunState) -> bool:
    """Whether a run may go from `before` to `after`. Staying is always legal while active."""
    return after in _STEPS[before] or (before == after and before in ACTIVE)


class Reason(str, Enum):
    """Why a run or an attempt is in its state, where there is more to say than the state."""

    EXIT = "exit"
    """The command ended with a code other than 0, or by a signal."""
    TIMEOUT = "timeout"
    LOST = "lost"
    """Its supervisor vanished (killed, container died, reboot) and left no exit code."""
    USER = "user"
    """Stopped by a person or a client."""
    DELETED = "deleted"
    """Stopped because its job was deleted."""
    REPLACED = "replaced"
    """Stopped by its schedule, whose next run took its place; an instance, by one of a later
    revision. That one is let finish what it was asked before."""
    START_SCRIPT = "start-script"
    WORKING_DIRECTORY = "working-directory"
    SOURCE = "source"
    """Its files could not be put in place: the snapshot is gone, git failed. Not retried."""
    NOT_STARTED = "not-started"
    """The backend could not start it: no space, no permission, no shell. `detail` says which."""

    def __str__(self) -> str:
        return self.value


TIMEOUT_EXIT = 124
FINAL_EXIT_CODES = frozenset({126, 127})
"""Not executable, not found: the next attempt would find the same. As on Kubernetes, where a
podFailurePolicy says so."""
_FIRST_DELAY, LONGEST_DELAY = 10.0, 600.0
"""Seconds before the first and the last retries."""


_FIRST_RESTART, LONGEST_RESTART = 1.0, 300.0
"""Seconds before an instance's first and last restarts in a row."""
LONG_LIFE = 60.0
"""Seconds after which an instance that dies is not one that dies again and again."""
KEPT_LIVES = 10
"""The latest lives of an instance of which rows and logs are kept: it may have no end of them."""
SLOW_START = 60.0
"""Seconds after which an instance that listens on nothing yet is worth a word."""


def restart_delay(crashes: int) -> float:
    """Seconds between the end of the n-th short life in a row and the next: 1, 2, 4 … 300."""
    return min(_FIRST_RESTART * 2.0 ** min(crashes - 1, 30), LONGEST_RESTART)


def retry_delay(failed_attempts: int) -> float:
    """Seconds between the end of the n-th failed attempt and the next: 10, 20, 40 … 600.

    The rule of the Kubernetes Job controller.
    """
    return min(_FIRST_DELAY * 2.0 ** min(failed_attempts - 1, 30), LONGEST_DELAY)


@dataclass(frozen=True)
class Attempt:
    """One process tree locally, one pod on Kubernetes."""

    run_id: str
    number: int
    """From 1."""
    state: RunState = RunState.STARTING
    reason: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    started_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True)
class Serving:
    """That an instance can be reached, and where."""

    host: str
    """An address of this machine."""
    port: int
    given: int
    """The port it was to listen on."""
    beyond: bool
    """Whether it listens beyond loopback too: whoever reaches this machine reaches it."""
    at: float
    """Since when."""


@dataclass(frozen=True)
class Execution:
    """All that a run needs, frozen when it is wished: later edits of its resource don't reach
    it."""

    spec: JobSpec | DeploymentSpec
    project: str
    prefix: str
    """Of the environment it runs in (`sys.prefix` of the kernel's interpreter)."""
    base_url: str
    """`SATURN_BASE_URL` for the run; ends with a slash."""
    code: Code = field(default_factory=Code)


@dataclass(frozen=True)
class Run:
    """One execution of a job, or one instance of a deployment, whose attempts are its lives."""

    id: str
    """32 hexadecimal digits that sort by time of creation."""
    job_id: str
    """Of an instance, its deployment's."""
    number: int
    """Counts the runs of one job, from 1."""
    owner: str
    backend: str
    execution: Execution
    trigger: str
    """`manual`, `schedule`, or `catch-up`: scheduled, and later than its slot."""
    by: str
    """Who asked."""
    generation: int
    """Of the job's token that it is given."""
    created_at: float
    scheduled_for: float | None = None
    """The slot that it was started for."""
    state: RunState = RunState.QUEUED
    reason: str | None = None
    detail: str | None = None
    """One more line on why: the last line of a failed log that says something, or the system's own
    words."""
    exit_code: int | None = None
    signal: int | None = None
    started_at: float | None = None
    """When the first attempt's process started."""
    ended_at: float | None = None
    next_attempt_at: float | None = None
    stop_reason: str | None = None
    """Set once somebody wishes it stopped."""
    attempt: int = 0
    """Number of the latest attempt; 0 before the first."""
    cell: int | None = None
    """Of a notebook: how many of its `cells` the latest attempt has begun."""
    cells: int | None = None
    used: Used | None = None
    """Of the latest attempt, like `cpu_seconds` and `memory_peak`; see `Usage`."""
    cpu_seconds: float | None = None
    memory_peak: int | None = None
    disk: int | None = None
    pinned: bool = False
    """Kept, however old."""
    advice: Advice | None = None
    """Once it has ended as `error`; of an instance, whenever there is something to say."""
    revision: int | None = None
    """Of an instance: the revision that it is of, from 1. None: it is a job's run."""
    instance: int | None = None
    """Of an instance: which one, from 1."""
    serving: Serving | None = None
    """Of an instance: None while it can't be reached (yet)."""
    served: bool = False
    """Of an instance: whether it could be reached in any of its lives."""
    crashes: int = 0
    """Of an instance: short lives in a row, up to now."""

    @property
    def is_instance(self) -> bool:
        """Whether it is of a deployment."""
        return self.revision is not None


@dataclass(frozen=True)
class Observation:
    """What a backend saw of one run: the run's state as of now, and its latest attempt.

    Repeating an observation changes nothing.
    """

    run_id: str
    attempt: int
    state: RunState
    """The run's."""
    at: float
    """When it became so, by the clock of the machine that runs it."""
    reason: str | None = None
    detail: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    next_attempt_at: float | None = None
    """With `retrying`: when control has to start it again; None where the backend itself does."""
    progress: tuple[int, int] | None = None
    """Of a notebook: cells begun, and cells in all."""
    used: Used | None = None
    """With the first observation of an attempt that runs, and whenever it is known again."""
    usage: Usage | None = None
    """With the last one."""
    evidence: Evidence | None = None
    """With one of an attempt that failed."""
    advice: Advice | None = None
    """With the run's last one, if it is `error`, and with any of an instance: the doctor's, not the
    backend's."""
    serving: Serving | None = None
    """Of an instance that runs."""
    crashes: int = 0
    """With an instance's `retrying`."""


@dataclass(frozen=True)
class Ending:
    """How one attempt ended."""

    at: float
    exit_code: int | None = None
    signal: int | None = None
    reason: Reason | None = None
    """None: by itself."""
    detail: str | None = field(default=None, compare=False)
    """The system's own words, where it has some."""
    usage: Usage | None = None
    evidence: Evidence | None = field(default=None, compare=False)

    @property
    def good(self) -> bool:
        """Ended by itself with exit code 0."""
        return self.reason is None and self.exit_code == 0


def after_attempt(
    run: Run, attempt: int, ending: Ending, started_at: float | None = None
) -> Observation:
    """What becomes of `run` when its attempt ends so: completed, error, stopped or retrying.

    `started_at`: when the attempt's process started, if it did.
    """
    seen = Observation(
        run_id=run.id,
        attempt=attempt,
        state=RunState.COMPLETED,
        at=ending.at,
        reason=ending.reason,
        detail=ending.detail,
        exit_code=ending.exit_code,
        signal=ending.signal,
        usage=ending.usage,
        evidence=ending.evidence,
    )
    if run.is_instance:
        return _after_life(run, seen, started_at)
    if ending.good:
        return seen
    if run.stop_reason is not None and ending.reason in (None, Reason.USER, Reason.LOST):
        return replace(seen, state=RunState.STOPPED, reason=run.stop_reason)
    if ending.reason is Reason.USER:
        # The supervisor was told to stop by somebody else than us: the machine shuts down.
        return _retry_or_error(run, attempt, replace(seen, reason=Reason.LOST))
    if ending.reason is None:
        seen = replace(seen, reason=Reason.EXIT)
    if seen.reason in (Reason.TIMEOUT, Reason.SOURCE) or ending.exit_code in FINAL_EXIT_CODES:
        return replace(seen, state=RunState.ERROR)
    return _retry_or_error(run, attempt, seen)


def _after_life(run: Run, seen: Observation, started_at: float | None) -> Observation:
    """An instance begins anew whatever ended it, until it is wished stopped."""
    if run.stop_reason is not None:
        return replace(seen, state=RunState.STOPPED, reason=run.stop_reason)
    lived = 0.0 if started_at is None else seen.at - started_at
    crashes = 1 if lived >= LONG_LIFE else run.crashes + 1
    reason = Reason.EXIT if seen.reason is None else seen.reason
    if reason is Reason.USER:  # not ours: the machine shuts down
        reason = Reason.LOST
    return replace(
        seen,
        state=RunState.RETRYING,
        reason=reason,
        crashes=crashes,
        next_attempt_at=seen.at + restart_delay(crashes),
    )


def _retry_or_error(run: Run, attempt: int, seen: Observation) -> Observation:
    spec = run.execution.spec
    retries = spec.retries if isinstance(spec, JobSpec) else 0
    if attempt <= retries and run.stop_reason is None:
        return replace(
            seen, state=RunState.RETRYING, next_attempt_at=seen.at + retry_delay(attempt)
        )
    return replace(seen, state=RunState.ERROR)
