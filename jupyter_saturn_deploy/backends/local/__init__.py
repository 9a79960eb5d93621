"""Runs on the machine of the Jupyter server itself. Linux and macOS."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    raise ImportError("Windows is not supported by the local backend: use WSL, or another backend")

from .backend import LocalBackend

__all__ = ["LocalBackend"]
