"""Log files: read, follow, search. File level only; nothing here knows of runs.

A log is a file that only grows. Beside it two small files may lie, written by whoever runs the
command (`backends/local/shim.py`):

- `<log>.times`: records `<dQ` of (seconds since the epoch, offset): the bytes from `offset` on, up
  to the next record's, were written at that time, to 0.1 s;
- `<log>.hole`: `<QQ` of (start, end): bytes that were given back to keep a huge log within its
  cap. Offsets of what remains are unchanged. Two zeros, or no such file: nothing is missing.
"""

from __future__ import annotations

from .files import CHUNK, Hole, hole, read, size
from .follow import follow
from .lines import line_at
from .search import Found, Match, search
from .times import times

__all__ = [
    "CHUNK",
    "Found",
    "Hole",
    "Match",
    "follow",
    "hole",
    "line_at",
    "read",
    "search",
    "size",
    "times",
]
