"""Projects, frozen: each kept once, by the digest of what is in it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..models.code import Snapshot
from ..models.errors import FieldProblem, Invalid
from . import archive, keep, rows
from .compare import Change, changes
from .errors import Cancelled, SourceError
from .inside import Inside
from .listing import Listing, Problem, list_project
from .rows import Row
from .shown import shown
from .unpack import DAMAGED, unpack

_GRAIN_NS = 2 * 10**9
"""A file written so shortly before it was listed may be written again without a new time."""
_PROBLEMS = 10
"""So many are told at once."""
_HEAD_BYTES = 16 * 1024
_CHUNK = 1024 * 1024


class Snapshots:
    """Under `state_dir/snapshots`: `<digest>.tar.gz`, and `<digest>.json.gz` that tells of it.

    Two processes may share it. Everything here blocks: it belongs into a thread.
    """

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._directory = state_dir / "snapshots"

    def listing(self, project: Path, cancelled: Callable[[], bool] = lambda: False) -> Listing:
        """What `pack` would find now."""
        return list_project(project, also_out=[self._state_dir], cancelled=cancelled)

    def pack(
        self,
        project: Path,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        listed: Callable[[int, int], None] = lambda files, size: None,
    ) -> Snapshot:
        """Freeze the project, on disk when this returns; the one there is if nothing changed.

        `listed` hears once how many files and bytes there are, `progress` now and then how many
        are packed. Raises `Invalid` for what can't be packed, `SourceError` where it can't be kept
        (disk full), `Cancelled`.
        """
        began = time.time_ns()
        listing = self.listing(project, cancelled)
        _refuse(listing.problems)
        listed(listing.files, listing.bytes)
        found = self._unchanged(project, rows.digest(listing.rows()))
        if found is not None:
            progress(found.files, found.bytes)
            return found
        try:
            return self._pack(project, listing, began, progress, cancelled)
        except OSError as error:
            message = f"the snapshot can't be kept in {self._directory}: {error.strerror}"
            raise SourceError(message) from None

    def get(self, digest: str) -> Snapshot | None:
        """The snapshot; None: there is none, not any more."""
        head = self._head(digest) if keep.is_digest(digest) else None
        return None if head is None else Snapshot(digest, *head[:4])

    def renewed(self, digest: str) -> Snapshot | None:
        """As `get`; `collect` takes it for one just made, as somebody is about to refer to it."""
        found = self.get(digest)
        try:
            if found is not None:
                os.utime(self._about(digest))
                os.utime(self._archive(digest))
        except FileNotFoundError:
            return None
        return found

    def rows(self, digest: str) -> list[list[Any]]:
        """Its files as in `records`, each with the digest of its content.

        Raises `SourceError`: it is gone or damaged.
        """
        if self.get(digest) is None:
            raise SourceError("the snapshot is gone: make a new one")
        try:
            found = rows.unpacked(self._about(digest).read_bytes())[1:]
            if rows.digest(_identity(found)) == digest:
                return found
        except (OSError, ValueError, TypeError):
            pass
        raise SourceError(DAMAGED)

    def unpack(
        self, digest: str, into: Path, cancelled: Callable[[], bool] = lambda: False
    ) -> list[Row]:
        """Put its files into `into`; rows as in `unpack.unpack`, for `prune.prune`.

        Raises `SourceError`, `Cancelled`; what is in `into` then is incomplete.
        """
        return unpack(self._archive(digest), _until(cancelled, self.rows(digest)), into)

    def changed(self, digest: str, project: Path) -> list[tuple[str, Change]]:
        """How the project differs from it now, sorted by path.

        Files with another time but the same size are read: a touched one is the same. Of a project
        that is gone all is removed. Raises `SourceError`: the snapshot is gone or damaged.
        """
        before = self.rows(digest)
        after = self.listing(project).rows()
        # Without a project there is nothing to read, and nothing that could be opened.
        return changes(before, _read_touched(project, before, after) if after else ())

    def collect(self, digests: Collection[str], older_than: float) -> None:
        """Let go of all but these, of those not packed within `older_than` seconds."""
        keep.collect(self._directory, digests, older_than)

    def held(self) -> tuple[int, int]:
        """How many there are, and their bytes on disk."""
        number = size = 0
        with contextlib.suppress(FileNotFoundError), os.scandir(self._directory) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    size += entry.stat().st_size
                    number += entry.name.endswith(".tar.gz")
        return number, size

    def _pack(
        self,
        project: Path,
        listing: Listing,
        began: int,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> Snapshot:
        with keep.written(self._directory) as (file, named):
            packed = archive.write(project, listing.entries, file, progress, cancelled)
            digest = rows.digest(_identity(packed))
            named(self._archive(digest).name)
        snapshot = Snapshot(
            digest=digest,
            project=str(project),
            files=sum(not stat.S_ISDIR(row[3]) for row in packed),
            bytes=sum(row[1] for row in packed),
            made_at=time.time(),
        )
        settled = all(row[2] < began - _GRAIN_NS for row in packed)
        seen = rows.digest(_seen(packed)) if settled else None
        head = [snapshot.project, snapshot.files, snapshot.bytes, snapshot.made_at, seen]
        with keep.written(self._directory) as (file, named):
            file.writelines(rows.packed([head, *packed]))
            named(self._about(digest).name)
        return snapshot

    def _unchanged(self, project: Path, seen: str) -> Snapshot | None:
        """The snapshot that was made of the very same files, kept for longer by that."""
        for path in self._directory.glob("*.json.gz"):
            digest = path.name.partition(".")[0]
            head = self._head(digest)
            if head is not None and (head[0], head[4]) == (str(project), seen):
                found = self.renewed(digest)
                if found is not None:
                    return found
        return None

    def _head(self, digest: str) -> list[Any] | None:
        try:
            with self._about(digest).open("rb") as file:
                head = rows.first(file.read(_HEAD_BYTES))
        except (OSError, ValueError):
            return None
        return head if len(head) == 5 and self._archive(digest).exists() else None

    def _archive(self, digest: str) -> Path:
        return self._directory / f"{digest}.tar.gz"

    def _about(self, digest: str) -> Path:
        return self._directory / f"{digest}.json.gz"


def _until(cancelled: Callable[[], bool], found: Iterable[Row]) -> Iterator[Row]:
    for row in found:
        if cancelled():
            raise Cancelled
        yield row


def _refuse(problems: list[Problem]) -> None:
    """Raise `Invalid` if there are any."""
    told = [
        FieldProblem(
            archive.FIELD, f"{shown(problem.path) or 'the project'}: {problem.message}", problem.fix
        )
        for problem in problems[:_PROBLEMS]
    ]
    if len(problems) > _PROBLEMS:
        more = f"{len(problems) - _PROBLEMS:,} more of the kind"
        told.append(FieldProblem(archive.FIELD, more, "see the preview"))
    if told:
        raise Invalid(*told)


def _identity(packed: Iterable[Row]) -> Iterator[Row]:
    """What makes a snapshot this one: path, mode, content."""
    return ([path, mode, content] for path, _, _, mode, content in packed)


def _seen(packed: Iterable[Row]) -> Iterator[Row]:
    """As a listing has it, which knows no contents."""
    for row in packed:
        yield [*row[:4], None] if stat.S_ISREG(row[3]) else row


def _read_touched(project: Path, before: Iterable[Row], after: Iterable[Row]) -> Iterator[Row]:
    """`after`, with digests of contents where times alone differ."""
    known = {row[0]: row for row in before}
    with Inside(project) as inside:
        for row in after:
            old = known.get(row[0])
            touched = old is not None and old[2] != row[2] and [old[1], old[3]] == [row[1], row[3]]
            content = _content(inside, row[0]) if touched and stat.S_ISREG(row[3]) else row[4]
            yield [*row[:4], content]


def _content(inside: Inside, path: str) -> str | None:
    """The digest of a file's content; None where it can't be read."""
    total = hashlib.sha256()
    try:
        with open(inside.open(path), "rb", buffering=0) as file:
            while piece := file.read(_CHUNK):
                total.update(piece)
    except OSError:
        return None
    return total.hexdigest()
