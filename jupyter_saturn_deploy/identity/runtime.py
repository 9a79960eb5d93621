"""The file that tells notebooks and terminals of this machine where a server is."""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """What `client` needs to know. The token acts for the owner."""

    url: str
    """Of the interface; ends with a slash."""
    token: str
    project: str
    state_dir: str
    pid: int = field(default_factory=os.getpid)
    started_at: float = field(default_factory=time.time)


def write_runtime(directory: Path, runtime: Runtime) -> Path:
    """Write it, at once and whole, readable by the owner alone. Returns where it is."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Of which machine or container too: some share a home, and count their processes alike.
    path = directory / f"saturn-deploy-{socket.gethostname()}-{runtime.pid}.json"
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(runtime), file)
    part.replace(path)
    return path
