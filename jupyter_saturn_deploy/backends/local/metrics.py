"""What an attempt took, read from what its shim wrote down."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

from ..base import Point

_RECORD = struct.Struct("<ddQ")
"""Time, CPU seconds so far, bytes resident: see `meter.py`."""


def read_points(path: Path) -> list[Point]:
    """The points in the file of that name; none where there is no such file."""
    return [
        # A clock that was set back makes no sense of what lies between.
        Point(at, max(0.0, cpu - cpu_before) / (at - before), resident)
        for (before, cpu_before, _), (at, cpu, resident) in pairwise(_records(path))
        if at > before
    ]


def read_totals(path: Path) -> tuple[float, int] | None:
    """CPU seconds and the most bytes resident, as far as seen; None where nobody looked."""
    records = _records(path)
    if len(records) < 2:  # the first is from before the start
        return None
    return records[-1][1], max(resident for _, _, resident in records)


def _records(path: Path) -> list[tuple[float, float, int]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = len(content) - len(content) % _RECORD.size  # the last one may be half written
    return list(_RECORD.iter_unpack(content[:whole]))
