"""Lists of rows as bytes: gzipped JSON, a row a line.

In pieces throughout: the interpreter is held for a millisecond, not for all of a large list.
"""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Row = Sequence[Any]
_BATCH = 500


def packed(rows: Iterable[Row]) -> Iterator[tuple[bytes, bytes]]:
    """The rows as text, some at a time, and beside it what is to be written of it."""
    compress = zlib.compressobj(1, wbits=31)
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, _BATCH)):
        text = "".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in batch).encode()
        yield text, compress.compress(text)
    yield b"", compress.flush()


def unpacked(content: bytes) -> tuple[bytes, list[list[Any]]]:
    """The text and the rows. ValueError: this is no complete list of rows."""
    decompress = zlib.decompressobj(wbits=31)
    try:
        text = decompress.decompress(content)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not decompress.eof:
        raise ValueError("it is not complete")
    found = text.split(b"\n")[:-1]
    rows: list[list[Any]] = []
    for start in range(0, len(found), _BATCH):
        rows += json.loads(b"[%b]" % b",".join(found[start : start + _BATCH]))
    return text, rows
