"""What a walk of a project finds."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from heapq import nlargest
from operator import itemgetter
from typing import Literal, NamedTuple

from .rows import Row

Kind = Literal["file", "link", "directory"]
_TYPES: dict[Kind, int] = {
    "file": stat.S_IFREG,
    "link": stat.S_IFLNK,
    "directory": stat.S_IFDIR,
}
_KINDS = {number: kind for kind, number in _TYPES.items()}


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
        # A plain tuple of plain things: the garbage collector need not look at half a million.
        return (self.path, self.size, self.mtime_ns, mode, self.target)

    @classmethod
    def of(cls, row: Row) -> Entry:
        """The other way round."""
        path, size, mtime_ns, mode, target = row
        return cls(path, _KINDS[stat.S_IFMT(mode)], size, mtime_ns, stat.S_IMODE(mode), target)


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

    found: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What forbids a snapshot: also being more than `FILES_LIMIT` or `BYTES_LIMIT`."""

    @property
    def entries(self) -> list[Entry]:
        """All that is to be kept, sorted by path; made anew each time."""
        return [Entry.of(row) for row in self.found]

    @property
    def files(self) -> int:
        """How many entries are no directories."""
        return sum(not stat.S_ISDIR(row[3]) for row in self.found)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(row[1] for row in self.found)

    def largest(self, n: int) -> list[Entry]:
        """The n largest files, largest first."""
        files = (row for row in self.found if stat.S_ISREG(row[3]))
        return [Entry.of(row) for row in nlargest(n, files, key=itemgetter(1))]

    def rows(self) -> list[Row]:
        """The entries as in `records`."""
        return self.found
