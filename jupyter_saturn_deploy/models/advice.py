"""What is seen of an attempt that failed, and what there is to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Evidence:
    """What a backend found where an attempt ended badly, beside how it ended."""

    tail: str = ""
    """The end of its log: plain lines (`logs.tail`)."""
    oom_kills: int | None = None
    """Processes that the kernel killed for want of memory while it ran, of this attempt or beside
    it; None: the kernel doesn't say."""
    memory: int | None = None
    """Bytes there were."""
    free: int | None = None
    """Bytes free on the fullest disk it writes to."""


class Change(str, Enum):
    """What of a resource a fix edits."""

    START_SCRIPT = "start_script"
    """`value` is a line more at its end."""
    COMMAND = "command"
    WORKING_DIRECTORY = "working_directory"
    TIMEOUT = "timeout"
    """`value` is in seconds."""
    MAKE_JOB = "make_job"
    """No edit: it should be a job. `value` is empty."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Fix:
    """An edit of a resource. Holds no value of an environment variable."""

    label: str
    """What it does, as on a button."""
    kind: Change
    value: str | int


@dataclass(frozen=True)
class Advice:
    """What went wrong, in one sentence, and what to do. Each at most 300 characters of text."""

    sentence: str
    do: str
    fix: Fix | None = None
