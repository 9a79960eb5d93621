"""Reads files that others wrote: they may be missing, closed to us, huge, no text, no file."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read(path: Path, limit: int = 64 * 1024) -> str | None:
    """The text of a regular file, its first `limit` bytes; None where it can't be read.

    Never raises and never waits: neither for the writer of a FIFO nor on a device. Bytes that are
    no UTF-8 become surrogates, as in Python's file names.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit).decode(errors="surrogateescape")
    except OSError:
        return None
    finally:
        os.close(descriptor)


def names(directory: Path) -> list[str]:
    """The names in a directory; none where it can't be read."""
    try:
        return os.listdir(directory)
    except (OSError, ValueError):
        return []
