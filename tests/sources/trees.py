"""Projects to be listed and packed, and a git that knows nothing of this machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def plant(top: Path, contents: dict[str, str]) -> Path:
    """Make files by path."""
    for path, text in contents.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    return top


def git_keeps(top: Path) -> set[str]:
    """The files that git would take of a tree it doesn't know yet."""
    subprocess.run(["git", "init", "-q"], cwd=top, env={**os.environ, **_ALONE}, check=True)
    told = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "-z"],
        cwd=top,
        env={**os.environ, **_ALONE},
        check=True,
        capture_output=True,
    )
    return {os.fsdecode(path) for path in told.stdout.split(b"\0") if path}
