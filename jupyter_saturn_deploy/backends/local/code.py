"""Puts an attempt's files in place, notes what it runs with, keeps what it wrote into a copy."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from ...models.code import LIVE, SNAPSHOT, Code, Used
from ...models.runs import Run
from ...sources.errors import Cancelled, SourceError
from ...sources.git import GitError, Repository
from ...sources.prune import prune
from ...sources.records import Records
from ...sources.rows import Row
from ...sources.snapshots import Snapshots
from .attempt import LAUNCHER, AttemptDirectory, Copy
from .live import LiveProjects
from .tree import remove

_NO_SPACE = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), "unable to write file")
"""The last is all that git says of it."""

Packages = Callable[[str], Sequence[tuple[str, str]]]
"""Names and versions of what is installed under a prefix."""


class Files:
    """The files of this machine's runs. Blocks: belongs into a thread.

    `packages`: reads an environment. `image`: the name of the one that this is, or `""`.
    """

    def __init__(self, state_dir: Path, packages: Packages, image: Callable[[], str]) -> None:
        self._records = Records(state_dir)
        self._snapshots = Snapshots(state_dir)
        self._live = LiveProjects(state_dir, self._records)
        self._packages = packages
        self._image = image

    def place(
        self, run: Run, attempt: AttemptDirectory, cancelled: Callable[[], bool]
    ) -> Copy | None:
        """Put the run's files in place and note what it runs with; the copy that was made.

        What an earlier try left is made anew. Raises `SourceError` for what the next attempt
        would find the same, OSError for what it might not, `Cancelled`.
        """
        project, code = Path(run.execution.project), run.execution.code
        packages = self._kept(self._packages(run.execution.prefix))
        used = Used(LIVE, str(project), True, packages=packages, image=self._image())
        if code.source == LIVE:
            live = self._live.look(project)
            attempt.note(replace(used, **asdict(live)))
            return None
        _clear(attempt)
        try:
            rows = self._copied(code, project, attempt.copy, cancelled)
        except BaseException:
            remove(attempt.copy)
            raise
        attempt.note(replace(used, source=code.source, commit=code.commit, files=self._kept(rows)))
        keep = _below(project, _needed(run, attempt))
        for home in _below(project, [_home()]):
            if not (attempt.copy / home.relative_to(project)).exists():
                keep.add(home)
        return Copy(attempt.copy, project, _without_nested(keep))

    def tidy(self, run: Run, attempt: AttemptDirectory) -> None:
        """Of the copy that an ended attempt had, leave what it wrote. May be done again."""
        if not attempt.began():
            return _clear(attempt)
        used, unpacked_at = attempt.used(), attempt.noted_at()
        rows = None if used is None or used.files is None else self._records.get(used.files)
        if rows is None or unpacked_at is None or not attempt.copy.is_dir():
            return None
        prune(attempt.copy, rows, unpacked_at)
        project = Path(run.execution.project)
        for path in _below(project, [*_needed(run, attempt), _home()]):
            _remove_empty(attempt.copy, path.relative_to(project))
        with suppress(OSError):
            attempt.copy.rmdir()  # if nothing is left
        return None

    def _copied(
        self, code: Code, project: Path, into: Path, cancelled: Callable[[], bool]
    ) -> Sequence[Row]:
        if cancelled():
            raise Cancelled
        try:
            if code.source == SNAPSHOT:
                return self._snapshots.unpack(code.snapshot or "", into, cancelled)
            return Repository.of(project).checkout(code.commit or "", into, cancelled)
        except (SourceError, GitError) as error:
            if any(words in str(error) for words in _NO_SPACE):
                raise OSError(str(error)) from None
            raise SourceError(str(error)) from None

    def _kept(self, rows: Sequence[Row]) -> str | None:
        """Their digest in the records; None where they can't be kept, which stops no run."""
        try:
            return self._records.put(rows)
        except OSError:
            return None


def _clear(attempt: AttemptDirectory) -> None:
    """Nothing stays of a copy that nothing ran in."""
    for left in (attempt.copy, *attempt.path.glob(f".{attempt.copy.name}-*")):
        remove(left)


def _needed(run: Run, attempt: AttemptDirectory) -> Iterator[Path]:
    """Directories that the run needs as they are, wherever they lie."""
    prefix = Path(run.execution.prefix)
    yield from (attempt.path, LAUNCHER.parent, prefix, Path(sys.prefix), Path(sys.base_prefix))
    # A virtual environment's interpreter is another's.
    yield Path(os.path.realpath(prefix / "bin" / "python")).parent.parent


def _home() -> Path:
    return Path(os.environ.get("HOME") or "/")


def _below(project: Path, paths: Iterable[Path]) -> set[Path]:
    """Those that lie below the project, by their name or by where their links lead."""
    places = {place for path in paths for place in (path, Path(os.path.realpath(path)))}
    return {place for place in places if project in place.parents and place.is_dir()}


def _without_nested(paths: set[Path]) -> tuple[Path, ...]:
    return tuple(sorted(path for path in paths if not paths & set(path.parents)))


def _remove_empty(directory: Path, below: Path) -> None:
    """Remove `below` in it, and what lies between, as far as nothing is in them."""
    for path in (below, *below.parents[:-1]):
        with suppress(OSError):
            (directory / path).rmdir()
