"""What a run finds that works in the project itself: its files, and where its repository stands."""

from __future__ import annotations

import threading
import time
from dataclasses import astuple, dataclass, field
from pathlib import Path

from ...sources.errors import Cancelled, TooMany
from ...sources.git import GitError, Repository, Status
from ...sources.listing import list_project
from ...sources.records import Records
from ...workspace.git import find_git_dir, read_git

_MOST = 20_000
"""Entries of a project that are listed; a larger one is not."""
_LONGEST = 2.0
"""Seconds that listing takes at most, and that git has to find a repository and to say where it
stands."""

_Key = tuple[str | int | None, ...]
"""All that git's answer depends on: branch, commit, time of the index, digest of the list."""


@dataclass(frozen=True)
class Live:
    """As in `models.code.Used`."""

    files: str | None = None
    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None


@dataclass
class _Project:
    lock: threading.Lock = field(default_factory=threading.Lock)
    looked_at: float = 0.0
    """When the last look began."""
    seen: Live = field(default_factory=Live)
    key: _Key | None = None


class LiveProjects:
    """Looks at projects; belongs into threads, any number of them.

    Many who ask at once share a look: each gets one that began after it asked. git is started only
    when the list of files, the commit, the branch or the index is another one than before.
    """

    def __init__(self, state_dir: Path, records: Records) -> None:
        self._state_dir = state_dir
        self._records = records
        self._projects: dict[Path, _Project] = {}

    def look(self, project: Path) -> Live:
        """The project as it is now. Never raises: what can't be said is None."""
        asked = time.monotonic()
        known = self._projects.setdefault(project, _Project())
        with known.lock:
            if known.looked_at < asked:
                known.looked_at = time.monotonic()
                self._look(project, known)
            return known.seen

    def _look(self, project: Path, known: _Project) -> None:
        files = self._files(project)
        git = read_git(project)
        key: _Key | None = None
        if git.value is not None:
            key = (*astuple(git.value), _index_time(Path(git.source)), files)
        # Without a list there is no telling; but who took too long is not asked again.
        certain = files is not None or known.seen.dirty is None
        if key is None or key != known.key or not certain:
            known.key, known.seen = key, _asked(project, files)

    def _files(self, project: Path) -> str | None:
        """The digest of the list of its files, which is kept then."""
        deadline = time.monotonic() + _LONGEST
        try:
            listing = list_project(
                project,
                most=_MOST,
                also_out=[self._state_dir],
                cancelled=lambda: time.monotonic() > deadline,
            )
            return self._records.put(listing.rows())
        except (TooMany, Cancelled, OSError):
            return None


def _asked(project: Path, files: str | None) -> Live:
    """With what git says; nothing where there is no repository."""
    if not any((directory / ".git").exists() for directory in (project, *project.parents)):
        return Live(files)
    status = _status(project)
    if status is None or status.head is None:
        git = read_git(project).value
        return Live(files) if git is None else Live(files, git.commit or None, git.branch)
    changed = status.changed_count
    dirty = None if changed is None else changed > 0
    return Live(files, status.head.hash, status.branch, dirty)


def _status(project: Path) -> Status | None:
    try:
        return Repository.of(project, _LONGEST).status(_LONGEST)
    except GitError:
        return None


def _index_time(dot_git: Path) -> int:
    directory = find_git_dir(dot_git)
    try:
        return 0 if directory is None else (directory / "index").stat().st_mtime_ns
    except OSError:  # nothing was ever added
        return 0
