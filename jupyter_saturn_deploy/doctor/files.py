"""The project's files, as a run had them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..sources.builtin import reason
from ..sources.rows import Row
from ..workspace.files import read

_MOST, _SECONDS = 50_000, 0.5
"""Entries and seconds that a search of the project may take."""
_NAMED = 3
_START = 256


class Files:
    """Looks at the project, or where the run had a copy at the list of its files (`rows`).

    Paths are text as a command would give it, relative ones to `directory`. Blocks.
    """

    def __init__(self, project: Path, directory: str = "", rows: Sequence[Row] | None = None):
        self.project = project
        self.directory = os.path.normpath(os.path.join(project, directory))
        self._modes = None if rows is None else {str(row[0]): int(row[3]) for row in rows}

    def relative(self, path: str) -> str | None:
        """Below the project; None: it lies elsewhere."""
        try:
            whole = os.path.normpath(os.path.join(self.directory, os.path.expanduser(path)))
            return str(PurePosixPath(whole).relative_to(self.project))
        except ValueError:
            return None

    def mode(self, path: str) -> int | None:
        """The permission bits of a file; None where there is no such file."""
        below = self.relative(path)
        if self._modes is not None and below is not None:
            return self._modes.get(below)
        try:
            status = os.stat(os.path.join(self.directory, path))
        except (OSError, ValueError):
            return None
        return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None

    def first_line(self, path: str) -> str:
        """Of a file as it is now; with its carriage return, where it has one."""
        start = read(Path(self.directory, path), _START) or ""
        return start.partition("\n")[0]

    def elsewhere(self, path: str) -> list[str]:
        """Files of the project that this may mean: their path ends with it. At most three,
        relative to the project, those least deep first."""
        wanted = PurePosixPath(path).parts
        if not wanted or ".." in wanted or wanted[0] == "/":
            return []
        found = [
            name for name in self._names if PurePosixPath(name).parts[-len(wanted) :] == wanted
        ]
        return sorted(found, key=lambda name: (name.count("/"), name))[:_NAMED]

    def of_module(self, name: str) -> list[str]:
        """Directories of the project, relative to it, in which `import name` finds something."""
        found = set()
        for path in self._names:
            parts = PurePosixPath(path).parts
            if parts[-1] == f"{name}.py":
                found.add("/".join(parts[:-1]))
            elif parts[-2:] == (name, "__init__.py"):
                found.add("/".join(parts[:-2]))
        return sorted(found, key=lambda place: (place.count("/"), place))[:_NAMED]

    @cached_property
    def _names(self) -> list[str]:
        return list(self._modes if self._modes is not None else _walk(self.project))


def _walk(project: Path) -> Iterator[str]:
    deadline, left = time.monotonic() + _SECONDS, _MOST
    waiting = [""]
    for below in waiting:  # it grows
        try:
            entries = list(os.scandir(project / below))
        except OSError:
            continue
        if any(entry.name in ("pyvenv.cfg", "conda-meta") for entry in entries):
            continue
        for entry in entries:
            left -= 1
            if left < 0 or time.monotonic() > deadline:
                return
            name = os.path.join(below, entry.name)
            if not entry.is_dir(follow_symlinks=False):
                yield name
            elif entry.name != ".git" and reason(entry.name, True) is None:
                waiting.append(name)
