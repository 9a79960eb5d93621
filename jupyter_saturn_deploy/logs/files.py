"""Reading a log, with what is missing of it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 64 * 1024
"""Most bytes in one piece."""


@dataclass(frozen=True)
class Hole:
    """Bytes that are no longer there."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """Offset of the first byte behind it."""
        return self.offset + self.length


def size(path: Path) -> int:
    """Bytes written so far, those of a hole included; 0 while there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def hole(path: Path) -> Hole | None:
    """The part of the log that was given back, or None."""
    try:
        with path.with_name(path.name + ".hole").open("rb") as file:
            start, end = struct.unpack("<QQ", file.read(16))
    except (FileNotFoundError, struct.error):
        return None
    return Hole(start, end - start) if end > start else None


def read(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes | Hole]:
    """The log from byte `start` up to `end`, in order, in pieces of at most 64 KiB.

    What was given back comes as a `Hole`, cut to the range. `end` None: up to the size of now;
    nothing where there is no such file. Blocks: belongs into a thread.
    """
    end = min(size(path), size(path) if end is None else end)
    if start >= end:
        return
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        return
    with file:
        while start < end:
            piece = read_piece(file.fileno(), path, start, end)
            if not piece:
                return
            yield piece
            start = piece.end if isinstance(piece, Hole) else start + len(piece)


def read_piece(fd: int, path: Path, start: int, end: int) -> bytes | Hole:
    """The next piece at `start`, not beyond `end`; empty at the end of the file."""
    data = os.pread(fd, min(CHUNK, end - start), start)
    # Looked at after reading: a hole is written down before its bytes go.
    missing = hole(path)
    if missing is None or missing.end <= start or missing.offset >= start + len(data):
        return data
    if missing.offset > start:
        return data[: missing.offset - start]
    return Hole(start, min(missing.end, end) - start)
