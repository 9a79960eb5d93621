"""Numbers of lines."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path

from .files import Hole, hole

_BLOCK = 1024 * 1024
_counting = threading.Lock()


def line_at(path: Path, offset: int) -> tuple[int, int]:
    """`(line, start)` of the line that holds byte `offset`: its number from 0, where it begins.

    Lines end with a newline; what was given back counts as holding none. An `offset` behind the
    end is on the last line; no file has one empty line. Counts of newlines are remembered for each
    MiB, so that later questions on a large log are answered at once. Blocks: belongs into a thread.
    """
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return 0, 0
    try:
        status = os.fstat(fd)
        offset = min(offset, status.st_size)
        block = offset // _BLOCK
        with _counting:
            counts = _counts_of(path, status.st_ino, hole(path))
            while len(counts) < block:
                counts.append(os.pread(fd, _BLOCK, len(counts) * _BLOCK).count(b"\n"))
        head = os.pread(fd, offset - block * _BLOCK, block * _BLOCK)
        return sum(counts[:block]) + head.count(b"\n"), _line_start(fd, offset)
    finally:
        os.close(fd)


@lru_cache(maxsize=64)
def _counts_of(path: Path, inode: int, missing: Hole | None) -> list[int]:
    """The newlines in each whole block so far, to be continued. A new hole makes a new list."""
    return []


def _line_start(fd: int, offset: int) -> int:
    end = offset
    while end > 0:
        begin = max(0, end - _BLOCK)
        newline = os.pread(fd, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0
