"""A failed attempt on the doctor's table."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..logs.tail import plain
from ..models.advice import Advice, Change, Evidence, Fix
from ..models.code import LIVE
from ..models.resources import JobSpec, Spec
from ..models.runs import Observation, Run
from ..models.words import duration
from ..sources.rows import Row
from . import lastwords
from .commands import Started, started
from .files import Files
from .lastwords import LastWords
from .modules import kernel_prefix

LENGTH = 300
_NOTEBOOK = 4 * 1024 * 1024
"""Bytes of a notebook that is read for its kernel's name."""


@dataclass(frozen=True)
class Case:
    """How an attempt ended and what is to be seen of it. `rows`: the files of its copy."""

    run: Run
    seen: Observation
    rows: Sequence[Row] | None = None

    @property
    def spec(self) -> Spec:
        """The resource as it was run."""
        return self.run.execution.spec

    @property
    def timeout(self) -> int | None:
        """Seconds that an attempt had."""
        return self.spec.timeout if isinstance(self.spec, JobSpec) else None

    @property
    def after(self) -> str:
        """How long it ran, with a space before it; empty where it never did."""
        if self.run.started_at is None:
            return ""
        seconds = self.seen.at - self.run.started_at
        return f" after {duration(seconds)}" if seconds >= 0.05 else " at once"

    @property
    def again(self) -> str:
        """What to do where nothing is wrong with it."""
        return "it is started again by itself" if self.run.is_instance else "run it again"

    @property
    def evidence(self) -> Evidence:
        """What the backend found."""
        return self.seen.evidence or Evidence()

    @cached_property
    def words(self) -> LastWords:
        """The log's last ones."""
        return lastwords.read(self.evidence.tail)

    @cached_property
    def files(self) -> Files:
        """The project's."""
        execution = self.run.execution
        live = execution.code.source == LIVE
        rows = None if live else self.rows or ()
        return Files(Path(execution.project), self.spec.working_directory, rows)

    @cached_property
    def started(self) -> Started | None:
        """The file that the command started."""
        return started(self.spec.command)

    @cached_property
    def prefix(self) -> str:
        """The environment that its Python was of."""
        found, own = self.started, self.run.execution.prefix
        if self.words.cell and found and found.kind == "notebook":
            return kernel_of(self.files, found.path) or own
        if found and found.kind == "python" and found.interpreter.startswith("/"):
            return os.path.dirname(os.path.dirname(found.interpreter))
        return own


def kernel_of(files: Files, notebook: str) -> str | None:
    """The environment that a notebook of the project runs in; None: not known."""
    path = Path(files.directory, notebook)
    try:
        if path.stat().st_size > _NOTEBOOK:
            return None
        name = json.loads(path.read_bytes())["metadata"]["kernelspec"]["name"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return kernel_prefix(str(name))


def advise(sentence: str, do: str, fix: Fix | None = None) -> Advice:
    """Advice of bounded length whose text is nothing but text."""
    return Advice(clipped(sentence), clipped(do), fix)


def clipped(text: str, length: int = LENGTH) -> str:
    """On one line, not longer than that."""
    text = re.sub(r"\s+", " ", plain(text.encode("utf-8", "replace").decode())).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def edit(label: str, kind: Change, value: str | int) -> Fix | None:
    """An edit of it; None where its value is nothing that a person could read and check."""
    readable = isinstance(value, int) or all(c == "\n" or c.isprintable() for c in value)
    return Fix(clipped(label, 120), kind, value) if readable else None
