"""Sorting without holding the interpreter for as long as a large list takes."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from operator import itemgetter
from typing import Any, TypeVar

Found = TypeVar("Found", bound=Sequence[Any])
_AT_ONCE = 5000
_path = itemgetter(0)


def in_order(found: Sequence[Found]) -> list[Found]:
    """Sorted by the first field, a path."""
    parts = [
        sorted(found[start : start + _AT_ONCE], key=_path)
        for start in range(0, len(found), _AT_ONCE)
    ]
    return parts[0] if len(parts) == 1 else list(merge(*parts, key=_path))
