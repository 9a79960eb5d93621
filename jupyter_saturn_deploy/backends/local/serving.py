"""Where an instance can be reached, as the sockets of its process tree tell."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ...models.runs import Serving
from .ports import Listener, accepts, beyond, connections, listeners, loopback

_ELSEWHERE = 3.0
"""Seconds that an instance has to listen on the port it was given, while it does so elsewhere."""
_AGAIN = 0.1
"""Seconds until a second look."""


@dataclass
class Watch:
    """One instance's. Its methods block: they belong into a thread."""

    pid: int
    """Its process tree's root."""
    given: int
    """The port it was given."""
    serving: Serving | None = None
    _elsewhere: float | None = None
    """Since when it listens on other ports only, by the monotonic clock."""

    def look(self) -> Serving | None:
        """Where it can be reached now. None: nowhere yet, or no more."""
        seen = self._seen()
        if seen is None and self.serving is not None:
            # A process that is born or loses its parent just now is overlooked once.
            time.sleep(_AGAIN)
            seen = self._seen()
        self.serving = seen
        return seen

    def _seen(self) -> Serving | None:
        found = listeners(self.pid)
        there = [item for item in found if item.port == self.given]
        if there:
            self._elsewhere = None
        elif found:
            now = time.monotonic()
            self._elsewhere = now if self._elsewhere is None else self._elsewhere
            if self.serving is not None or now - self._elsewhere >= _ELSEWHERE:
                there = found
        return self._kept(there) or self._first(there)

    def busy(self) -> bool:
        """Whether anybody is connected to it."""
        return self.serving is not None and connections(self.pid, self.serving.port) > 0

    def _kept(self, there: list[Listener]) -> Serving | None:
        """As it was, if it still listens there."""
        known = self.serving
        if known is None or not any(
            (item.port, loopback(item)) == (known.port, known.host) for item in there
        ):
            return None
        return known

    def _first(self, there: list[Listener]) -> Serving | None:
        for item in sorted(there, key=lambda item: (item.port, beyond(item))):
            host = loopback(item)
            if accepts(host, item.port):
                open_to_all = any(beyond(each) and each.port == item.port for each in there)
                return Serving(host, item.port, self.given, open_to_all, time.time())
        return None
