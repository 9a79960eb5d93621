"""The end of a log, as text that can be shown anywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOST = 16 * 1024
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def tail(path: Path, most: int = _MOST) -> str:
    """The lines in the last `most` bytes; `""` where there is no log. Blocks.

    What a progress bar wrote over is a line of its own; of a line cut short there is the end.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - most))
            return plain(file.read(most).decode("utf-8", "replace"))
    except OSError:
        return ""


def plain(text: str) -> str:
    """Without colours and other orders to a terminal, without what turns the direction of text."""
    return _UNSEEN.sub("", _ESCAPE.sub("", text).replace("\r", "\n").replace("\t", "    "))
