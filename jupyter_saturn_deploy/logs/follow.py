"""Following a log as it grows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from .files import CHUNK, Hole, read_piece

_PAUSE = 0.02
"""Seconds between looks at a log that does not grow."""


async def follow(
    path: Path, offset: int, ended: Callable[[], bool]
) -> AsyncGenerator[bytes | Hole, None]:
    """Everything from byte `offset` on, each byte once and in order, until `ended()`.

    Pieces of at most 64 KiB; nothing is read ahead, so a slow reader costs no memory. New bytes
    are noticed within 25 ms. Waits for a file that does not exist yet. Once `ended()` is true,
    what is there is still given, then it ends: so `ended` must not be true before the last byte
    is written. What was given back comes as a `Hole`.
    """
    fd: int | None = None
    try:
        while True:
            over = ended()  # asked before reading: what was written until then is read now
            if fd is None:
                fd = _open(path)
            piece = b"" if fd is None else await _next(fd, path, offset)
            if piece:
                yield piece
                offset = piece.end if isinstance(piece, Hole) else offset + len(piece)
            elif over:
                return
            if isinstance(piece, bytes) and len(piece) < CHUNK:  # caught up
                await asyncio.sleep(0 if over else _PAUSE)
    finally:
        if fd is not None:
            os.close(fd)


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None


async def _next(fd: int, path: Path, offset: int) -> bytes | Hole:
    end = os.fstat(fd).st_size
    if end <= offset:
        return b""
    if end - offset < CHUNK:  # just written, so in memory
        return read_piece(fd, path, offset, end)
    return await asyncio.to_thread(read_piece, fd, path, offset, end)
