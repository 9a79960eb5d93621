"""Code: which files a run has, and what it really ran with."""

from __future__ import annotations

from dataclasses import dataclass

LIVE, SNAPSHOT, GIT = SOURCES = ("live", "snapshot", "git")
"""The project itself, a frozen copy of it, a commit of its repository."""


@dataclass(frozen=True)
class Code:
    """Which files a run is to have, settled when it is wished."""

    source: str = LIVE
    """One of `SOURCES`."""
    snapshot: str | None = None
    """With `snapshot`: its digest."""
    reference: str | None = None
    """With `git`: as it was asked for."""
    commit: str | None = None
    """With `git`: what the reference meant then, a full hash."""


@dataclass(frozen=True)
class Snapshot:
    """A project, frozen."""

    digest: str
    """SHA-256, in hexadecimal, over paths, modes and contents."""
    project: str
    """Absolute path of the project it was made of."""
    files: int
    bytes: int
    """Of the files; it takes less on disk."""
    made_at: float


@dataclass(frozen=True)
class Used:
    """What an attempt really ran with, noted just before its command began."""

    source: str
    directory: str
    """Where the command found the project."""
    same_path: bool
    """Whether `directory` is the project's own path."""
    commit: str | None = None
    """That the files are of, or with `live` that they were changed from."""
    branch: str | None = None
    dirty: bool | None = None
    """With `live`: files differ from the commit. None: no repository, or it can't be said."""
    files: str | None = None
    """Digest of the list of its files in `sources.records`; None: not listed (too many)."""
    packages: str | None = None
    """Digest of the list of the environment's packages in `sources.records`."""
    image: str = ""
    image_digest: str | None = None


@dataclass(frozen=True)
class Usage:
    """What an attempt took."""

    cpu_seconds: float | None = None
    """User and system time of its whole tree."""
    memory_peak: int | None = None
    """Most bytes that its tree had resident at once, as far as seen."""
    disk: int | None = None
    """Bytes on disk of all that is kept of the run: logs, output, files it wrote."""
