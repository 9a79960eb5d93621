"""The files of an archive in a directory, each checked against what it should be."""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from .errors import SourceError
from .inside import Inside
from .rows import Row

_CHUNK = 1024 * 1024
DAMAGED = "the snapshot is damaged: make a new one"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_TYPES = {
    tarfile.REGTYPE: stat.S_IFREG,
    tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.DIRTYPE: stat.S_IFDIR,
}


def unpack(archive: Path, rows: Iterable[Row], into: Path) -> list[Row]:
    """Put what `rows` tell into `into`, which is made if need be; the rows with times as kept.

    Contents, permission bits and modification times are those packed, the owner is this user. The
    archive has exactly what the rows say, in their order, or is refused: nothing is ever written
    elsewhere, nothing over anything. Raises `SourceError`; what is in `into` then is incomplete.
    """
    try:
        file = archive.open("rb")
    except OSError:
        raise SourceError("the snapshot is gone: make a new one") from None
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file, tarfile.open(fileobj=file, mode="r|gz") as tar, Inside(into) as inside:
            return [_put(row, tar, inside) for row in rows]
    except (tarfile.TarError, zlib.error, EOFError, ValueError):
        raise SourceError(DAMAGED) from None
    except OSError as error:
        raise SourceError(f"the snapshot can't be unpacked: {error.strerror or error}") from None


def _put(row: Row, tar: tarfile.TarFile, inside: Inside) -> Row:
    """The next member of the archive, which must be the one of this row."""
    path, size, mtime_ns, mode, content = row
    member = tar.next()
    if member is None or {".", "..", ""} & set(path.split("/")):
        raise SourceError(DAMAGED)
    kind = _TYPES.get(member.type, 0)
    if (member.name, member.size, kind | member.mode) != (path, size, mode):
        raise SourceError(DAMAGED)
    parent, _, name = path.rpartition("/")
    directory = inside.make_directory(parent)
    if kind == stat.S_IFREG:
        _write(tar.extractfile(member), name, directory, row)
    elif kind == stat.S_IFDIR:
        os.mkdir(name, dir_fd=directory)
        os.chmod(name, mode & 0o777, dir_fd=directory)
        return row
    elif member.linkname == content:
        os.symlink(content, name, dir_fd=directory)
    else:
        raise SourceError(DAMAGED)
    os.utime(name, ns=(mtime_ns, mtime_ns), dir_fd=directory, follow_symlinks=False)
    kept = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime_ns
    return [path, size, kept, mode, content]


def _write(source: IO[bytes] | None, name: str, directory: int, row: Row) -> None:
    if source is None:
        raise SourceError(DAMAGED)
    total = hashlib.sha256()
    with open(os.open(name, _NEW, 0o600, dir_fd=directory), "wb", buffering=0) as file:
        while piece := source.read(_CHUNK):
            total.update(piece)
            file.write(piece)
        os.fchmod(file.fileno(), row[3] & 0o777)
    if total.hexdigest() != row[4]:
        raise SourceError(DAMAGED)
