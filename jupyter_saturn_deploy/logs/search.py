"""Searching a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from .files import Hole, read

_LONG = 256 * 1024
"""Bytes of one line from which on it is searched in parts."""
_ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


@dataclass(frozen=True)
class Match:
    """A line that holds what was searched for."""

    line: int
    """Its number, from 0."""
    offset: int
    """Of its first byte."""


@dataclass
class Found:
    """What a search gave."""

    count: int = 0
    """All lines that match."""
    matches: list[Match] = field(default_factory=list)
    """The first of them."""

    @property
    def truncated(self) -> bool:
        """Whether there are more than `matches` holds."""
        return self.count > len(self.matches)


def search(
    path: Path,
    query: str,
    case: bool = False,
    limit: int = 1000,
    gone: Callable[[], bool] = lambda: False,
) -> Found:
    """The lines of the log in which `query` stands, as it is shown: without its colours.

    `case`: whether capitals matter. Counts all, keeps the first `limit`. An empty query, and one
    with a newline, finds nothing. Needs little memory however long the log or a line is. Gives up
    once `gone()`. Blocks: belongs into a thread.
    """
    scan = _Scan(query if case else query.casefold(), case, limit)
    if query and "\n" not in query:
        for piece in read(path):
            if gone():
                break
            scan.feed(piece)
        scan.end()
    return scan.found


class _Scan:
    """Goes through a log piece by piece; holds back the line that is not complete yet."""

    def __init__(self, query: str, case: bool, limit: int) -> None:
        self.query = query
        self.case = case
        self.limit = limit
        self.found = Found()
        self._overlap = 4 * len(query.encode()) + 256
        self._held = b""
        self._line = 0
        self._line_start = 0
        self._line_counted = False
        """The line that `held` belongs to was found already, in an earlier part of it."""
        self._offset = 0

    def feed(self, piece: bytes | Hole) -> None:
        """The next piece of the log."""
        if isinstance(piece, Hole):
            # What is before and behind it does not hang together, though it counts as one line.
            self._part(self._held)
            self._held = b""
            self._offset = piece.end
            return
        self._offset += len(piece)
        head, newline, self._held = (self._held + piece).rpartition(b"\n")
        if newline:
            self._lines(head)
        if len(self._held) > _LONG:
            self._part(self._held)
            self._held = self._held[-self._overlap :]

    def end(self) -> None:
        """There is nothing more."""
        self._part(self._held)

    def _lines(self, lines: bytes) -> None:
        """Complete lines, without the last one's newline; the first one may have begun earlier."""
        end = self._offset - len(self._held)
        shown = self._shown(lines)
        if self.query in shown:
            split = lines.split(b"\n")
            self._part(split[0])
            # What is shown has the same lines.
            hits = [n for n, line in enumerate(shown.split("\n")) if n and self.query in line]
            wanted = hits[: self.limit - len(self.found.matches)]
            starts = list(accumulate(map(len, split), initial=end - 1 - len(lines)))
            self.found.matches += [Match(self._line + n, starts[n] + n) for n in wanted]
            self.found.count += len(hits)
        self._line += lines.count(b"\n") + 1
        self._line_start = end
        self._line_counted = False

    def _part(self, line: bytes) -> None:
        if not self._line_counted and self.query in self._shown(line):
            self._line_counted = True
            self.found.count += 1
            if len(self.found.matches) < self.limit:
                self.found.matches.append(Match(self._line, self._line_start))

    def _shown(self, data: bytes) -> str:
        if b"\x1b" in data:
            data = _ESCAPE.sub(b"", data)
        text = data.decode("utf-8", "replace")
        return text if self.case else text.casefold()
