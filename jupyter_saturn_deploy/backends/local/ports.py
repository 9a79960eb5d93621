"""Ports: a free one for an instance, and what its processes listen on.

All of it blocks, for a few milliseconds at most but for `accepts`.
"""

from __future__ import annotations

import errno
import ipaddress
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from .descendants import pids, tree
from .sockets import ESTABLISHED, LISTEN, inodes, sockets

_RANGE = range(20000, 32768)
_AGAIN = 60.0
"""Seconds until a port is given again: its program may take as long to bind it."""
_TRIES = 64

_given: dict[int, float] = {}
_lock = threading.Lock()


@dataclass(frozen=True, order=True)
class Listener:
    """A TCP port that is listened on."""

    host: str
    """An address, `0.0.0.0` and `::` too."""
    port: int
    dual: bool = False
    """On `::`, and takes IPv4 too."""


def free_port() -> int:
    """A TCP port that nobody listens on and that was not given within the last minute.

    From outside the range that the kernel takes for outgoing connections, so that none of them
    gets it before the program binds it; from inside only where there is no other. OSError where
    there is none at all.
    """
    with _lock:
        now = time.monotonic()
        for port in [port for port, at in _given.items() if now - at > _AGAIN]:
            del _given[port]
        port = _outside() or _ephemeral()
        _given[port] = now
        return port


def _outside() -> int | None:
    try:
        low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    except (OSError, ValueError):
        return None
    first = random.choice(_RANGE)
    for port in chain(range(first, _RANGE.stop), range(_RANGE.start, first)):
        if not low <= port <= high and port not in _given and _free(port):
            return port
    return None


def _ephemeral() -> int:
    for _ in range(_TRIES):
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            port = int(chosen.getsockname()[1])
        if port not in _given and _free(port):
            return port
    raise OSError(errno.EADDRINUSE, "no TCP port is free")


def _free(port: int) -> bool:
    """Whether a program could bind it, whatever address it listens on."""
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family) as bound:
                if family == socket.AF_INET6:
                    bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                bound.bind((host, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                return False  # otherwise there is no IPv6 here
    return True


def listeners(pid: int) -> list[Listener]:
    """What `pid` and the processes below it listen on, sorted; none where it is gone.

    Only what this machine's network reaches: not what listens in a network namespace of its own.
    """
    if sys.platform != "linux":
        return _by_psutil(pid)
    held = inodes(tree(pid))
    if not held:
        return []
    here = [each for each in sockets(LISTEN) if each.inode in held]
    return sorted({Listener(each.host, each.port, each.dual) for each in here})


def connections(pid: int, port: int) -> int:
    """How many connections there are to that port of `pid` and the processes below it.

    With those that wait to be accepted.
    """
    if sys.platform != "linux":
        return sum(end == port for _, end in _ends(_below(pid), "ESTABLISHED"))
    here = [each for each in sockets(ESTABLISHED) if each.port == port]
    held = inodes(tree(pid)) if here else set()
    return sum(each.inode in held or each.inode == 0 for each in here)


def holders(port: int) -> set[int]:
    """The processes that listen on that port, of those that may be looked at."""
    if sys.platform != "linux":
        return {pid for pid in _all() if any(end[1] == port for end in _ends([pid], "LISTEN"))}
    wanted = {each.inode for each in sockets(LISTEN) if each.port == port}
    return {pid for pid in pids() if inodes({pid}) & wanted} if wanted else set()


def loopback(listener: Listener) -> str:
    """The address to connect to from this machine: one of the loopback interface, unless it
    listens on another only."""
    if listener.host == "0.0.0.0" or (listener.host == "::" and listener.dual):
        return "127.0.0.1"
    return "::1" if listener.host == "::" else listener.host


def beyond(listener: Listener) -> bool:
    """Whether it can be reached from other machines, as far as its address goes."""
    return not ipaddress.ip_address(listener.host).is_loopback


def accepts(host: str, port: int, timeout: float = 0.5) -> bool:
    """Whether a connection is accepted now, within `timeout` seconds."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False


def _by_psutil(pid: int) -> list[Listener]:
    ends = _ends(_below(pid), "LISTEN")
    taken = {port for host, port in ends if ":" not in host}
    # Nobody else can listen on a port of IPv4 where a socket of both has it.
    return sorted(
        Listener(host, port, host == "::" and port not in taken) for host, port in set(ends)
    )


def _below(pid: int) -> list[int]:
    import psutil  # where there is no /proc

    try:
        return [pid, *(each.pid for each in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return []


def _all() -> list[int]:
    import psutil

    return list(psutil.pids())


def _ends(processes: list[int], state: str) -> list[tuple[str, int]]:
    import psutil

    found = dict[tuple[object, ...], tuple[str, int]]()
    for pid in processes:
        try:
            held = psutil.Process(pid).net_connections("tcp")
        except psutil.Error:  # gone, or not to be read
            continue
        for each in held:
            if each.status == state:
                host = each.laddr.ip.removeprefix("::ffff:")
                # Forked processes hold the same one.
                found[(host, each.laddr.port, each.raddr)] = (host, each.laddr.port)
    return list(found.values())
