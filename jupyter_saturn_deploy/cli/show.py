"""What is printed: tables, times in words, complaints. Nothing here writes a control character
that came from elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

_COLOURS = {"running": "32", "completed": "32", "pending": "33", "stopping": "33", "error": "31"}
_NARROWEST = 4
_GAP = "  "


def clean(text: object) -> str:
    """On one line, and of printable characters alone."""
    line = " ".join(str(text).split())
    return line if line.isprintable() else "".join(c if c.isprintable() else "�" for c in line)


def say(text: object = "") -> None:
    """A line of standard output."""
    print(clean(text))


def note(*lines: object) -> None:
    """To standard error: for who watches, not for what reads the output."""
    sys.stdout.flush()
    for line in lines:
        print(clean(line), file=sys.stderr, flush=True)


def complain(*lines: object) -> None:
    """To standard error: what went wrong."""
    note(*(f"jupyter saturn-deploy: {line}" for line in lines))


def data(form: str, value: Any) -> None:
    """As JSON or YAML."""
    if form == "yaml":
        import yaml

        print(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), end="")
    else:
        print(json.dumps(value, indent=2))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """As wide as the terminal at most, with an ellipsis where a cell is cut. Uncut where the
    output is no terminal."""
    cells = [[clean("" if cell is None else cell) for cell in row] for row in rows]
    lines = [list(heads), *cells]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heads))]
    if sys.stdout.isatty():
        widths = _fitted(widths, shutil.get_terminal_size().columns)
    for line in lines:
        shown = [_padded(cell, width) for cell, width in zip(line, widths, strict=True)]
        if _coloured() and line is not lines[0]:
            shown = [_paint(cell) for cell in shown]
        elif _coloured():
            shown = [f"\x1b[1m{cell}\x1b[0m" for cell in shown]
        print(_GAP.join(shown).rstrip())


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Name and value, line by line, without those that are empty; nothing is cut."""
    told = [(name, clean(value)) for name, value in pairs if value not in (None, "")]
    width = max(len(name) for name, _ in told)
    for name, value in told:
        print(f"{name.ljust(width)}{_GAP}{_paint(value) if _coloured() else value}")


def when(moment: str | None) -> str:
    """2 h ago, in 12 min; empty for none."""
    if moment is None:
        return ""
    at = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    seconds = (at - datetime.now(timezone.utc)).total_seconds()
    away = abs(seconds)
    if away < 1:
        return "now"
    if away >= 30 * 86400:
        return at.astimezone().strftime("%Y-%m-%d")
    unit, name = next(
        (unit, name)
        for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
        if away >= unit
    )
    amount = f"{int(away / unit)} {name}"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def _coloured() -> bool:
    environ = os.environ
    plain = environ.get("NO_COLOR") or environ.get("TERM", "dumb") == "dumb"
    return sys.stdout.isatty() and not plain


def _paint(cell: str) -> str:
    colour = _COLOURS.get(cell.split(":")[0].strip())
    return f"\x1b[{colour}m{cell}\x1b[0m" if colour else cell


def _fitted(widths: list[int], room: int) -> list[int]:
    """The widest columns give, until all have room or are narrow."""
    fitted = list(widths)
    while sum(fitted) + len(_GAP) * (len(fitted) - 1) > room and max(fitted) > _NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int) -> str:
    if _width(text) > width:
        kept, left = [], width - 1
        for character in text:
            left -= _cells(character)
            if left < 0:
                break
            kept.append(character)
        text = "".join(kept).rstrip() + "…"
    return text + " " * (width - _width(text))
