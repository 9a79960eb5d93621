"""What a log's end says of the failure: the line that matters, and those before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LENGTH = 500
"""Characters of a line that are looked at: patterns take their time on a hostile one."""
_RECENT = 20
"""Lines in which a cause is looked for: what was said before is not why it ended."""
_AFTER = 8
"""Lines at most behind the exception that ended a program: its message, a caller's complaint."""
_NOISE = re.compile(
    r"""\[saturn-deploy\]\ .* | Process\ finished\ with\ exit\ code\ .* | logout | exit
      | make(\[\d+\])?:\ (\*\*\*|Leaving|Entering).* | npm\ (ERR!|error)\ (A\ complete\ log|code).*
      | error:\ Recipe\ .* | \[notice\].* | note:\ This\ error\ originates.* | hint:\ See\ above.*
      | (.*:\ )?(line\ \d+:\ )?(\ *\d+\ )?(Segmentation\ fault|Killed|Terminated|Aborted)(\ .*)?
      | .*\b\w*Warning:\ .* | Command\ exited\ with\ non-zero\ status.* | [\W_]*""",
    re.VERBOSE,
)
_TRACEBACK = "Traceback (most recent call last)"
_EXCEPTION = re.compile(r"([A-Za-z_]\w*\.)*[A-Za-z_]\w*(: .*|:)?")
_NAMED = re.compile(r"([A-Za-z_]\w*\.)*[A-Z]\w*(Error|Exception|Interrupt|Exit|Timeout)(: .*)?")
_CELL = re.compile(r"(cell \d+ of \d+): (.*)")
_FRAME = re.compile(r' *File "([^"]+)", line (\d+)')


@dataclass(frozen=True)
class LastWords:
    """Of a log's end. Everything is plain text."""

    line: str = ""
    """The one that says most of why it ended; `""`: it wrote nothing."""
    exception: str = ""
    """Of Python, without the cell: `ValueError: no`."""
    cell: str = ""
    """Of a notebook: `cell 2 of 3`."""
    frames: tuple[tuple[str, int], ...] = ()
    """Files and lines that led to the exception, the outermost first."""
    recent: tuple[str, ...] = ()
    """The last lines, but for empty ones."""

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The last of the recent lines that matches as a whole."""
        return next(filter(None, map(pattern.fullmatch, reversed(self.recent))), None)


def read(tail: str) -> LastWords:
    """What the end of a log says, see `logs.tail`."""
    lines = _without_ignored([line.rstrip()[:_LENGTH] for line in tail.split("\n")])
    said = [line.strip() for line in lines if line.strip()]
    recent = tuple(said[-_RECENT:])
    # Where there is nothing else, even that is worth a word.
    telling = [line for line in said if not _NOISE.fullmatch(line)] or said or [""]
    if cell := _CELL.fullmatch(telling[-1]):
        return LastWords(telling[-1], cell[2], cell[1], _frames(lines), recent)
    exception = _ended_by(lines) or next(filter(_NAMED.fullmatch, telling[: -_AFTER - 1 : -1]), "")
    return LastWords(exception or telling[-1], exception, "", _frames(lines), recent)


def _without_ignored(lines: list[str]) -> list[str]:
    """Without what Python says of exceptions that changed nothing."""
    kept: list[str] = []
    ignored = False
    for line in lines:
        if line.startswith("Exception ignored "):
            ignored = True
        elif ignored and not line.startswith((" ", _TRACEBACK)):
            ignored = False  # this line is the exception
        elif not ignored:
            kept.append(line)
    return kept


def _ended_by(lines: list[str]) -> str:
    """The exception of the last traceback, if nearly nothing follows."""
    starts = [number for number, line in enumerate(lines) if _TRACEBACK in line]
    if not starts:
        return ""
    behind = lines[starts[-1] + 1 :]
    for number, line in enumerate(behind):
        if line and not line.startswith((" ", "│", "╭", "╰", "|", "+")):
            more = [each for each in behind[number + 1 :] if not _NOISE.fullmatch(each.strip())]
            return line if _EXCEPTION.fullmatch(line) and len(more) < _AFTER else ""
    return ""


def _frames(lines: list[str]) -> tuple[tuple[str, int], ...]:
    """Of the last traceback; a syntax error has one without its head."""
    starts = [number for number, line in enumerate(lines) if _TRACEBACK in line]
    found = map(_FRAME.match, lines[starts[-1] if starts else 0 :])
    return tuple((frame[1], int(frame[2][:9])) for frame in found if frame)
