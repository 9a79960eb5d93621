"""What can go wrong with the files of a run."""

from __future__ import annotations


class SourceError(Exception):
    """The files can't be had or put in place. `str(error)` is a sentence for the user."""


class Cancelled(Exception):
    """Given up because `cancelled()` said so; nothing is left behind."""


class TooMany(Exception):
    """There are more entries than were asked for."""
