"""Opens what lies in a directory, and never anything outside of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import TracebackType

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | os.O_NOFOLLOW


class Inside:
    """A directory, held open. Paths are relative to it and separated by `/`.

    No link on the way is followed, whoever swaps what while we look: `OSError` then. Cheap where
    one asks for a directory again, or next for one below it. Belongs to one thread.
    """

    def __init__(self, top: Path) -> None:
        """OSError: `top` can't be opened, or is no directory."""
        self._top = os.open(top, _DIRECTORY)
        self._path, self._fd = "", self._top

    def __enter__(self) -> Inside:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rest()
        os.close(self._top)

    def directory(self, path: str) -> int:
        """A descriptor of the directory `path` (`""`: of the top), open until the next call."""
        if path == self._path:
            return self._fd
        if not path.startswith(f"{self._path}/" if self._path else ""):
            self._rest()
        for name in path[len(self._path) :].strip("/").split("/") if path else ():
            self._down(name)
        return self._fd

    def make_directory(self, path: str, mode: int = 0o755) -> int:
        """As `directory`, which is made where it is missing, with all above it."""
        try:
            return self.directory(path)
        except FileNotFoundError:
            parent, _, name = path.rpartition("/")
            os.mkdir(name, mode, dir_fd=self.make_directory(parent, mode))
            return self.directory(path)

    def open(self, path: str) -> int:
        """A descriptor of the file `path` for reading; never waits.

        It may be of anything that isn't a link: who reads looks with `os.fstat` first.
        """
        parent, _, name = path.rpartition("/")
        return os.open(name, _FILE, dir_fd=self.directory(parent))

    def read(self, path: str, limit: int) -> bytes | None:
        """The first `limit` bytes of a regular file; None where it is none or can't be read."""
        try:
            descriptor = self.open(path)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(limit)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def _down(self, name: str) -> None:
        if name in ("", ".", ".."):
            raise NotADirectoryError(f"{name!r} is no name of a directory")
        below = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=self._fd)
        path = f"{self._path}/{name}" if self._path else name
        self._rest()
        self._path, self._fd = path, below

    def _rest(self) -> None:
        """Back at the top."""
        if self._fd != self._top:
            os.close(self._fd)
        self._path, self._fd = "", self._top
