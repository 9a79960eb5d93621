"""Who acts: of all processes on one state directory, the one that holds a lock."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """The process that acts."""

    pid: int
    kind: str
    """`server` or `headless`."""
    since: float


class Leader:
    """An flock on `state_dir/engine.lock`; the kernel frees it when the holder dies."""

    def __init__(self, state_dir: Path, kind: str) -> None:
        self.path = state_dir / "engine.lock"
        self.kind = kind
        self._lock: int | None = None
        self._own: Holder | None = None

    @property
    def leading(self) -> bool:
        """Whether this process acts."""
        return self._lock is not None

    def acquire(self) -> bool:
        """Take the lock if it is free. Raises `OSError` where the file can't be made."""
        if self._lock is not None:
            return True
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._lock = lock
        self._own = Holder(os.getpid(), self.kind, time.time())
        # On a full disk it acts all the same: others only see no name.
        with suppress(OSError):
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(asdict(self._own)).encode(), 0)
        return True

    def release(self) -> None:
        """Let another process act."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = self._own = None

    def holder(self) -> Holder | None:
        """Who acts now; None when nobody does, or it could not say so."""
        if self._own is not None:
            return self._own
        try:
            lock = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            try:
                # A shared lock that we get shows that no one holds the exclusive one.
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                pass
            return Holder(**json.loads(os.pread(lock, 4096, 0)))
        except (OSError, ValueError, TypeError):
            return None
        finally:
            os.close(lock)
