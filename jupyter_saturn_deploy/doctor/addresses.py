"""Where a command tells its program to listen, and the same command with that left to HOST and
PORT. Text only; None wherever it is not certain."""

from __future__ import annotations

import re
import shlex

PORT, HOST = "${PORT:-8000}", "${HOST:-0.0.0.0}"

_OF_PORT = r"(?:--?[\w.-]*port[= ]|-p[= ]?|\bPORT=|\bhttp\.server |:)"
_OF_HOST = r"(?:--?[\w.-]*(?:host|address|addr|bind|ip)[= ]|-[bh][= ]?|\bHOST=)"
_ABOUT_OTHERS = re.compile(r"origin|://|allow", re.IGNORECASE)
_FLAGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bokeh": (("--port",), ("--address",)),
    "fastapi": (("--port",), ("--host",)),
    "flask": (("--port", "-p"), ("--host", "-h")),
    "marimo": (("--port", "-p"), ("--host",)),
    "mlflow": (("--port", "-p"), ("--host", "-h")),
    "panel": (("--port",), ("--address",)),
    "shiny": (("--port", "-p"), ("--host", "-h")),
    "solara": (("--port",), ("--host",)),
    "streamlit": (("--server.port",), ("--server.address",)),
    "uvicorn": (("--port",), ("--host",)),
    "http.server": ((), ("--bind", "-b")),
    "voila": (("--port",), ("--Voila.ip",)),
}
"""Those of the port and of the address; the first is the one to use."""
_BINDS: dict[str, tuple[str, ...]] = {"gunicorn": ("--bind", "-b"), "hypercorn": ("--bind", "-b")}
"""One for both."""


def with_port(command: str, port: int) -> str | None:
    """The command with `${PORT:-8000}` in the place of that port."""
    literal = re.compile(rf"(?<![\w.]){port}(?![\w.])")
    if literal.search(command) is None:
        return _with_flag(command, 0, PORT)
    return _replaced(command, literal, _OF_PORT, PORT)


def with_host(command: str, *literals: str) -> str | None:
    """The command with `${HOST:-0.0.0.0}` in the place of the one of these addresses it has."""
    either = "|".join(map(re.escape, literals))
    literal = re.compile(rf"(?<![\w.])(?<!:-)(?:{either})(?![\w.])")
    if literal.search(command) is not None:
        return _replaced(command, literal, _OF_HOST, HOST)
    everywhere = re.compile(r"(?<=-b |-b=)(?=:)|(?<=--bind[ =])(?=:)")
    if "0.0.0.0" in literals and everywhere.search(command):
        return _replaced(command, everywhere, _OF_HOST, HOST)
    return _with_flag(command, 1, HOST)


def names_host(command: str, *literals: str) -> bool:
    """Whether it is told to listen on one of them."""
    either = "|".join(map(re.escape, literals))
    return any(
        not _ABOUT_OTHERS.search(_word(command, found.start()))
        for found in re.finditer(rf"{_OF_HOST}[\"']?(?:{either})(?![\w.])", command)
    )


def leaves_host(command: str) -> bool:
    """Whether it starts a server that we know, and tells it no address."""
    return _with_flag(command, 1, HOST) is not None


def _replaced(command: str, literal: re.Pattern[str], before: str, by: str) -> str | None:
    places = list(literal.finditer(command))
    if len(places) != 1:
        return None
    start, end = places[0].span()
    said = re.search(rf"{before}[\"']?$", command[:start])
    if said is None or _ABOUT_OTHERS.search(_word(command, start)) or not _expands(command, start):
        return None
    return command[:start] + by + command[end:]


def _word(command: str, place: int) -> str:
    """The word at that place; with the flag that it is for, where that stands before it."""
    words = command[:place].split(" ")
    return " ".join(words[-2:]) if "=" not in words[-1] else words[-1]


def _expands(command: str, place: int) -> bool:
    """Whether the shell puts in a variable's value there."""
    inside = ""
    behind_backslash = False
    for character in command[:place]:
        if behind_backslash:
            behind_backslash = False
        elif character == "\\" and inside != "'":
            behind_backslash = True
        elif character in "'\"" and inside in ("", character):
            inside = "" if inside else character
    return inside != "'" and not behind_backslash


def _with_flag(command: str, which: int, value: str) -> str | None:
    """With a flag at its end, where it is one call of a server that we know, without that flag."""
    words = _words(command)
    name = words[0].rpartition("/")[2] if words else ""
    if name in _BINDS:
        names, value = _BINDS[name], f"{HOST}:{PORT}"
    elif name in _FLAGS:
        names = _FLAGS[name][which]
    else:
        return None
    if not names or any(
        word == flag or word.startswith(f"{flag}=") for word in words for flag in names
    ):
        return None
    return f"{command.rstrip()} {names[0]}={value}"


def _words(command: str) -> list[str]:
    """Of the program that it starts; none where it is more than one call of a program."""
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    if re.search(r"[;&|<>()#`\\\n]", command.strip()) or "--" in words:
        return []
    while words and (re.match(r"[A-Za-z_]\w*=", words[0]) or words[0] == "exec"):
        words = words[1:]
    if len(words) > 2 and re.fullmatch(r"(?:.*/)?python[\d.]*", words[0]) and words[1] == "-m":
        words = words[2:]
    return words
