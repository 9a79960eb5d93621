"""Files that are kept: written whole or not at all, let go when nobody needs them."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

_PART = ".part"
"""Ends the name of a file that is being written."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 in hexadecimal, and so a safe name of a file."""
    return _DIGEST.fullmatch(text) is not None


@contextlib.contextmanager
def written(directory: Path) -> Iterator[tuple[BinaryIO, Callable[[str], None]]]:
    """A new file (0600) in `directory` (0700, made when missing), and what gives it its name.

    `named(name)` puts it in place, complete and on disk, over what was there. Without it the file
    is gone afterwards; killed in between, a `.part` stays for `collect`. OSError: no space.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(_PART, dir=directory)

    def named(name: str) -> None:
        file.flush()
        os.fsync(file.fileno())
        os.rename(part, directory / name)
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    try:
        with open(descriptor, "wb") as file:
            yield file, named
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def collect(directory: Path, keep: Collection[str], older_than: float) -> None:
    """Let go of files last needed over `older_than` seconds ago, and left halves of any.

    Those stay whose name begins with one of the digests in `keep`.
    """
    latest = time.time() - older_than
    with contextlib.suppress(FileNotFoundError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.partition(".")[0] in keep and not entry.name.endswith(_PART):
                continue
            with contextlib.suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < latest:
                    os.unlink(entry.path)
