"""Lists that are kept once, however many runs had them: of files, of packages."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from .keep import collect, is_digest, written
from .rows import Row, digest, packed, unpacked


class Records:
    """Under `state_dir/records`, each by the digest of its rows. Blocks: belongs into a thread.

    Rows of files: `[path, size, mtime_ns, mode, sha256 | target | null]`, as `listing` gives them.
    Rows of packages: `[name, version]`.
    """

    def __init__(self, state_dir: Path) -> None:
        self._directory = state_dir / "records"

    def put(self, rows: Iterable[Row]) -> str:
        """Keep the rows, on disk when this returns; their digest. OSError: no space."""
        rows = list(rows)
        name = digest(rows)
        try:
            os.utime(self._path(name))  # needed again: `collect` goes by it
        except FileNotFoundError:
            with written(self._directory) as (file, named):
                file.writelines(packed(rows))
                named(self._path(name).name)
        return name

    def get(self, digest: str) -> list[list[Any]] | None:
        """The rows; None: not kept, not any more, or damaged."""
        if not is_digest(digest):
            return None
        try:
            return unpacked(self._path(digest).read_bytes())
        except (OSError, ValueError):
            return None

    def collect(self, keep: Collection[str], older_than: float) -> None:
        """Let go of all but the digests in `keep`, and of what was put in the last seconds.

        `older_than`: how many, so that what a run is about to refer to stays.
        """
        collect(self._directory, keep, older_than)

    def _path(self, digest: str) -> Path:
        return self._directory / f"{digest}.jsonl.gz"
