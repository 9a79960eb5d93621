"""What a run wrote, of all that lies in its copy of the project."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .inside import Inside
from .rows import Row


class Left(NamedTuple):
    """What is still there."""

    files: int
    bytes: int
    """On disk: of a file with holes what it takes."""


def prune(directory: Path, rows: Iterable[Row], unpacked_at: int) -> Left:
    """Delete what is as `unpack` put it there, by its rows, and the directories emptied by that.

    A file stays when its size, time, type or mode is another one, and when anything was done to it
    since `unpacked_at` (nanoseconds since the epoch): some programs write a file anew and give it
    the time it had. No link is followed, nothing outside is touched. What can't be deleted stays,
    too. OSError: there is no such directory.
    """
    parents = set[str]()
    with Inside(directory) as inside:
        for row in rows:
            with contextlib.suppress(OSError):
                _delete(inside, row, unpacked_at)
            parent = row[0] if stat.S_ISDIR(row[3]) else os.path.dirname(row[0])
            while parent and parent not in parents:
                parents.add(parent)
                parent = os.path.dirname(parent)
        for path in sorted(parents, reverse=True):
            above, _, name = path.rpartition("/")
            with contextlib.suppress(OSError):  # something is in it
                os.rmdir(name, dir_fd=inside.directory(above))
        sizes = list(_sizes(inside))
    return Left(len(sizes), sum(sizes))


def _delete(inside: Inside, row: Row, unpacked_at: int) -> None:
    path, size, mtime_ns, mode, _ = row
    parent, _, name = path.rpartition("/")
    at = inside.directory(parent)
    info = os.stat(name, dir_fd=at, follow_symlinks=False)
    if stat.S_ISDIR(mode) or info.st_mtime_ns != mtime_ns or _kind(info) != mode:
        return
    if info.st_ctime_ns > unpacked_at:
        return
    if stat.S_ISLNK(mode) or info.st_size == size:
        os.unlink(name, dir_fd=at)


def _kind(info: os.stat_result) -> int:
    """Type and permission bits, as in rows: a link has all of them."""
    return info.st_mode & 0o170777 | (0o777 if stat.S_ISLNK(info.st_mode) else 0)


def _sizes(inside: Inside) -> Iterator[int]:
    """Of all that isn't a directory."""
    ahead = [""]
    while ahead:
        path = ahead.pop()
        with contextlib.suppress(OSError), os.scandir(inside.directory(path)) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    ahead.append(f"{path}/{entry.name}" if path else entry.name)
                else:
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
