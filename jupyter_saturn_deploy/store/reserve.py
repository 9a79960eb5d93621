"""Space kept back, so that on a full disk the store can still say what happened."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_BYTES = 1024 * 1024
_PLENTY = 16 * _BYTES
"""Free bytes from which on it is laid by again."""


class Reserve:
    """A file that takes space until it is needed. Several processes may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._spent = True

    def lay_by(self) -> None:
        """Take the space, unless it is taken or scarce."""
        if not self._spent or shutil.disk_usage(self.path.parent).free < _PLENTY:
            return
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                # Written, not allocated: some file systems give zeros no space until then.
                os.pwrite(file, os.urandom(_BYTES), 0)
            finally:
                os.close(file)
        except OSError:
            return
        self._spent = False

    def spend(self) -> bool:
        """Give the space back; whether there was any."""
        self._spent = True
        try:
            self.path.unlink()
        except OSError:
            return False
        return True
