"""The processes below this one. Standard library only: it is the shim's."""

from __future__ import annotations

import os


def descendants() -> set[int]:
    """Every process below this one."""
    parents = _parents() if os.path.isdir("/proc/self") else _parents_by_ps()
    below, found = {os.getpid()}, set[int]()
    while below:
        below = {pid for pid, parent in parents.items() if parent in below} - found
        found |= below
    return found


def stat(pid: int | str) -> list[str]:
    """What `/proc/PID/stat` says behind the name, from the state on; nothing when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


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
