"""A commit's files, as a checkout would put them there."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from .entries import Entry
from .git_process import GitError, ask
from .rows import Row
from .shown import shown

CHECKOUT_TIMEOUT = 900.0
"""Seconds; a filter may download large files."""
_SUBMODULE = "160000"


def checkout(
    git_dir: str, prefix: str, commit: str, into: Path, cancelled: Callable[[], bool]
) -> list[Row]:
    """What `Repository.checkout` promises, of the files below `prefix`."""
    with disk(f"the files of {commit[:12]} can't be written"):
        temporary = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
        try:
            return _place(git_dir, prefix, commit, temporary, into, cancelled)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def disk(trouble: str) -> Iterator[None]:
    """Raises GitError with `trouble` where the file system refuses."""
    try:
        yield
    except OSError as error:
        fix = "see whether the disk is full or read-only"
        raise GitError(f"{trouble}: {error.strerror}", fix) from error


@dataclass(frozen=True)
class _Indexed:
    mode: str
    hash: str
    path: bytes


def _place(
    git_dir: str,
    prefix: str,
    commit: str,
    temporary: Path,
    into: Path,
    cancelled: Callable[[], bool],
) -> list[Row]:
    """Through an index and a working tree of their own, so that what counts are the commit's
    attributes and not those that the project has now."""
    tree = temporary / "tree"
    tree.mkdir()
    own = {
        "GIT_DIR": git_dir,
        "GIT_WORK_TREE": str(tree),
        "GIT_INDEX_FILE": str(temporary / "index"),
    }
    ask(tree, ["read-tree", "--no-sparse-checkout", commit], variables=own)
    listed = ask(tree, ["ls-files", "-z", "--stage", "--", prefix or "."], variables=own)
    entries = [entry for entry in map(_parse, listed.records) if entry.mode != _SUBMODULE]
    if prefix and not entries:
        fix = "choose a commit that has the project"
        raise GitError(f"{commit[:12]} has no files in {shown(prefix)}", fix)
    with open(temporary / "paths", "w+b") as paths:
        paths.writelines(entry.path + b"\0" for entry in entries)
        paths.seek(0)
        command = ["checkout-index", "-z", "--stdin"]
        ask(
            tree,
            command,
            variables=own,
            timeout=CHECKOUT_TIMEOUT,
            stdin=paths,
            cancelled=cancelled,
        )
    top = os.path.realpath(tree / prefix)
    rows = [_row(top, entry, len(os.fsencode(prefix))) for entry in entries]
    os.rename(top, into)
    return sorted(rows, key=itemgetter(0))


def _parse(record: bytes) -> _Indexed:
    """`mode hash stage<tab>path`."""
    fields, _, path = record.partition(b"\t")
    mode, hash_, _ = fields.decode().split()
    return _Indexed(mode, hash_, path)


def _row(top: str, entry: _Indexed, skip: int) -> Row:
    relative = os.fsdecode(entry.path[skip:])
    path = f"{top}/{relative}"
    found = os.lstat(path)
    target = os.readlink(path) if stat.S_ISLNK(found.st_mode) else None
    if target is not None and (
        os.path.isabs(target) or os.path.commonpath([top, os.path.realpath(path)]) != top
    ):
        raise GitError(
            f"the link {shown(relative)} leads out of the project",
            "make it a relative link to something in the project, and commit that",
        )
    if target is not None:
        return Entry(relative, "link", 0, found.st_mtime_ns, 0o777, target).row()
    mode = found.st_mode & 0o777
    row = Entry(relative, "file", found.st_size, found.st_mtime_ns, mode, None).row()
    return [*row[:-1], entry.hash]
