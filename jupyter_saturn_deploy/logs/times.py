"""When the bytes of a log were written."""

from __future__ import annotations

import bisect
import struct
from itertools import islice
from pathlib import Path

_MARK = struct.Struct("<dQ")
_MOST = 10_000


def times(path: Path, start: int, end: int) -> list[tuple[int, float]]:
    """Marks `(offset, seconds since the epoch)` that cover the bytes from `start` up to `end`.

    Ascending; bytes from a mark's offset up to the next mark's were written at its time, to 0.1 s.
    The first mark's offset may be less than `start`. Of more than 10,000 only every n-th is given.
    Empty where nothing is known. Reads no more of the index than it needs. Blocks: belongs into a
    thread.
    """
    try:
        with path.with_name(path.name + ".times").open("rb") as file:
            count = file.seek(0, 2) // _MARK.size

            def offset(number: int) -> int:
                file.seek(number * _MARK.size)
                return int(_MARK.unpack(file.read(_MARK.size))[1])

            numbers = range(count)
            first = max(bisect.bisect_right(numbers, start, key=offset) - 1, 0)
            last = bisect.bisect_left(numbers, end, key=offset)
            file.seek(first * _MARK.size)
            marks = file.read(max(last - first, 0) * _MARK.size)
    except FileNotFoundError:
        return []
    step = max(-(-(last - first) // _MOST), 1)
    return [(offset, at) for at, offset in islice(_MARK.iter_unpack(marks), 0, None, step)]
