"""Which framework an app is made with, and the command that serves it. Standard library only."""

from __future__ import annotations

from .commands import command
from .known import FRAMEWORKS, Framework
from .recognise import Recognised, recognise

__all__ = ["FRAMEWORKS", "Framework", "Recognised", "command", "recognise"]
