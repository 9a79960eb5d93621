"""The directory of one attempt: what the server puts there for the shim, and reads back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from ...models.code import Usage, Used
from ...models.runs import Ending, Reason
from ..base import Point
from .metrics import read_points, read_totals
from .process import unreaped
from .tree import remove, size_on_disk

SHIM = Path(__file__).with_name("shim.py")
LAUNCHER = Path(__file__).parents[2] / "launcher.sh"
LOG_CAP = 2 * 1024**3
"""Bytes of log kept for one attempt."""
_RESERVED = 4096
"""Bytes taken beforehand for each record that the shim writes: `BLOCK` there."""
_PASSED_TO_SHIM = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE")
"""Enough for the interpreter to start. Nothing secret: the run can read its parent's memory."""


class Found(Enum):
    """What there is of an attempt."""

    NOTHING = "nothing"
    """Nothing ever began. Certain only as long as nobody else may begin it."""
    ALIVE = "alive"
    """The lock is held."""
    ENDED = "ended"
    LOST = "lost"
    """It began, and nobody holds the lock, and there is no exit record."""


@dataclass(frozen=True)
class Copy:
    """A copy of the project, to be found in the project's own place where the system allows it."""

    path: Path
    project: Path
    keep: tuple[Path, ...]
    """Directories below the project that are to stay what they are outside of the copy."""


@dataclass(frozen=True)
class Spec:
    """What is to run, and within which limits."""

    command: str
    directory: Path
    """Absolute."""
    start_script: str
    activate: bool
    """Whether the prefix is conda's, with scripts of its own for activation."""
    environment: dict[str, str]
    """The command's, whole and exact; bytes that are no UTF-8 as surrogates."""
    timeout: float | None
    grace: float
    copy: Copy | None = None
    """None: it works in the project itself."""
    log_cap: int = LOG_CAP


@dataclass(frozen=True)
class Running:
    """What the shim says of itself while it lives."""

    pid: int
    child: int | None
    started_at: float | None
    """When the launcher was started; None: not yet."""
    same_path: bool
    """Whether the project's files are at the project's path."""


