"""Recognises an app's framework from its file, which is read and never run."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LOOK = Path(__file__).with_name("look.py")
_SECONDS = 5.0
_LIMITS = {".py": 1024 * 1024, ".ipynb": 32 * 1024 * 1024}
"""Bytes, by the end of a file's name; more is no app but data."""


@dataclass(frozen=True)
class Recognised:
    """What a file holds."""

    framework: str
    """The `id` of one of FRAMEWORKS; never `model`, which is no framework."""
    object: str | None
    """The app in that module, e.g. `app` or `create_app()`. None: the framework finds it by
    itself, or the file starts it when it is run."""
    packages: int = 0
    """How many directories above the file are packages it needs to be imported from."""


def recognise(path: Path) -> Recognised | None:
    """The framework of a Python file or notebook; None where there is none, or it can't be told.

    Files that are no text, no Python, no regular files or too large have none. Blocks for about
    50 ms: a process of its own looks at the code, for the parser lets no other thread run, and
    deeply nested code ends it. Raises OSError where there is no such file.
    """
    status = os.stat(path)
    limit = _LIMITS.get(path.suffix, 0)
    if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
        return None
    try:
        looked = subprocess.run(
            [sys.executable, "-I", "-S", str(_LOOK), os.path.abspath(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
        found = json.loads(looked.stdout or "null")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    if found is None:
        return None
    return Recognised(found["framework"], found["object"], _packages(path, found["level"]))


def _packages(path: Path, level: int) -> int:
    """Of a file whose relative imports reach up that many directories."""
    count = max(level, path.name == "__init__.py")
    if count:
        while count < len(path.parents) and (path.parents[count] / "__init__.py").is_file():
            count += 1
    return count
