"""One line on why an attempt ended badly."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from ...models.runs import Ending, Execution, Reason

_TAIL = 16 * 1024
_LENGTH = 300
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def explain(ending: Ending, execution: Execution, log: Path) -> Ending:
    """`ending` with its `detail`: a sentence where the reason calls for one, else the log's words.

    Reads at most the last 16 KiB of the log. At most 300 characters, none of them control
    characters.
    """
    if ending.good or ending.reason is Reason.USER or ending.detail:
        return ending
    return replace(ending, detail=_sentence(ending, execution) or last_line(log))


def _sentence(ending: Ending, execution: Execution) -> str | None:
    spec = execution.spec
    if ending.reason is Reason.TIMEOUT:
        return f"it took longer than {spec.timeout} s, the limit for one attempt"
    if ending.reason is Reason.WORKING_DIRECTORY:
        where = spec.working_directory or execution.project
        return f"the working directory {where} does not exist or can't be entered"
    if ending.reason is Reason.START_SCRIPT:
        return f"the start script ended with exit code {ending.exit_code}; the command was not run"
    if ending.reason is Reason.LOST:
        return "its supervisor was killed, or the machine or container restarted"
    return None


def last_line(log: Path) -> str | None:
    """The last line of the log that shows anything, or None."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        return None
    text = _ESCAPE.sub("", tail.decode("utf-8", "replace"))
    for line in reversed(re.split(r"[\n\r]", text)):
        if shown := _CONTROL.sub("", line).strip():
            return shown[:_LENGTH]
    return None
