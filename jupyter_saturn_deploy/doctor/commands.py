"""What a command line starts, as far as that can be told without running it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_PYTHON = re.compile(r"(?:.*/)?python(?:3(?:\.\d+)?)?")
_SHELLS = frozenset({"bash", "sh", "dash", "zsh", "ksh"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PLAIN = re.compile(r"[\w./+,@%:=-]+")
_WITH_VALUE = frozenset({"-W", "-X"})
_ENDS = frozenset({";", "&&", "\n"})
_BEFORE = frozenset(
    {"export", "set", "echo", "printf", "date", "pwd", ":", "true", "ulimit", "umask"}
)
"""Commands that change no files and are no reason not to look at the next one."""


@dataclass(frozen=True)
class Started:
    """A file that a command starts."""

    kind: str
    """`python`, `shell`, `notebook`, or `file`: started by its own name."""
    path: str
    interpreter: str = ""
    """As the command names it."""
    directory: str = ""
    """Entered before, relative to the working directory."""


def started(command: str) -> Started | None:
    """The first file that the command starts, if it does nothing before that would matter."""
    directory = ""
    for words in _simple_commands(command):
        while words and _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        if not words or words[0] in _BEFORE:
            continue
        if not all(map(_PLAIN.fullmatch, words[:1])):
            return None
        if words[0] == "cd" and len(words) == 2 and _PLAIN.fullmatch(words[1]):
            directory = os.path.join(directory, words[1])
            continue
        if words[0] in ("exec", "time", "nohup") and len(words) > 1:
            words = words[1:]
        return _started(words, directory)
    return None


def _started(words: list[str], directory: str) -> Started | None:
    name = words[0].rpartition("/")[2]
    if _PYTHON.fullmatch(words[0]):
        return _operand("python", words, directory)
    if name in _SHELLS:
        return _operand("shell", words, directory)
    if words[0] in (".", "source") and len(words) > 1:
        return _plain(Started("shell", words[1], words[0], directory))
    if name == "jupyter-saturn-deploy":
        words = ["jupyter", "saturn-deploy", *words[1:]]
    if words[:3] == ["jupyter", "saturn-deploy", "run-notebook"] and len(words) > 3:
        return _plain(Started("notebook", words[3], "", directory))
    if "/" in words[0]:
        return _plain(Started("file", words[0], "", directory))
    return None


def _operand(kind: str, words: list[str], directory: str) -> Started | None:
    """What an interpreter is given to run; None: no file (`-c`, `-m`, standard input)."""
    rest = iter(words[1:])
    for word in rest:
        if not word.startswith("-"):
            return _plain(Started(kind, word, words[0], directory))
        if word in _WITH_VALUE:
            next(rest, None)
        elif word == "-" or (re.search("[cms]", word) and not word.startswith("--")):
            return None
    return None


def _plain(found: Started) -> Started | None:
    """None where the shell makes something else of the word."""
    return found if _PLAIN.fullmatch(found.path) else None


def _simple_commands(command: str) -> Iterator[list[str]]:
    """The words of each command in a row; nothing behind what is more than that."""
    for line in command.split("\n"):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
        lexer.whitespace_split = True
        try:
            tokens = list(lexer)
        except ValueError:  # quotes that go on in the next line
            return
        words: list[str] = []
        for token in [*tokens, "\n"]:
            if token in _ENDS:
                yield words
                words = []
            elif token and set(token) <= set(";&|<>()"):
                yield words
                return
            else:
                words.append(token)


def replaced(command: str, word: str, by: str) -> str | None:
    """The command with another word where it names `word`; None: that is not there just once."""
    quoted = re.escape(word)
    pattern = re.compile(rf"(?<![^\s;&|(]){quoted}(?![^\s;&|)])")
    return pattern.sub(lambda _: by, command) if len(pattern.findall(command)) == 1 else None
