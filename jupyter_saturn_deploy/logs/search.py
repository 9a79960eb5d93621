"""Searching a log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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


def search(path: Path, query: str, case: bool = False, limit: int = 1000) -> Found:
    """The lines of the log in which `query` stands, as it is shown: without its colours.

    `case`: whether capitals matter. Counts all, keeps the first `limit`. An empty query, and one
    with a newline, finds nothing. Needs little memory however long the log or a line is. Blocks:
    belongs into a thread.
    """
    scan = _Scan(query if case else query.casefold(), case, limit)
    if query and "\n" not in query:
        for piece in read(path):
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
        if self._stands_in(lines):
            first, *others = lines.split(b"\n")
            self._part(first)
            start = end - len(lines) + len(first)
            for number, line in enumerate(others, 1):
                if self._stands_in(line):
                    self._count(Match(self._line + number, start))
                start += len(line) + 1
        self._line += lines.count(b"\n") + 1
        self._line_start = end
        self._line_counted = False

    def _part(self, line: bytes) -> None:
        if not self._line_counted and self._stands_in(line):
            self._line_counted = True
            self._count(Match(self._line, self._line_start))

    def _count(self, match: Match) -> None:
        self.found.count += 1
        if len(self.found.matches) < self.limit:
            self.found.matches.append(match)

    def _stands_in(self, data: bytes) -> bool:
        if b"\x1b" in data:
            data = _ESCAPE.sub(b"", data)
        text = data.decode("utf-8", "replace")
        return self.query in (text if self.case else text.casefold())
