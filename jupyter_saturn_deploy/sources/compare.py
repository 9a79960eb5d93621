"""What differs between two lists of files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .rows import Row

Change = Literal["added", "removed", "changed"]


def changes(before: Iterable[Row], after: Iterable[Row]) -> list[tuple[str, Change]]:
    """The paths that differ, sorted. Rows are those of files in `records`.

    Contents count where both lists know their digests; else a file is the same while size and
    time are. Type and permission bits count in either case.
    """
    old = {row[0]: row for row in before}
    new = {row[0]: row for row in after}
    found: dict[str, Change] = dict.fromkeys(old.keys() - new.keys(), "removed")
    found |= dict.fromkeys(new.keys() - old.keys(), "added")
    for path in old.keys() & new.keys():
        if not same(old[path], new[path]):
            found[path] = "changed"
    return sorted(found.items())


def same(one: Row, other: Row) -> bool:
    """Whether two rows of one path tell of the same file."""
    _, size, mtime_ns, mode, content = one
    if mode != other[3] or size != other[1]:
        return False
    known = content is not None and other[4] is not None
    return bool(content == other[4] if known else mtime_ns == other[2])
