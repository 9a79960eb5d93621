"""Lists of rows as bytes: gzipped JSON, a row a line.

In pieces throughout: the interpreter is held for a millisecond, not for all of a large list.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Row = Sequence[Any]
_BATCH = 500
_text = json.JSONEncoder(separators=(",", ":")).encode


def texts(rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as text, some at a time."""
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield "".join(f"{_text(row)}\n" for row in batch).encode()


def digest(rows: Iterable[Row]) -> str:
    """SHA-256, in hexadecimal, of the rows as text."""
    total = hashlib.sha256()
    for text in texts(rows):
        total.update(text)
    return total.hexdigest()


def packed(rows: Iterable[Row]) -> Iterator[bytes]:
    """What is to be written of the rows."""
    compress = zlib.compressobj(1, wbits=31)
    for text in texts(rows):
        yield compress.compress(text)
    yield compress.flush()


def unpacked(content: bytes) -> list[list[Any]]:
    """The rows. ValueError: these are none, or not all."""
    decompress = zlib.decompressobj(wbits=31)
    try:
        text = decompress.decompress(content)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not decompress.eof:
        raise ValueError("the end is missing")
    lines = text.split(b"\n")[:-1]
    rows: list[list[Any]] = []
    for start in range(0, len(lines), _BATCH):
        rows += json.loads(b"[%b]" % b",".join(lines[start : start + _BATCH]))
    return rows


def first(content: bytes) -> list[Any]:
    """The first row, which is a short one; the content may be cut. ValueError: there is none."""
    decompress = zlib.decompressobj(wbits=31)
    try:
        text = decompress.decompress(content, 64 * 1024)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    row = json.loads(text.partition(b"\n")[0])
    if not isinstance(row, list):
        raise ValueError("it is no row")
    return row
