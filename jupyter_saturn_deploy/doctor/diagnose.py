"""The one question that is asked of the doctor: why did it fail, and what is to be done?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..models.advice import Advice
from ..models.runs import Observation, Reason, Run, RunState
from ..models.words import count, ending
from ..sources.rows import Row
from . import limits, python, serving, shell
from .case import Case, advise, clipped

_CAUSES: tuple[Callable[[Case], Advice | None], ...] = (
    limits.timeout,
    limits.working_directory,
    limits.source,
    limits.not_started,
    limits.lost,
    limits.out_of_memory,
    limits.disk_full,
    serving.port_taken,
    serving.ended_well,
    shell.syntax,
    shell.not_executable,
    shell.not_found,
    shell.no_script,
    shell.option,
    serving.no_app,
    python.module,
    python.file,
    python.memory,
    python.syntax,
    python.start_script,
    limits.killed,
    python.exception,
)
"""Those that are certain before those that go by words, and these before what is left."""


def diagnosed(run: Run, seen: Observation, rows: Sequence[Row] | None = None) -> Observation:
    """`seen`, with its `detail` if the attempt failed, and its `advice` if the run did; an instance
    never fails for good, so every end of one has advice, and its life what is wrong with where it
    listens.

    `rows`: the list of the files that the run had, where it had a copy of the project. Looks at
    files of the project and of environments: blocks, some tenths of a second at most on disks that
    answer. Runs and imports nothing.
    """
    if run.is_instance and seen.state is RunState.RUNNING:
        living = replace(run, state=seen.state, started_at=seen.at, serving=seen.serving)
        return replace(seen, advice=serving.standing(living, time.time()))
    case = Case(run, seen, rows)
    if seen.state not in (RunState.ERROR, RunState.RETRYING):
        return seen
    if seen.state is RunState.ERROR or run.is_instance:
        seen = replace(seen, advice=_advice(case))
    return replace(seen, detail=seen.detail or _detail(case))


def _advice(case: Case) -> Advice:
    for cause in _CAUSES:
        if advice := cause(case):
            return _of_start_script(advice) if _nested(case, cause) else advice
    how = _how(case)
    if case.words.line:
        return advise(f"{how}: {case.words.line}", "see the log for how it came to that")
    return advise(
        f"{how}, and it wrote nothing",
        "let it say what it does; `set -x` as the first line of the command shows each step",
    )


def _how(case: Case) -> str:
    code, number = case.seen.exit_code, case.seen.signal
    how = ending(code, number)
    if not case.run.is_instance:
        return how
    how = f"exited with code {code}" if number is None else how
    restarts = case.run.attempt - 1
    again = f", restarted {count(restarts, 'time')}" if restarts > 0 else ""
    return f"{how}{case.after}{again}"


def _nested(case: Case, cause: Callable[[Case], Advice | None]) -> bool:
    return case.seen.reason == Reason.START_SCRIPT and cause is not python.start_script


def _of_start_script(advice: Advice) -> Advice:
    """That a line of it failed: then neither one at its end nor the command would help."""
    return advise(f"the start script failed: {advice.sentence}", advice.do)


def _detail(case: Case) -> str | None:
    """A sentence where the reason calls for one, else the log's words."""
    spec, execution = case.spec, case.run.execution
    words: dict[str, str] = {
        Reason.TIMEOUT: f"it took longer than {case.timeout} s, the limit for one attempt",
        Reason.WORKING_DIRECTORY: (
            f"the working directory {spec.working_directory or execution.project}"
            " does not exist or can't be entered"
        ),
        Reason.START_SCRIPT: (
            f"the start script ended with exit code {case.seen.exit_code}; the command was not run"
        ),
        Reason.LOST: "its supervisor was killed, or the machine or container restarted",
    }
    return clipped(words.get(case.seen.reason or "") or case.words.line) or None
