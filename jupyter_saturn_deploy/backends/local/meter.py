"""What the tree below this process takes: CPU and memory. Standard library only: it is the shim's.

`metrics` holds records of (time, CPU seconds of all the tree since its start, bytes resident), the
first of them from before the start. They come a second apart at first and ever more rarely: about
2,000 in a week. On Linux; elsewhere there are none but the first.
"""

from __future__ import annotations

import os
import resource
import struct
import sys
import time

from descendants import pids, stat  # type: ignore[import-not-found]

RECORD = struct.Struct("<ddQ")
FIRST = 0.2
"""Seconds until the first look: short runs are to have one."""
SHORTEST, LONGEST = 1.0, 600.0
"""Seconds from one look to the next."""
SELDOM = 10.0
GROWTH = 150
"""The time from one look to the next is that part of the time since the start."""
TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


class Meter:
    """Looks at the tree from time to time, whoever watches."""

    def __init__(self) -> None:
        self.file = os.open("metrics", os.O_WRONLY)
        self.end = 0
        self.cpu, self.most = 0.0, 0
        self.strangers = {0}
        self.started = time.monotonic()
        self.due = self.started + FIRST
        self._write(0)

    def pause(self) -> float | None:
        """Look if it is time to, and say how long to wait for the next look; None: for good."""
        if sys.platform != "linux":
            return None
        now = time.monotonic()
        if now >= self.due:
            self._look()
            pause = pause_after(now - self.started)
            self.due = now + pause
            if pause > SELDOM:  # enough time for their pids to have become others'
                self.strangers = {0}
        return self.due - now

    def total(self) -> dict[str, object]:
        """What `exit.json` says of it, once everybody is gone."""
        cpu, most = _of_the_dead()
        # A process begins with its parent's size: up to that of this one it says nothing of theirs.
        own = _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        if most > own or not self.most:
            self.most = max(self.most, most)
        return {"cpu_seconds": round(max(self.cpu, cpu), 3), "memory_peak": self.most}

    def _look(self) -> None:
        cpu, _ = _of_the_dead()
        resident = 0
        # Parents first: what a child that ends meanwhile has taken is not counted twice.
        for pid in self._below():
            if fields := stat(pid):
                # Its own, and that of its children which are gone.
                cpu += sum(map(int, fields[11:15])) / TICKS
                resident += int(fields[21]) * PAGE
        self.cpu, self.most = max(self.cpu, cpu), max(self.most, resident)
        self._write(resident)

    def _below(self) -> list[int]:
        """Everybody below this process. Who is known not to be is not looked at again."""
        present = pids()
        self.strangers &= present | {0}
        children: dict[int, list[int]] = {}
        for pid in present - self.strangers - {os.getpid()}:
            if fields := stat(pid):
                children.setdefault(int(fields[1]), []).append(pid)
        # Who belongs to neither side lost its parent just now: the next look will tell.
        self.strangers = set(_with_all_below(self.strangers, children))
        return _with_all_below({os.getpid()}, children)[1:]

    def _write(self, resident: int) -> None:
        try:
            # At an explicit place: a record cut short by a full disk is written over.
            record = RECORD.pack(time.time(), self.cpu, resident)
            if os.pwrite(self.file, record, self.end) == len(record):
                self.end += len(record)
        except OSError:
            pass  # a point less


def pause_after(seconds: float) -> float:
    """From a look so long after the start to the next one."""
    return min(max(SHORTEST, seconds / GROWTH), LONGEST)


def _with_all_below(pids: set[int], children: dict[int, list[int]]) -> list[int]:
    found = list(pids)
    for pid in found:  # it grows
        found += children.get(pid, ())
    return found


def _of_the_dead() -> tuple[float, int]:
    """CPU seconds of all who were below this process and are gone, and the largest one's bytes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, _bytes(usage.ru_maxrss)


def _bytes(size: int) -> int:
    """getrusage(2) counts kilobytes, except on macOS."""
    return size if sys.platform == "darwin" else size * 1024
