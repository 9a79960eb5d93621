"""Which files the runs of a job get: what its spec says about them, held against the project."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ..models.code import GIT, LIVE, SNAPSHOT, SOURCES, Code, Snapshot
from ..models.errors import FieldProblem, Invalid
from ..models.resources import Spec
from ..sources.errors import Cancelled, SourceError
from ..sources.git import Commit, GitError, Repository
from ..sources.snapshots import Snapshots

_FIELD = "spec.x-jupyter"
_NAMED = 3
"""Changed files that a warning names."""
_THREADS = 32
"""Most of them wait: for a remote up to minutes."""

T = TypeVar("T")


class Sources:
    """Where the files of runs come from. What may ask git says `apart`."""

    def __init__(self, snapshots: Snapshots) -> None:
        self.snapshots = snapshots
        self._threads = ThreadPoolExecutor(_THREADS, "saturn-deploy-sources")
        self._freezing = threading.Lock()
        self._closed = threading.Event()

    async def apart(self, work: Callable[..., T], *arguments: object) -> T:
        """`work(*arguments)` in a thread of ours: asyncio's own are few, and with all of them
        waiting for a remote that doesn't answer, nobody else in the server would get any."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, *arguments)

    def close(self) -> None:
        """Begin nothing any more, and give up what is being frozen."""
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def settle(self, project: Path, spec: Spec, before: Spec | None) -> tuple[Spec, list[str]]:
        """`spec` with its snapshot, and warnings; apart. Raises `Invalid`.

        A resource that has no snapshot yet gets one of the project as it is now; one that is edited
        keeps the one it has unless another is named. `mismatches` finds nothing in `spec`.
        """
        if spec.source == GIT:
            try:
                return spec, _left_behind(project, spec)
            except Invalid as error:
                if before is None or (before.source, before.reference) != (GIT, spec.reference):
                    raise
                return spec, [str(error)]  # it was good once: no reason to refuse another change
        if spec.source != SNAPSHOT:
            return spec, []
        if spec.snapshot is None and before is not None and before.source == SNAPSHOT:
            spec = replace_spec(spec, snapshot=before.snapshot)
        if spec.snapshot is None:
            return replace_spec(spec, snapshot=self._freeze(project).digest), []
        kept = before is not None and spec.snapshot == before.snapshot
        if not kept and self.snapshots.renewed(spec.snapshot) is None:
            raise Invalid.field(
                f"{_FIELD}.snapshot",
                f"there is no snapshot {spec.snapshot[:12]} here",
                "leave it out to freeze the project as it is now",
            )
        return spec, []

    def resolve(self, project: Path, spec: Spec) -> Code:
        """The code of a run that is wished now; apart. Raises `Invalid`."""
        if spec.source == GIT:
            assert spec.reference is not None
            commit = commit_of(project, spec.reference, f"{_FIELD}.reference")
            return Code(GIT, reference=spec.reference, commit=commit.hash)
        if spec.source == SNAPSHOT:
            return Code(SNAPSHOT, snapshot=spec.snapshot)
        return Code(LIVE)

    def _freeze(self, project: Path) -> Snapshot:
        try:
            # One at a time: many busy threads would leave the event loop no turn.
            with self._freezing:
                return self.snapshots.pack(
                    project, lambda _files, _bytes: None, self._closed.is_set
                )
        except Cancelled:
            raise Invalid.field(f"{_FIELD}.source", "the server is stopping", "try later") from None
        except SourceError as error:
            raise Invalid.field(
                f"{_FIELD}.source", str(error), "make room on that disk, or use live"
            ) from None


def commit_of(project: Path, reference: str, field: str) -> Commit:
    """What a reference of the project's repository means now. Raises `Invalid` for `field`."""
    try:
        return Repository.of(project).resolve(reference)
    except GitError as error:
        raise Invalid.field(field, error.message, error.fix) from None


def replace_spec(spec: Spec, **changes: str | None) -> Spec:
    """`spec` with other values, which are known to be valid."""
    return spec.model_copy(update=changes)


def mismatches(spec: Spec) -> list[FieldProblem]:
    """What of a spec about its source doesn't go together."""
    problems = []
    if spec.source is not None and spec.source not in SOURCES:
        problems.append(
            FieldProblem(
                f"{_FIELD}.source",
                f"{spec.source[:60]!r} is not known",
                f"use {', '.join(SOURCES)}, or leave it out",
            )
        )
    if spec.source == GIT and spec.reference is None:
        problems.append(
            FieldProblem(
                f"{_FIELD}.reference",
                "must be given with the source git",
                "e.g. main, a commit hash, or tags/v1.2.3",
            )
        )
    for name, source in (("reference", GIT), ("snapshot", SNAPSHOT)):
        if getattr(spec, name) is not None and spec.source != source:
            problems.append(
                FieldProblem(
                    f"{_FIELD}.{name}",
                    f"has no meaning with the source {spec.source or LIVE}",
                    f"leave it out, or use the source {source}",
                )
            )
    return problems


def _left_behind(project: Path, spec: Spec) -> list[str]:
    """A warning where the project holds work that is not in the commit."""
    assert spec.reference is not None
    commit = commit_of(project, spec.reference, f"{_FIELD}.reference")
    try:
        changed = Repository.of(project).differs_from(commit.hash)
    except GitError:
        return []
    if not changed:
        return []
    named = ", ".join(changed[:_NAMED]) + (", …" if len(changed) > _NAMED else "")
    files = "1 file" if len(changed) == 1 else f"{len(changed)} files"
    return [
        f"{files} of the project differ from {spec.reference} now ({named}); runs have them as"
        f" they are in commit {commit.hash[:12]}: commit your changes, or use a snapshot"
    ]
