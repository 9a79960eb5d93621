"""Whether memory ran out. Standard library only: it is the shim's."""

from __future__ import annotations


def oom_kills(root: str = "/") -> int | None:
    """How many processes the kernel has killed so far for want of memory; None: it doesn't say.

    Of this process's control group and those below, where there is one that counts; else of this
    machine. `root` is where `/proc` and `/sys` are looked for.
    """
    for path in [*_of_groups(root), f"{root}proc/vmstat"]:
        for line in _read(path).splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill" and count.isdigit():
                return int(count)
    return None


def _of_groups(root: str) -> list[str]:
    """Files that may count them. In a container /proc may name a group as the host sees it."""
    found = []
    for line in _read(f"{root}proc/self/cgroup").splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        name = "memory.oom_control" if controllers else "memory.events"
        mount = f"{root}sys/fs/cgroup/{controllers}".rstrip("/")
        found += [f"{mount}/{path.strip('/')}/{name}", f"{mount}/{name}"]
    return found


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
