"""Causes outside of the program: what the machine or its own settings set a bound to."""

from __future__ import annotations

import errno
import os
import re
import signal

from ..models.advice import Advice, Change
from ..models.resources import TIMEOUT_LIMIT
from ..models.runs import Reason
from ..models.words import duration, ending
from ..workspace.hardware import memory_text
from .case import Case, advise, edit

_FULL = 1024 * 1024
"""Fewer bytes than that free is none."""
_NO_SPACE = re.compile(
    rf".*({os.strerror(errno.ENOSPC)}|{os.strerror(errno.EDQUOT)}|\[Errno 28\]"
    r"|database or disk is full).*",
    re.IGNORECASE,
)
_KILLED = re.compile(
    r".*(\bKilled\b|SIGKILL|[Kk]ernel died|BrokenProcessPool|TerminatedWorker"
    r"|terminated abruptly|exit(ed with)? code -9\b|died with <Signals\.SIGKILL).*"
)
_SYSTEM_ENDS = {
    signal.SIGSEGV: "a library that it uses, or memory that was written over, made it crash",
    signal.SIGBUS: "a file that it had in memory was cut short, or /dev/shm is full",
    signal.SIGILL: "a library was built for another processor than this one",
    signal.SIGABRT: "it gave up on a state that should not be",
    signal.SIGFPE: "it divided whole numbers by zero",
}


def timeout(case: Case) -> Advice | None:
    """Stopped at its own limit."""
    limit = case.timeout
    if case.seen.reason != Reason.TIMEOUT or limit is None:
        return None
    longer = min(limit * 2, TIMEOUT_LIMIT)
    last = f"; its last words were: {case.words.line}" if case.words.line else ""
    return advise(
        f"it took longer than {limit} s, the limit for one attempt{last}",
        "raise the timeout if it only needs more time; else see in the log where it waits",
        edit(f"Raise the timeout to {_span(longer)}", Change.TIMEOUT, longer),
    )


def _span(seconds: int) -> str:
    return duration(seconds) if seconds >= 60 else f"{seconds} s"


def working_directory(case: Case) -> Advice | None:
    """There was none to work in."""
    if case.seen.reason != Reason.WORKING_DIRECTORY:
        return None
    wanted = case.spec.working_directory
    if not wanted:
        return advise(
            f"the project {case.run.execution.project} does not exist or can't be entered",
            "put it back, or make it anew in the project it belongs to",
        )
    return advise(
        f"the working directory {wanted} does not exist in the project or can't be entered",
        "create it, or let it work in the project itself",
        edit("Work in the project itself", Change.WORKING_DIRECTORY, ""),
    )


def source(case: Case) -> Advice | None:
    """Its files could not be put in place."""
    if case.seen.reason != Reason.SOURCE:
        return None
    return advise(
        f"its code could not be put in place: {case.seen.detail or 'no reason was given'}",
        "edit it and choose its code again: another reference, or the project frozen anew",
    )


def not_started(case: Case) -> Advice | None:
    """The backend could not even begin."""
    if case.seen.reason != Reason.NOT_STARTED:
        return None
    words = case.seen.detail or "no reason was given"
    if _NO_SPACE.fullmatch(words):
        return _full(case, f"it could not be started, for a disk is full: {words}")
    do = f"see that the directory for runs and logs can be written to; then {case.again}"
    if words.startswith(os.strerror(errno.E2BIG)):
        do = "put large environment variables into a file of the project"
    return advise(f"it could not be started: {words}", do)


def lost(case: Case) -> Advice | None:
    """Who watched it is gone, and so is the exit code."""
    if case.seen.reason != Reason.LOST:
        return None
    return advise(
        "its supervisor was killed, or the machine or container restarted, so nobody knows how"
        " it ended",
        case.again if case.run.is_instance else f"{case.again}; retries would do so by themselves",
    )


def out_of_memory(case: Case) -> Advice | None:
    """Only with the kernel's word: it killed somebody, and somebody of this attempt was killed."""
    evidence, words = case.evidence, case.words
    was_killed = case.seen.signal == signal.SIGKILL or words.find(_KILLED)
    if not evidence.oom_kills or not was_killed:
        return None
    peak = case.seen.usage.memory_peak if case.seen.usage else None
    held = f"; it held {memory_text(peak)} at its peak" if peak else ""
    had = f" of the {memory_text(evidence.memory)} there are" if evidence.memory else ""
    where = f" in {words.cell}" if words.cell else ""
    return advise(
        f"out of memory{where}: the kernel killed it{held}{had if held else ''}",
        "let it hold less at once (parts of the data, smaller types), run fewer things beside it,"
        " or use a larger machine",
    )


def disk_full(case: Case) -> Advice | None:
    """By its own words, or because nothing is free."""
    said = case.words.find(_NO_SPACE)
    if said:
        return _full(case, f"a disk is full: {said[0]}")
    if case.evidence.free is not None and case.evidence.free < _FULL:
        last = f", and {case.words.line}" if case.words.line else ""
        return _full(case, f"a disk it writes to is full{last}")
    return None


def _full(case: Case, sentence: str) -> Advice:
    free = case.evidence.free
    left = f" ({memory_text(free)} are free now)" if free is not None and free >= _FULL else ""
    return advise(
        sentence,
        f"make room{left}: delete old runs and files that are not needed; then {case.again}",
    )


def killed(case: Case) -> Advice | None:
    """By a signal, whoever sent it."""
    number = case.seen.signal
    if number is None or case.words.exception:
        return None
    last = f"; its last words were: {case.words.line}" if case.words.line else ""
    if number == signal.SIGKILL:
        known = case.evidence.oom_kills is not None
        kernel = "counted no kill for want of memory" if known else "does not say why here"
        return advise(
            f"killed by SIGKILL: by whom is not known, and the kernel {kernel}{last}",
            "see who ends processes on this machine; if it needs much memory, watch that in its"
            " metrics",
        )
    if number in _SYSTEM_ENDS:
        how = "a segmentation fault" if number == signal.SIGSEGV else ending(None, number)
        return advise(
            f"{how}: {_SYSTEM_ENDS[signal.Signals(number)]}{last}",
            "set PYTHONFAULTHANDLER=1 among its environment variables: Python then says in the log"
            " where it was",
        )
    return advise(
        f"{ending(None, number)}: somebody ended it from outside, or it did so itself{last}",
        f"{case.again}; if that happens again, look for who sends that signal",
    )
