"""What a project consists of, and what stays behind: one walk for all who ask.

`.gitignore` files count as in git, at any depth; then `.jobignore` files, which have the last
word; below both what `builtin` leaves out. `.git/info/exclude` and the user's global excludes are
not read: a project is the same for everybody.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import builtin
from .entries import Entry as Entry
from .entries import LeftOut as LeftOut
from .entries import Listing as Listing
from .entries import Problem as Problem
from .errors import Cancelled as Cancelled
from .errors import TooMany as TooMany
from .ignore import Rulings
from .inside import Inside
from .limits import BYTES_LIMIT as BYTES_LIMIT
from .limits import FILES_LIMIT as FILES_LIMIT
from .limits import WALK_LIMIT, too_much
from .order import in_order
from .shown import shown as shown

_PATH_BYTES = 3000
"""Longest path: its copy lies below another directory, and 4096 is the system's limit."""
IGNORE_FILES = (".gitignore", ".jobignore")
IGNORE_BYTES = 256 * 1024
"""So much of an ignore file is read."""
_LOOK_EVERY = 200
"""Entries between two looks at `cancelled`."""
_LEAVE_OUT = "remove it, or leave it out with a line in .jobignore"
_UNREADABLE = "make it readable for yourself, or leave it out with a line in .jobignore"
_NO_FILES = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def list_project(
    project: Path,
    *,
    most: int | None = None,
    also_out: Collection[Path] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> Listing:
    """List a project. Blocks, and leaves other threads their turn: belongs into a thread.

    No link is followed and nothing but ignore files opened. What appears or goes meanwhile may be
    in it or not. `also_out`: this extension's own directories. Raises `TooMany` beyond `most`
    entries, `Cancelled` soon after `cancelled()` is true; what can't be read is a `Problem`.
    """
    walk = _Walk(project, most, also_out, cancelled)
    try:
        with Inside(project) as inside:
            walk.all(inside)
    except OSError as error:
        walk.problem("", f"the project can't be read: {error.strerror}", "see that it is there")
    return walk.done()


@dataclass(frozen=True)
class _Directory:
    """A directory to be looked at."""

    path: str
    rulings: Rulings
    named: bool
    """Whether it comes in for being named, whatever is in it."""

    @property
    def prefix(self) -> str:
        """Its path with a slash, where it has one."""
        return f"{self.path}/" if self.path else ""


class _Walk:
    """One walk, directory after directory."""

    def __init__(
        self,
        project: Path,
        most: int | None,
        also_out: Collection[Path],
        cancelled: Callable[[], bool],
    ) -> None:
        self._top = os.path.realpath(project)
        self._most = most
        self._own = {os.path.relpath(os.path.realpath(path), self._top) for path in also_out}
        self._cancelled = cancelled
        self._listing = Listing()
        self._seen = 0
        self._directories: list[Entry] = []
        self._occupied = {""}
        """Directories that something is kept of."""

    def all(self, inside: Inside) -> None:
        """Look at everything."""
        ahead = [_Directory("", Rulings(), named=True)]
        while ahead and self._seen < WALK_LIMIT:
            directory = ahead.pop()
            try:
                ahead += self._directory(inside, directory)
            except OSError as error:
                self._failed(directory.prefix, error)

    def done(self) -> Listing:
        """The listing, in order."""
        for directory in reversed(self._directories):  # those below come first
            if directory.path not in self._occupied:
                self._keep(directory)
        listing = self._listing
        if self._seen >= WALK_LIMIT:
            message = f"it has over {WALK_LIMIT:,} entries; the rest was not looked at"
            self.problem("", message, "leave some out with a .jobignore file")
        too_many = too_much(listing)
        if too_many is not None:
            listing.problems.append(too_many)
        return Listing(
            in_order(listing.found), in_order(listing.left_out), in_order(listing.problems)
        )

    def problem(self, path: str, message: str, fix: str) -> None:
        """Note it."""
        self._listing.problems.append(Problem(path, message, fix))

    def _directory(self, inside: Inside, directory: _Directory) -> list[_Directory]:
        """Look at one directory; those in it that are to be looked at."""
        prefix, descriptor = directory.prefix, inside.directory(directory.path)
        if not directory.named and builtin.is_environment(descriptor):
            self._out(prefix, builtin.ENVIRONMENT_REASON)
            return []
        if directory.path:
            mode = os.fstat(descriptor).st_mode & 0o777
            self._directories.append(Entry(directory.path, "directory", 0, 0, mode, None))
        rulings = directory.rulings.below(
            prefix, *(inside.read(prefix + name, IGNORE_BYTES) for name in IGNORE_FILES)
        )
        ahead = []
        with os.scandir(descriptor) as found:
            for entry in self._counted(found):
                path = prefix + entry.name
                try:
                    below = self._entry(entry, path, rulings, descriptor)
                except OSError as error:
                    self._failed(path, error)
                else:
                    ahead += [below] if below else []
        return ahead

    def _counted(self, scanned: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for entry in scanned:
            self._seen += 1
            if self._seen % _LOOK_EVERY == 0 and self._cancelled():
                raise Cancelled
            yield entry
            if self._seen >= WALK_LIMIT:
                return

    def _entry(
        self, entry: os.DirEntry[str], path: str, rulings: Rulings, parent: int
    ) -> _Directory | None:
        """Take it in, leave it out, or note what is wrong with it; a directory is to be entered."""
        is_directory = entry.is_dir(follow_symlinks=False)
        ruling = rulings.about(path, entry.name, is_directory)
        named = ruling is not None and ruling.names_it
        reason = self._own_reason(path, entry.name, is_directory, named)
        if reason is None and ruling is not None and not ruling.rule.negated:
            reason = str(ruling)
        if reason is not None:
            self._out(f"{path}/" if is_directory else path, reason)
        elif len(os.fsencode(path)) > _PATH_BYTES:
            self.problem(path, f"its path has over {_PATH_BYTES} bytes", _LEAVE_OUT)
        elif is_directory:
            return _Directory(path, rulings, named)
        elif entry.is_symlink():
            self._link(entry, path, parent)
        else:
            self._file(entry, path, parent)
        return None

    def _own_reason(self, path: str, name: str, directory: bool, named: bool) -> str | None:
        if name == builtin.GIT:
            return builtin.GIT_REASON
        if path in self._own:
            return "this extension's own records"
        return None if named else builtin.reason(name, directory)

    def _file(self, entry: os.DirEntry[str], path: str, parent: int) -> None:
        info = entry.stat(follow_symlinks=False)
        what = _NO_FILES.get(stat.S_IFMT(info.st_mode))
        if what is not None:
            self.problem(path, f"it is {what}, which can't be copied", _LEAVE_OUT)
            return
        mode = info.st_mode & 0o777
        if mode & 0o444 != 0o444 and not os.access(
            entry.name, os.R_OK, dir_fd=parent, effective_ids=True
        ):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self._keep(Entry(path, "file", info.st_size, info.st_mtime_ns, mode, None))

    def _link(self, entry: os.DirEntry[str], path: str, parent: int) -> None:
        target = os.readlink(entry.name, dir_fd=parent)
        inner = target_within(self._top, path, target)
        if inner is None:
            message = f"it links to {shown(target)}, outside of the project"
            self.problem(path, message, "copy that into the project, or leave the link out")
            return
        modified = entry.stat(follow_symlinks=False).st_mtime_ns
        self._keep(Entry(path, "link", 0, modified, 0o777, inner))

    def _keep(self, entry: Entry) -> None:
        self._listing.found.append(entry.row())
        if self._most is not None and len(self._listing.found) > self._most:
            raise TooMany(f"the project has more than {self._most:,} files")
        parent = entry.path.rpartition("/")[0]
        while parent not in self._occupied:
            self._occupied.add(parent)
            parent = parent.rpartition("/")[0]

    def _out(self, path: str, reason: str) -> None:
        self._listing.left_out.append(LeftOut(path, reason))

    def _failed(self, path: str, error: OSError) -> None:
        """What could not be looked at; what is gone is nothing to speak of."""
        if error.errno in (errno.ENOTDIR, errno.ELOOP, errno.EINVAL):  # EINVAL: no link any more
            self.problem(path, "it changed while it was looked at", "try again")
        elif error.errno != errno.ENOENT:
            self.problem(path, f"it can't be read: {error.strerror}", _UNREADABLE)


def target_within(top: str, path: str, target: str) -> str | None:
    """Where the link `path` leads, relative to its directory; None: out of `top`, a real path."""
    real = os.path.realpath(f"{top}/{path}")
    parent = os.path.dirname(path)
    if real != top and not real.startswith(f"{top.rstrip('/')}/"):
        return None
    plain = os.path.normpath(os.path.join(parent, target))
    if os.path.isabs(plain) or plain.split("/")[0] == "..":
        return os.path.relpath(real, os.path.join(top, parent))
    return target