class AttemptDirectory:
    """`runs/<run>/<attempt>/`. All methods do file I/O and belong into a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "log"
        self.output = path / "output"
        self.copy = path / "project"
        """Where it has one of its own; after its end, what it wrote there."""

    def find(self) -> Found:
        """What there is of it now."""
        if not self.path.exists():
            return Found.NOTHING
        with self._lock() as lock:
            return self._found(lock)

    def begin(self, prepare: Callable[[], Spec]) -> int | None:
        """Start its shim unless it ever began; pid of the shim, or None where nothing was done.

        `prepare` is called only if it never began, and while nobody else can begin it: what a
        crash leaves half prepared is prepared anew. Raises what `prepare` raises, and OSError when
        it can't be started; nothing runs then.
        """
        for directory in (self.path.parent.parent, self.path.parent, self.path, self.output):
            directory.mkdir(mode=0o700, exist_ok=True)
        with self._lock() as lock:
            if lock is None or self._found(lock) is not Found.NOTHING:
                return None
            spec = prepare()
            for name in ("running.json.part", "exit.json.part", "log.hole"):
                self._write(name, bytes(_RESERVED))
            for name in ("log", "log.times", "metrics", "cause"):
                self._write(name, b"")
            if spec.start_script:
                self._write("start-script.sh", spec.start_script.encode())
            self._write("spec.json", json.dumps(self._for_shim(spec)).encode())
            return self._spawn(lock)

    def remove_others(self, up_to: int) -> None:
        """Delete what is kept of the same run's attempts up to that number, which all ended."""
        for path in self.path.parent.iterdir() if up_to > 0 else ():
            if path.name.isdecimal() and int(path.name) <= up_to:
                remove(path)

    def note(self, used: Used) -> None:
        """Write down what it is about to run with."""
        self._write("used.json", json.dumps(asdict(used)).encode())

    def give_port(self, port: int) -> None:
        """Write down where it is to listen."""
        self._write("port", str(port).encode())

    def given_port(self) -> int:
        """Where it was to listen; 0 where that is not known."""
        try:
            return int((self.path / "port").read_bytes())
        except (FileNotFoundError, ValueError):
            return 0

    def noted_at(self) -> int | None:
        """When that was, in nanoseconds since the epoch: all of its files were in place. None:
        it was not."""
        try:
            return (self.path / "used.json").stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def began(self) -> bool:
        """Whether anything of it ever ran: certain as long as nobody else may begin it."""
        return (self.path / "running.json").exists()

    def used(self) -> Used | None:
        """What it runs with: certain once it has started. None: not known."""
        record, running = self._read("used.json"), self.running()
        if record is None or running is None:
            return None
        if not running.same_path:
            record |= {"directory": str(self.copy), "same_path": False}
        return Used(**record)

    def running(self) -> Running | None:
        """Its shim's marker, or None where there is none (yet)."""
        record = self._read("running.json")
        if record is None:
            return None
        return Running(
            record["pid"], record["child"], record["started_at"], record.get("same_path", True)
        )

    def ending(self) -> Ending | None:
        """How it ended, as its shim wrote it down; None while it has not, or was lost."""
        record = self._read("exit.json")
        if record is None:
            return None
        return Ending(
            at=record["at"],
            exit_code=record.get("exit_code"),
            signal=record.get("signal"),
            reason=Reason(record["reason"]) if record.get("reason") else None,
            detail=record.get("detail"),
        )

    def oom_kills(self) -> int | None:
        """See `models.advice.Evidence`."""
        return (self._read("exit.json") or {}).get("oom_kills")

    def progress(self) -> tuple[int, int] | None:
        """How far a notebook is, as its runner wrote it down: cells begun, and cells in all."""
        record = self._read("output/progress.json")
        try:
            return None if record is None else (int(record["cell"]), int(record["of"]))
        except (KeyError, TypeError, ValueError):  # the command's own file of that name
            return None

    def metrics(self) -> list[Point]:
        """What it took so far."""
        return read_points(self.path / "metrics")

    def usage(self) -> Usage:
        """What it took in all, once it has ended, and what is kept of its run."""
        record = self._read("exit.json") or {}
        seen = read_totals(self.path / "metrics") or (None, None)
        return Usage(
            cpu_seconds=record.get("cpu_seconds", seen[0]),
            memory_peak=record.get("memory_peak", seen[1]),
            disk=size_on_disk(self.path.parent),
        )

    def last_sign(self) -> float:
        """The last moment at which an attempt that was lost is known to have lived."""
        running = self.running()
        times = [running.started_at] if running is not None and running.started_at else []
        for name in ("running.json", "log"):
            with suppress(FileNotFoundError):
                times.append((self.path / name).stat().st_mtime)
        return max(times, default=time.time())

    @contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The descriptor of the lock, taken; None where somebody else holds it."""
        file = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                taken = True
            except BlockingIOError:
                taken = False
            yield file if taken else None
        finally:
            os.close(file)  # the shim's copy, where there is one, keeps it locked

    def _found(self, lock: int | None) -> Found:
        if (self.path / "exit.json").exists():
            return Found.ENDED
        if lock is None:
            return Found.ALIVE
        return Found.LOST if self.began() else Found.NOTHING

    def _for_shim(self, spec: Spec) -> dict[str, object]:
        launch = {
            "SATURN_LAUNCH_DIRECTORY": str(spec.directory),
            "SATURN_LAUNCH_COMMAND": spec.command,
            "SATURN_LAUNCH_CAUSE": str(self.path / "cause"),
        }
        if spec.start_script:
            launch["SATURN_LAUNCH_SCRIPT"] = str(self.path / "start-script.sh")
        if spec.activate:
            launch["SATURN_LAUNCH_ACTIVATE"] = "1"
        return {
            "copy": self._copy_for_shim(spec),
            "argv": [shutil.which("bash") or "/bin/sh", str(LAUNCHER)],
            "environment": spec.environment | launch,
            "timeout": spec.timeout,
            "grace": spec.grace,
            "log_cap": spec.log_cap,
        }

    def _copy_for_shim(self, spec: Spec) -> dict[str, object] | None:
        copy, directory = spec.copy, spec.directory
        if copy is None:
            return None
        if directory.is_relative_to(copy.project):
            directory = copy.path / directory.relative_to(copy.project)
        return {
            "path": str(copy.path),
            "project": str(copy.project),
            "keep": [str(path) for path in copy.keep],
            "directory": str(directory),  # where it can't be in the project's place
        }

    def _spawn(self, lock: int) -> int:
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND)
        try:
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", str(SHIM), str(self.path)],
                {name: os.environ[name] for name in _PASSED_TO_SHIM if name in os.environ},
                file_actions=[(os.POSIX_SPAWN_DUP2, lock, 0)]
                + [(os.POSIX_SPAWN_DUP2, log, number) for number in (1, 2)],
                setsid=True,
                setsigmask=[signal.SIGTERM],
                setsigdef=[signal.SIGTERM, signal.SIGINT, signal.SIGCHLD],
            )
            unreaped.add(pid)  # here already: the caller may be cancelled meanwhile
            return pid
        finally:
            os.close(log)

    def _write(self, name: str, content: bytes) -> None:
        file = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(file, "wb") as stream:
            stream.write(content)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            record: dict[str, Any] = json.loads((self.path / name).read_bytes())
            return record
        except (FileNotFoundError, ValueError):  # ValueError: just being written over
            return None
