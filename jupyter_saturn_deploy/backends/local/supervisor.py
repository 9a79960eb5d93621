"""What the shim does. Standard library only; `shim.py` says what it is given and what it leaves."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import signal
import struct
import sys
import time

from descendants import descendants, stat  # type: ignore[import-not-found]
from meter import Meter  # type: ignore[import-not-found]
from oom import oom_kills  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would be the largest import of this file
    from typing import Any

SAMPLING = 0.1
"""Seconds between looks at the size of a log that grows."""
LEFTOVER_GRACE = 2.0
"""Seconds at most that processes have which outlive the command."""
KILL_AGAIN = 0.05
TIMEOUT_EXIT = 124
CAUSES = ("working-directory", "start-script")
"""What the launcher gives as a cause of its own; being stopped is none."""
BLOCK = 4096
SAVE_ATTEMPTS = 60
PR_SET_CHILD_SUBREAPER = 36
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE = 1, 2


class Log:
    """Watches the size of the log on standard output: marks times, keeps it under its cap."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.seen = os.fstat(1).st_size
        self.hole = (0, 0)
        self.times = os.open("log.times", os.O_WRONLY)
        self.end_of_times = 0
        self.directory = os.open(".", os.O_RDONLY)

    def pause(self) -> float | None:
        """Look, and say how long to wait for the next look; None: until a signal comes.

        While nothing is written nothing is to be done: the kernel sends SIGIO with the next
        change in the directory (dnotify, which unlike inotify has no quota to be used up).
        """
        if self.look() or sys.platform != "linux":
            return SAMPLING
        try:
            fcntl.fcntl(self.directory, fcntl.F_NOTIFY, fcntl.DN_MODIFY)
        except OSError:
            return SAMPLING
        return SAMPLING if self.look() else None  # it may have grown just before

    def look(self) -> bool:
        """Note what was written since the last look; whether anything was."""
        size = os.fstat(1).st_size
        if size <= self.seen:
            return False
        try:
            # At an explicit place: a record cut short by a full disk is written over.
            mark = struct.pack("<dQ", time.time(), self.seen)
            if os.pwrite(self.times, mark, self.end_of_times) == len(mark):
                self.end_of_times += len(mark)
        except OSError:
            pass  # a mark less
        self.seen = size
        if size - (self.hole[1] - self.hole[0]) > self.cap:
            self._give_back(size)
        return True

    def _give_back(self, size: int) -> None:
        """Keep the first quarter of the cap and the last half; record it first, then punch."""
        start = self.hole[0] or (self.cap // 4 + BLOCK - 1) // BLOCK * BLOCK
        end = (size - self.cap // 2) // BLOCK * BLOCK
        before, self.hole = self.hole, (start, end)
        try:
            self._record_hole()
            _punch(1, before[1] or start, end)
        except OSError:  # this file system can't: the log grows on, whole
            self.hole = before
            self._record_hole()
            self.cap = sys.maxsize

    def _record_hole(self) -> None:
        file = os.open("log.hole", os.O_WRONLY)
        os.pwrite(file, struct.pack("<QQ", *self.hole), 0)
        os.close(file)


class Supervisor:
    """The tree below this process, from the launcher's start until nobody is left."""

    def __init__(self, main: int, timeout: float | None, grace: float) -> None:
        self.main = main
        self.grace = grace
        self.code: int | None = None
        self.signal: int | None = None
        self.ended_at: float | None = None
        self.reason: str | None = None
        self.terminating = False
        self.deadline = None if timeout is None else time.monotonic() + timeout

    def step(self, stop: bool) -> bool:
        """Do what is due now; False once no process is left."""
        if not self._reap():
            return False
        now = time.monotonic()
        if self.ended_at is None:
            if self.reason is None and stop:
                self._end("user", now)
            elif self.reason is None and self.deadline is not None and now >= self.deadline:
                self._end("timeout", now)
        elif not self.terminating:
            self._terminate(now + min(self.grace, LEFTOVER_GRACE))
        if self.terminating and self.deadline is not None and now >= self.deadline:
            for pid in descendants():
                _send(pid, signal.SIGKILL)
            self.deadline = now + KILL_AGAIN
        return True

    def pause(self) -> float | None:
        """Seconds until something is due; None: not before a signal comes."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def _end(self, reason: str, now: float) -> None:
        self.reason = reason
        # For a command that is just about to begin: see the launcher.
        cause = os.open("cause", os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(cause, b"stopped\n", 0)
        os.close(cause)
        self._terminate(now + self.grace)

    def _terminate(self, deadline: float) -> None:
        """TERM to everybody once: not to the launcher, which would pass it on a second time."""
        for pid in descendants():
            if pid != self.main:
                _send(pid, signal.SIGTERM)
        self.terminating = True
        self.deadline = deadline

    def _reap(self) -> bool:
        """Collect the dead; False when there is no child left, which is: no descendant."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.main:
                self.ended_at = time.time()
                code = os.waitstatus_to_exitcode(status)
                self.code = code if code >= 0 else 128 - code
                # A shell says 128 + n of a command that signal n ended.
                if self.code - 128 in signal.valid_signals():
                    self.signal = self.code - 128

    def ending(self) -> dict[str, object]:
        """The content of `exit.json`."""
        ending: dict[str, object] = {
            "at": self.ended_at,
            "exit_code": self.code,
            "signal": self.signal,
        }
        if self.reason == "timeout":
            ending |= {"exit_code": TIMEOUT_EXIT, "signal": None}
        cause = _read("cause").strip()
        return ending | {"reason": self.reason or (cause if cause in CAUSES else None)}


def _send(pid: int, number: int) -> None:
    try:  # noqa: SIM105 (contextlib would be the largest import of this file)
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):  # gone meanwhile, or another user's (sudo)
        pass


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _punch(fd: int, start: int, end: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    place, length = ctypes.c_int64(start), ctypes.c_int64(end - start)
    if not hasattr(libc, "fallocate64") or libc.fallocate64(fd, mode, place, length) != 0:
        raise OSError(ctypes.get_errno(), "can't punch a hole")


def _record(file: int, content: dict[str, object]) -> None:
    """Over the whole of the space that was taken for it: needs none, however full the disk."""
    os.pwrite(file, json.dumps(content).encode().ljust(BLOCK), 0)


def _save_ending(ending: dict[str, object]) -> None:
    """Write `exit.json`, durably. Tried for a while: it is all that is left of the attempt."""
    for _ in range(SAVE_ATTEMPTS):
        try:
            file = os.open("exit.json.part", os.O_WRONLY | os.O_CREAT, 0o600)
            _record(file, ending)
            os.fsync(file)
            os.rename("exit.json.part", "exit.json")
            return
        except FileNotFoundError:  # the whole directory was deleted
            return
        except OSError:
            time.sleep(1)


def _hold_lock() -> None:
    """Move the lock out of the way of children: close-on-exec, above the standard descriptors."""
    os.closerange(3, 1 << 16)
    os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _listen() -> tuple[select.poll, int]:
    """Signals as something to poll: the number of each that comes is written into a pipe."""
    out, into = os.pipe()
    os.set_blocking(out, False)
    os.set_blocking(into, False)
    signal.set_wakeup_fd(into, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGIO):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    poller = select.poll()
    poller.register(out, select.POLLIN)
    return poller, out


def _signals(out: int) -> bytes:
    try:
        return os.read(out, 4096)
    except BlockingIOError:
        return b""


def _own_marker() -> dict[str, object]:
    fields = stat("self")
    return {
        "pid": os.getpid(),
        "ticks": int(fields[19]) if fields else None,
        "boot_id": _read("/proc/sys/kernel/random/boot_id").strip() or None,
        "child": None,
        "started_at": None,
    }


def _spawn(spec: dict[str, Any]) -> tuple[int, bool]:
    """Start the launcher; its pid, and whether it finds the project where it is."""
    argv = spec["argv"]
    # Bytes: names and values reach the command as they were, whatever this process's locale.
    encoded = {_encoded(name): _encoded(value) for name, value in spec["environment"].items()}
    copy, child = spec["copy"], None
    if copy is not None and sys.platform == "linux":
        from namespace import start  # type: ignore[import-not-found]

        child = start(argv, encoded, copy["path"], copy["project"], copy["keep"])
    same_path = copy is None or child is not None
    if child is None:
        if copy is not None:
            encoded[b"SATURN_LAUNCH_DIRECTORY"] = _encoded(copy["directory"])
        every = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
        child = os.posix_spawn(argv[0], argv, encoded, setsid=True, setsigmask=(), setsigdef=every)
    try:  # short of memory, the kernel takes the command rather than its supervisor
        adjustment = min(1000, int(_read("/proc/self/oom_score_adj")) + 100)
        with open(f"/proc/{child}/oom_score_adj", "w") as file:
            file.write(str(adjustment))
    except (OSError, ValueError):
        pass
    return child, same_path


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def main(directory: str) -> None:
    """Supervise the attempt in `directory` until its tree is gone and `exit.json` is written."""
    os.chdir(directory)
    _hold_lock()
    poller, out = _listen()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with open("spec.json", encoding="utf-8") as file:
        spec = json.load(file)
    marker = _own_marker()
    running = os.open("running.json.part", os.O_WRONLY)
    _record(running, marker)
    os.rename("running.json.part", "running.json")
    os.fsync(running)
    os.unlink("spec.json")  # values of environment variables are kept no longer than needed
    stop = signal.SIGTERM in _signals(out)
    log, meter, killed_before = Log(spec["log_cap"]), Meter(), oom_kills()
    if stop:
        return _save_ending({"at": time.time(), "reason": "user"})
    try:
        child, same_path = _spawn(spec)
    except OSError as error:
        detail = f"{error.strerror}: {error.filename or spec['argv'][0]}"
        return _save_ending({"at": time.time(), "reason": "not-started", "detail": detail})
    started = {"child": child, "started_at": time.time(), "same_path": same_path}
    _record(running, marker | started)
    supervisor = Supervisor(child, spec["timeout"], spec["grace"])
    del spec
    while supervisor.step(stop):
        pauses = [meter.pause(), log.pause(), supervisor.pause()]
        wait = min((pause for pause in pauses if pause is not None), default=None)
        poller.poll(None if wait is None else wait * 1000)
        stop = stop or signal.SIGTERM in _signals(out)
    log.look()
    killed = oom_kills()
    known = None not in (killed, killed_before)
    killed = killed - killed_before if known else None
    _save_ending(supervisor.ending() | meter.total() | {"oom_kills": killed})
