"""A shim as the server sees it: a process to wait for, to signal and to reap."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from types import TracebackType

_REAP_LOOKS, _REAP_PAUSE = 200, 0.01
"""Looks, and seconds between them, at a shim that wrote its last word and is about to exit."""

unreaped: set[int] = set()
"""Shims that may be children of this process, from their start or adoption on."""


def reap() -> None:
    """Take out of the process table what has exited, watched or not."""
    for pid in list(unreaped):
        try:
            gone = os.waitpid(pid, os.WNOHANG)[0] != 0
        except ChildProcessError:  # another process's
            gone = True
        if gone:
            unreaped.discard(pid)


class ShimProcess:
    """Watches one shim by its pid, own child or adopted.

    With a pidfd (Linux) `wake` is called and `exited` set as soon as it exits; elsewhere the
    caller sees the lock free.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.exited = False
        self._wake = wake
        self._pid: int | None = None
        self._fd: int | None = None

    def __enter__(self) -> ShimProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._fd is not None:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None

    @property
    def known(self) -> bool:
        """Whether `watch` was given a pid."""
        return self._pid is not None

    def watch(self, pid: int) -> None:
        """Begin to watch the process `pid`, which the caller knows to be the shim."""
        self._pid = pid
        unreaped.add(pid)
        if sys.platform == "linux":
            try:
                self._fd = os.pidfd_open(pid)
            except ProcessLookupError:
                self.exited = True
            except OSError:  # forbidden by a sandbox, or no descriptor left: looked at instead
                pass
            else:
                asyncio.get_running_loop().add_reader(self._fd, self._exits)

    def terminate(self) -> None:
        """SIGTERM, to this process and never to another that has its pid by now."""
        try:
            if self._fd is not None:
                signal.pidfd_send_signal(self._fd, signal.SIGTERM)
            elif self._pid is not None:
                os.kill(self._pid, signal.SIGTERM)
        except ProcessLookupError:
            self.exited = True

    @property
    def wakes(self) -> bool:
        """Whether its exit calls `wake`."""
        return self._fd is not None

    async def reap(self) -> None:
        """Take it out of the process table once it has exited, if it is this process's child."""
        for _ in range(_REAP_LOOKS):
            reap()
            if self._pid not in unreaped:
                return
            await asyncio.sleep(_REAP_PAUSE)

    def _exits(self) -> None:
        self.exited = True
        if self._fd is not None:
            asyncio.get_running_loop().remove_reader(self._fd)
        self._wake()
