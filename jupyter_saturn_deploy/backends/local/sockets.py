"""The TCP sockets of this network namespace, as Linux lists them.

What lies in another namespace is not listed: nothing from here reaches it.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

ESTABLISHED, LISTEN = 1, 10

_DUMP, _ERROR, _DONE = 0x301, 2, 3
_SOCK_DIAG, _BY_FAMILY = 4, 20
_HEADER, _REQUEST = struct.Struct("=IHHII"), struct.Struct("=BBBxI48x")
_ONE, _TO = 0x1, struct.Struct("=BBBxI2s2x16s16x4xQ")
_FOUND = struct.Struct("=BBBB2s2s16s16s12s12xII")
"""`struct inet_diag_msg`, see linux/inet_diag.h."""
_ANY_STATE, _NO_COOKIE = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
_ATTRIBUTE, _V6ONLY = struct.Struct("=HH"), 11
_MAPPED = "::ffff:"


@dataclass(frozen=True)
class Socket:
    """One, by its own end."""

    host: str
    port: int
    inode: int
    """As `/proc/PID/fd` names it; 0 while no process has accepted the connection."""
    dual: bool = False
    """Listens on `::`, and takes IPv4 too."""


def sockets(state: int) -> list[Socket]:
    """Those that are in that state. OSError: the system doesn't say."""
    try:
        return by_netlink(state)
    except OSError:  # a sandbox without it; /proc takes ten times as long
        return by_proc(state)


def by_netlink(state: int) -> list[Socket]:
    """By a question to the kernel, which looks only at what is in that state."""
    found = list[Socket]()
    for family in (socket.AF_INET, socket.AF_INET6):
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
            kernel.settimeout(1)
            size = _HEADER.size + _REQUEST.size
            question = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 1 << state)
            kernel.send(_HEADER.pack(size, _BY_FAMILY, _DUMP, 0, 0) + question)
            found += [_socket(answer) for answer in _answers(kernel)]
    return found


def _answers(kernel: socket.socket) -> Iterator[bytes]:
    while True:
        part = kernel.recv(65536)
        while part:
            size, kind, *_ = _HEADER.unpack_from(part)
            if kind == _DONE:
                return
            if kind == _ERROR:
                code = -struct.unpack_from("=i", part, _HEADER.size)[0]
                raise OSError(code or errno.EPROTO, "the kernel does not list its sockets")
            yield part[_HEADER.size : size]
            part = part[(size + 3) & ~3 :]


def _socket(answer: bytes) -> Socket:
    family, _, _, _, port, _, address, _, _, _, inode = _FOUND.unpack_from(answer)
    host = socket.inet_ntop(family, address[: 4 if family == socket.AF_INET else 16])
    dual, rest = False, answer[_FOUND.size :]
    while rest:
        size, kind = _ATTRIBUTE.unpack_from(rest)
        if kind == _V6ONLY:
            dual = host == "::" and rest[_ATTRIBUTE.size] == 0
        rest = rest[(size + 3) & ~3 :]
    return Socket(host.removeprefix(_MAPPED), int.from_bytes(port, "big"), inode, dual)


def owner(host: str, port: int) -> int | None:
    """The user whose socket takes the connections to there; None: nobody's does.

    Takes some 20 microseconds. OSError: the system doesn't say.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    to = port.to_bytes(2, "big"), socket.inet_pton(family, host).ljust(16, b"\0")
    question = _TO.pack(family, socket.IPPROTO_TCP, 0, _ANY_STATE, *to, _NO_COOKIE)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
        kernel.settimeout(1)
        kernel.send(_HEADER.pack(_HEADER.size + len(question), _BY_FAMILY, _ONE, 0, 0) + question)
        try:
            answer = next(_answers(kernel))
        except FileNotFoundError:
            return None
    uid: int = _FOUND.unpack_from(answer)[-2]
    return uid


def by_proc(state: int) -> list[Socket]:
    """By the tables in `/proc/net`."""
    found = _table("/proc/net/tcp", state)
    with suppress(FileNotFoundError):  # no IPv6 here
        # Nobody else can listen on a port of IPv4 where a socket of both has it.
        taken = {each.port for each in found}
        found += [
            replace(each, dual=each.host == "::" and each.port not in taken)
            for each in _table("/proc/net/tcp6", state)
        ]
    return found


def _table(path: str, state: int) -> list[Socket]:
    with open(path) as lines:
        next(lines, "")
        rows = [row for row in map(str.split, lines) if int(row[3], 16) == state]
    return [Socket(*_end(row[1]), inode=int(row[9])) for row in rows]


def _end(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    # Words of the machine's own byte order.
    words = [int(host[i : i + 8], 16) for i in range(0, len(host), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    shown = socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))
    return shown.removeprefix(_MAPPED), int(port, 16)


def inodes(pids: set[int]) -> set[int]:
    """Of the sockets that those processes hold. One that is gone or not to be read has none."""
    found = set[int]()
    for pid in pids:
        try:
            directory = os.open(f"/proc/{pid}/fd", os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            continue
        try:
            found.update(_inodes(directory))
        finally:
            os.close(directory)
    return found


def _inodes(directory: int) -> Iterator[int]:
    with suppress(OSError):
        for name in os.listdir(directory):
            try:
                link = os.readlink(name, dir_fd=directory)
            except OSError:  # closed meanwhile
                continue
            if link.startswith("socket:["):
                yield int(link[8:-1])
