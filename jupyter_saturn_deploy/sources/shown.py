"""Paths as text for people."""

from __future__ import annotations

import unicodedata


def shown(path: str) -> str:
    """The path on one line, with what can't be displayed escaped: `\\n`, `\\xff`, `\\u202e`.

    Only for the eye: two paths may look the same.
    """
    if path.isascii() and path.isprintable():
        return path
    return "".join(map(_character, path))


def _character(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte that is no UTF-8, as Python's file names have it
        return f"\\x{ord(character) - 0xDC00:02x}"
    if character.isprintable() and unicodedata.category(character) != "Cn":
        return character
    return character.encode("unicode_escape").decode()
