"""The files of a project in one `.tar.gz`."""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ..models.errors import Invalid
from .entries import Entry
from .errors import Cancelled
from .inside import Inside
from .limits import BYTES_LIMIT, size
from .rows import Row
from .shown import shown

FIELD = "spec.x-jupyter.source"
_CHUNK = 256 * 1024
"""Bytes that are compressed at once, without holding the interpreter."""
_LEVEL = 1
"""Of compression. The next ones take longer and save little of source code."""
_TYPES = {"file": tarfile.REGTYPE, "link": tarfile.SYMTYPE, "directory": tarfile.DIRTYPE}


def write(
    project: Path,
    entries: Iterable[Entry],
    file: BinaryIO,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> list[Row]:
    """Write the entries to `file`; their rows, as they were written, with digests of contents.

    What is gone by now is left out; what grows is cut at the size it had when it was opened.
    `progress` hears of files and bytes, seen to every 256 KB, as is `cancelled`. Raises `Invalid`
    for what can't be read, shrinks or isn't what was listed; `Cancelled`; `OSError` for `file`.
    """
    packing = _Packing(file, progress, cancelled)
    try:
        inside = Inside(project)
    except OSError as error:
        raise _unreadable("", error) from None
    with inside:
        for entry in entries:
            if entry.kind == "file":
                packing.file(inside, entry)
            else:
                packing.other(entry)
    packing.end()
    return packing.rows


class _Packing:
    """A tar on its way through gzip."""

    def __init__(
        self,
        file: BinaryIO,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.rows: list[Row] = []
        self._out, self._progress, self._cancelled = file, progress, cancelled
        self._compress = zlib.compressobj(_LEVEL, wbits=31)
        self._ahead, self._length = list[bytes](), 0
        self._files = self._bytes = 0

    def file(self, inside: Inside, entry: Entry) -> None:
        """Take in a regular file."""
        try:
            descriptor = inside.open(entry.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unreadable(entry.path, error) from None
        try:
            info = os.fstat(descriptor)
            if not stat.S_ISREG(info.st_mode):
                raise _changed(entry.path)
            entry = entry._replace(
                size=info.st_size, mtime_ns=info.st_mtime_ns, mode=info.st_mode & 0o777
            )
            if self._bytes + entry.size > BYTES_LIMIT:
                raise _invalid("", f"it grew beyond {size(BYTES_LIMIT)} while it was packed")
            self._header(entry)
            content = hashlib.sha256()
            for piece in _pieces(descriptor, entry):
                content.update(piece)
                self._put(piece)
                self._bytes += len(piece)
        finally:
            os.close(descriptor)
        self._put(bytes(-entry.size % tarfile.BLOCKSIZE))
        self._files += 1
        self.rows.append([*entry.row()[:4], content.hexdigest()])

    def other(self, entry: Entry) -> None:
        """Take in a link or a directory, as it was listed."""
        self._header(entry)
        self._files += entry.kind == "link"
        self.rows.append(entry.row())

    def end(self) -> None:
        """Write what is still to be written."""
        self._put(bytes(2 * tarfile.BLOCKSIZE))
        self._flush()
        self._out.write(self._compress.flush())

    def _header(self, entry: Entry) -> None:
        info = tarfile.TarInfo(entry.path)
        info.type, info.size, info.mode = _TYPES[entry.kind], entry.size, entry.mode
        info.mtime, info.linkname = entry.mtime_ns // 10**9, entry.target or ""
        self._put(info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))

    def _put(self, data: bytes) -> None:
        self._ahead.append(data)
        self._length += len(data)
        if self._length >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        self._out.write(self._compress.compress(b"".join(self._ahead)))
        self._ahead, self._length = [], 0
        self._progress(self._files, self._bytes)
        if self._cancelled():
            raise Cancelled


def _pieces(descriptor: int, entry: Entry) -> Iterator[bytes]:
    """The content, as many bytes as it had when it was opened."""
    missing = entry.size
    while missing:
        try:
            piece = os.read(descriptor, min(_CHUNK, missing))
        except OSError as error:
            raise _unreadable(entry.path, error) from None
        if not piece:
            raise _changed(entry.path)
        missing -= len(piece)
        yield piece


def _unreadable(path: str, error: OSError) -> Invalid:
    return _invalid(path, f"it could not be read: {error.strerror}")


def _changed(path: str) -> Invalid:
    return _invalid(path, "it changed while it was packed")


def _invalid(path: str, message: str) -> Invalid:
    return Invalid.field(FIELD, f"{shown(path) or 'the project'}: {message}", "try again")
