"""Makes repositories with git itself, and sees what it leaves running."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def git(where: Path, *arguments: str) -> str:
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    return os.fsdecode(
        subprocess.run(command, cwd=where, check=True, capture_output=True).stdout
    ).strip()


def write(where: Path, **files: str) -> None:
    for name, content in files.items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_text(content)


def commit(where: Path, message: str = "more", **files: str) -> str:
    write(where, **files)
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(where, "rev-parse", "HEAD")


def make(path: Path, *options: str) -> Path:
    path.mkdir(parents=True)
    git(path, "init", "--quiet", *options)
    return path


def running(words: str) -> bool:
    """Whether there is a process with these words in its command line."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if words in process.read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                return True
    return False


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
