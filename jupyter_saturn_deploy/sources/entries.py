"""What a walk of a project finds."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from heapq import nlargest
from operator import attrgetter
from typing import Literal, NamedTuple

from .rows import Row

Kind = Literal["file", "link", "directory"]
_TYPES = {"file": stat.S_IFREG, "link": stat.S_IFLNK, "directory": stat.S_IFDIR}


class Entry(NamedTuple):
    """A file, a symbolic link, or a directory of which there is nothing else to tell."""

    path: str
    """Relative, separated by `/`; bytes that are no UTF-8 as surrogates."""
    kind: Kind
    size: int
    """Bytes of a file, those of its holes included; else 0."""
    mtime_ns: int
    """0 of a directory: its time tells of what is left out of it, too."""
    mode: int
    """Permission bits; of a link 0o777."""
    target: str | None
    """Where a link points: relative, within the project."""

    def row(self) -> Row:
        """As in `records`; `mode` there holds the type, too (stat's `st_mode`)."""
        mode = self.mode | _TYPES[self.kind]
        return [self.path, self.size, self.mtime_ns, mode, self.target]


class LeftOut(NamedTuple):
    """Something that stays behind on purpose."""

    path: str
    """A directory ends with a slash and stands for all that is in it."""
    reason: str


class Problem(NamedTuple):
    """Something that can't be copied; `path` as in `LeftOut`, `""` is the project itself."""

    path: str
    message: str
    fix: str


@dataclass
class Listing:
    """What a walk found."""

    entries: list[Entry] = field(default_factory=list)
    """Sorted by path."""
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What forbids a snapshot: also being more than `FILES_LIMIT` or `BYTES_LIMIT`."""

    @property
    def files(self) -> int:
        """How many entries are no directories."""
        return sum(entry.kind != "directory" for entry in self.entries)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(entry.size for entry in self.entries)

    def largest(self, n: int) -> list[Entry]:
        """The n largest files, largest first."""
        files = (entry for entry in self.entries if entry.kind == "file")
        return nlargest(n, files, key=attrgetter("size"))

    def rows(self) -> list[Row]:
        """Of all entries, for `records`."""
        return [entry.row() for entry in self.entries]
