"""What differs between two runs of a job: files, commits, packages, settings."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..models.code import GIT, LIVE
from ..models.resources import Spec
from ..models.runs import Execution, Run, RunState
from ..models.words import count
from ..sources import compare
from ..sources.git import Commit, GitError, Repository
from ..sources.records import Records

FILES_SHOWN = 200
COMMITS_SHOWN = 50
_TEXT = 300
"""Characters of a setting."""
_SETTINGS = (
    "command",
    "working_directory",
    "start_script",
    "instance_type",
    "image",
    "retries",
    "timeout",
    "scale",
)


@dataclass(frozen=True)
class FileChange:
    """One file that differs."""

    path: str
    change: str
    """`added`, `removed` or `changed`."""
    during: bool
    """Written while the earlier run ran: probably by it."""


@dataclass(frozen=True)
class Difference:
    """One thing that had another value. None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass
class Changes:
    """What differs in a run from an earlier one, `since`; None where there is none."""

    since: Run | None
    files: list[FileChange] = field(default_factory=list)
    files_unknown: str | None = None
    """Why files can't be compared."""
    commits: list[Commit] = field(default_factory=list)
    """Newest first, at most `COMMITS_SHOWN`."""
    commits_count: int = 0
    packages: list[Difference] = field(default_factory=list)
    packages_unknown: str | None = None
    settings: list[Difference] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """All of it in a sentence."""
        if self.since is None:
            return "No run of this job was completed before this one."
        earlier = f"run {self.since.number}"
        if self.since.state is RunState.COMPLETED:
            earlier += ", which was good"
        own = sum(not item.during for item in self.files)
        parts = [
            count(own, "file"),
            count(self.commits_count, "commit"),
            count(len(self.packages), "package"),
            count(len(self.settings), "setting"),
        ]
        parts = [part for part in parts if not part.startswith("0 ")]
        if not parts:
            return f"Nothing that is recorded differs from {earlier}."
        listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
        verb = "differs" if listed.startswith("1 ") and len(parts) == 1 else "differ"
        return f"{listed} {verb} from {earlier}."


def changes(run: Run, since: Run | None, records: Records) -> Changes:
    """What differs in `run` from `since`. Reads files and asks git: call it from a thread."""
    found = Changes(since)
    if since is None:
        return found
    _compare_files(found, since, run, records)
    _compare_commits(found, since, run)
    _compare_packages(found, since, run, records)
    found.settings = _settings(since, run)
    return found


def _compare_files(found: Changes, before: Run, after: Run, records: Records) -> None:
    rows = [_rows(run, records) for run in (before, after)]
    for run, listed in zip((before, after), rows, strict=True):
        if listed is None:
            found.files_unknown = (
                f"the files of run {run.number} are not on record: it never began, is of an earlier"
                " version, or its project has too many"
            )
            return
    old, new = rows
    assert old is not None and new is not None and before.used is not None and after.used
    sources = (before.used.source, after.used.source)
    if sources.count(GIT) == 1:
        found.files_unknown = (
            "one of the two ran a commit and the other did not: files are compared by their size"
        )
        old, new = _by_size(old), _by_size(new)
    written = {row[0]: row[2] / 1e9 for row in new} if sources == (LIVE, LIVE) else {}
    start, end = before.started_at or 0.0, before.ended_at or 0.0
    found.files = [
        FileChange(path, change, start <= written.get(path, -1.0) <= end)
        for path, change in compare.changes(old, new)
    ]
    found.files.sort(key=lambda item: (item.during, item.path))


def _by_size(rows: list[list[Any]]) -> list[list[Any]]:
    """What can be compared of a checkout and the project it is of: git knows no times, and of a
    mode no more than whether it may be executed."""
    return [
        [
            path,
            size,
            0,
            stat.S_IFMT(mode) | (mode & stat.S_IXUSR),
            content if stat.S_ISLNK(mode) else None,
        ]
        for path, size, _, mode, content in rows
    ]


def _rows(run: Run, records: Records) -> list[list[Any]] | None:
    digest = run.used.files if run.used is not None else None
    return None if digest is None else records.get(digest)


def _compare_commits(found: Changes, before: Run, after: Run) -> None:
    old, new = (run.used.commit if run.used is not None else None for run in (before, after))
    if old is None or new is None or old == new:
        return
    try:
        repository = Repository.of(Path(after.execution.project))
        found.commits, found.commits_count = repository.commits(old, new, COMMITS_SHOWN)
    except GitError:
        pass  # e.g. rebased and collected since: the hashes beside the runs tell as much


def _compare_packages(found: Changes, before: Run, after: Run, records: Records) -> None:
    listed = []
    for run in (before, after):
        digest = run.used.packages if run.used is not None else None
        rows = None if digest is None else records.get(digest)
        if rows is None:
            found.packages_unknown = f"the packages of run {run.number} were not recorded"
            return
        listed.append(dict(rows))
    old, new = listed
    found.packages = [
        Difference(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def settings(old: Execution, new: Execution) -> list[Difference]:
    """What was set otherwise. Of environment variables the names alone: a value may be a secret."""
    pairs: list[tuple[str, object, object]] = [
        (name, getattr(old.spec, name, None), getattr(new.spec, name, None)) for name in _SETTINGS
    ]
    pairs += [
        (name, getattr(old.code, name), getattr(new.code, name)) for name in ("source", "reference")
    ]
    pairs.append(("environment", old.prefix, new.prefix))
    return _differing(pairs) + _variables(old.spec, new.spec)


def _settings(before: Run, after: Run) -> list[Difference]:
    found = settings(before.execution, after.execution)
    if before.used is None or after.used is None:
        return found
    return found + _differing([("image_digest", before.used.image_digest, after.used.image_digest)])


def _differing(pairs: Sequence[tuple[str, object, object]]) -> list[Difference]:
    return [
        Difference(name, _text(one), _text(other)) for name, one, other in pairs if one != other
    ]


def _variables(before: Spec, after: Spec) -> list[Difference]:
    old, new = before.environment_variables, after.environment_variables
    return [
        Difference(
            f"environment_variables.{name}",
            "set" if name in old else None,
            None if name not in new else "set to another value" if name in old else "set",
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)[:_TEXT]
