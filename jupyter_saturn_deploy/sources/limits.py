"""How much a snapshot may hold, and what to leave out of a project that is more."""

from __future__ import annotations

import heapq
import os
import stat
from collections import defaultdict
from collections.abc import Mapping

from .entries import Listing, Problem
from .shown import shown

FILES_LIMIT = 50_000
BYTES_LIMIT = 1024**3
WALK_LIMIT = 10 * FILES_LIMIT
"""Entries after which nobody looks any further."""
_NAMED = 3


def too_much(listing: Listing) -> Problem | None:
    """What is wrong with so many files or bytes, and what to leave out first."""
    number, total = listing.files, listing.bytes
    if number <= FILES_LIMIT and total <= BYTES_LIMIT:
        return None
    by_number = number > FILES_LIMIT
    weights: dict[str, int] = defaultdict(int)
    for path, bytes_, _, mode, _ in listing.found:
        if by_number and not stat.S_ISDIR(mode):
            weights[_alike(path)] += 1
        elif bytes_:
            weights[path] = bytes_
    heaviest = ", ".join(
        f"{shown(path)} ({f'{weight:,} files' if by_number else size(weight)})"
        for path, weight in _heaviest(weights)
    )
    return Problem(
        path="",
        message=f"it has {number:,} files, {size(total)}; {FILES_LIMIT:,} files and"
        f" {size(BYTES_LIMIT)} can be copied",
        fix=f"leave some out with a .jobignore file; the most is in {heaviest}",
    )


def size(number: int) -> str:
    """`12.3 MB`: bytes for people, in powers of 1024 as sizes of machines are told."""
    amount, unit = float(number), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f}".removesuffix(".0") + f" {unit}"


def _alike(path: str) -> str:
    """All files of the kind in its directory, as one would write it in an ignore file."""
    parent, slash, name = path.rpartition("/")
    return f"{parent}{slash}*{os.path.splitext(name)[1]}"


def _heaviest(weights: Mapping[str, int]) -> list[tuple[str, int]]:
    """The files and directories that weigh most, none inside another; heaviest first.

    A directory stands for what is in it, unless nearly all of that is in one place below.
    """
    below: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path, weight in weights.items():
        while path:
            parent = path.rstrip("/").rpartition("/")[0]
            below[f"{parent}/" if parent else ""][path] += weight
            path = f"{parent}/" if parent else ""
    named = []
    for path, weight in heapq.nlargest(_NAMED, below[""].items(), key=lambda item: item[1]):
        while path in below:
            inner, share = max(below[path].items(), key=lambda item: item[1])
            if share < 0.8 * weight:
                break
            path, weight = inner, share
        named.append((path, weight))
    return named
