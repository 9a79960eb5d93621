"""The processes below one. Standard library only: it is the shim's."""

from __future__ import annotations

import os
from contextlib import suppress


def descendants(of: int | None = None) -> set[int]:
    """Every process below that one; below this one by default."""
    parents = _parents() if os.path.isdir("/proc/self") else _parents_by_ps()
    below, found = {os.getpid() if of is None else of}, set[int]()
    while below:
        below = {pid for pid, parent in parents.items() if parent in below} - found
        found |= below
    return found


def tree(pid: int) -> set[int]:
    """That process and those below it, at a glance that costs little however many others there are.

    One that begins, ends or loses its parent in this moment may be missed.
    """
    if not os.path.exists("/proc/thread-self/children"):  # a kernel without it
        return {pid, *descendants(pid)}
    found = [pid]
    for parent in found:  # and those that are added meanwhile
        found += _children(parent)
    return set(found)


def _children(pid: int) -> list[int]:
    found = list[int]()
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):  # a thread that is gone
                found += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    return found


def stat(pid: int | str) -> list[str]:
    """What `/proc/PID/stat` says behind the name, from the state on; nothing when it is gone."""
    try:
        text = _read(f"/proc/{pid}/stat")
    except OSError:
        return []
    return text[text.rindex(b")") + 2 :].decode().split()


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(file, 65536), b""))
    finally:
        os.close(file)


def pids() -> set[int]:
    """Every process that `/proc` shows."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def _parents() -> dict[int, int]:
    return {pid: int(fields[1]) for pid in pids() if (fields := stat(pid))}


def _parents_by_ps() -> dict[int, int]:
    out, into = os.pipe()
    argv = ["ps", "-A", "-o", "pid=,ppid="]
    ps = os.posix_spawnp("ps", argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, into, 1)])
    os.close(into)
    with open(out) as lines:
        rows = [[int(word) for word in line.split()] for line in lines]
    os.waitpid(ps, 0)
    return {pid: parent for pid, parent in rows if pid != ps}
