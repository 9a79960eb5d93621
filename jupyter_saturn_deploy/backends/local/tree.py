"""A directory with all that is in it: its size on the disk, its removal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_BLOCK = 512
"""The unit of `st_blocks`, whatever the file system's own."""


def size_on_disk(directory: Path) -> int:
    """Bytes that it takes on the disk. A file of several names counts once; what can't be read,
    or goes meanwhile, does not count."""
    size, seen = 0, set[tuple[int, int]]()
    for status in _statuses(directory):
        if (file := (status.st_dev, status.st_ino)) not in seen:
            seen.add(file)
            size += status.st_blocks * _BLOCK
    return size


def remove(directory: Path) -> None:
    """Delete it, also where a directory in it can't be written; what isn't there is gone already.

    What still can't be deleted, stays.
    """
    shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():
        _open_up(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _statuses(directory: Path) -> Iterator[os.stat_result]:
    ahead = [os.fspath(directory)]
    while ahead:
        path = ahead.pop()
        with suppress(OSError):
            yield os.lstat(path)
        with suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    ahead.append(entry.path)
                else:
                    with suppress(OSError):
                        yield entry.stat(follow_symlinks=False)


def _open_up(directory: Path) -> None:
    """Give the owner every right to it and to the directories in it."""
    with suppress(OSError):
        directory.chmod(0o700)
    for root, names, _ in os.walk(directory):
        for name in names:
            if not os.path.islink(path := os.path.join(root, name)):
                with suppress(OSError):
                    os.chmod(path, 0o700)
