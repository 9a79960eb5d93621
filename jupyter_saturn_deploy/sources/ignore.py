"""Ignore files as git reads them: gitignore(5), and wildmatch.c where that is vague.

One file's rules decide about one entry at a time. That nothing below an ignored directory can
come back is up to the walk, which doesn't enter it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .wildmatch import Match, literal, matcher


@dataclass(frozen=True)
class Rule:
    """One line of an ignore file."""

    number: int
    """Of the line, from 1."""
    text: str
    negated: bool
    """`!`: takes in again what a line above left out."""
    directories: bool
    """Trailing slash: about directories only."""
    whole: bool
    """A slash elsewhere: about paths from the file's directory on, not names anywhere below it."""
    pattern: bytes

    def matches(self, path: bytes, name: bytes, directory: bool) -> bool:
        """`path` from the file's directory on, `name` its last part."""
        if self.directories and not directory:
            return False
        return _matcher(self.pattern, self.whole)(path if self.whole else name)


class Rules:
    """What one ignore file says. Made once, asked about thousands of entries."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = rules[::-1]
        names = [rule.pattern for rule in rules if not rule.whole]
        paths = [rule.pattern for rule in rules if rule.whole]
        self._name = matcher(names, whole=False)
        self._path = matcher(paths, whole=True)

    def verdict(self, path: bytes, name: bytes, directory: bool) -> Rule | None:
        """The rule that decides: the last that matches; None: the file doesn't speak of it."""
        if not (self._name(name) or self._path(path)):  # true of nearly every entry
            return None
        return next((rule for rule in self._rules if rule.matches(path, name, directory)), None)


@lru_cache(maxsize=1024)
def _matcher(pattern: bytes, whole: bool) -> Match:
    return matcher((pattern,), whole=whole)


@lru_cache(maxsize=256)
def parse(content: bytes) -> Rules:
    """The rules of an ignore file. Never fails: a pattern that can't match is none."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    rules = (_rule(number, line) for number, line in enumerate(lines, start=1))
    return Rules([rule for rule in rules if rule is not None])


def _rule(number: int, line: bytes) -> Rule | None:
    line = _trimmed(line.removesuffix(b"\r"))
    if not line or line.startswith(b"#"):
        return None
    pattern = line.removeprefix(b"!")
    directories = pattern.endswith(b"/")
    pattern = pattern[:-1] if directories else pattern
    whole = b"/" in pattern
    if not pattern or b"\0" in pattern:
        return None
    return Rule(
        number=number,
        text=line.decode(errors="surrogateescape"),
        negated=line.startswith(b"!"),
        directories=directories,
        whole=whole,
        pattern=pattern.removeprefix(b"/"),
    )


def _trimmed(line: bytes) -> bytes:
    """Without trailing spaces, but for those that a backslash keeps."""
    bare = line.rstrip(b" ")
    slashes = len(bare) - len(bare.rstrip(b"\\"))
    return line[: len(bare) + 1] if slashes % 2 and bare != line else bare


@dataclass(frozen=True)
class Ruling:
    """What an ignore file says about an entry."""

    file: str
    """Its path in the project."""
    rule: Rule

    @property
    def names_it(self) -> bool:
        """Whether `.jobignore` asks for it by name."""
        return self.file.endswith(".jobignore") and self.rule.negated and literal(self.rule.pattern)

    def __str__(self) -> str:
        return f"{self.file} line {self.rule.number}: {self.rule.text}"


class Rulings:
    """The ignore files that count in a directory: its own and those above it."""

    def __init__(self, git: tuple[_File, ...] = (), job: tuple[_File, ...] = ()) -> None:
        self._git, self._job = git, job
        self._files = job + git

    def below(self, prefix: str, git: bytes | None, job: bytes | None) -> Rulings:
        """With those of the directory `prefix` (`""`, or ends with a slash): what they contain."""
        if not git and not job:
            return self
        start = len(os.fsencode(prefix))
        return Rulings(
            ((_File(f"{prefix}.gitignore", start, parse(git)), *self._git) if git else self._git),
            ((_File(f"{prefix}.jobignore", start, parse(job)), *self._job) if job else self._job),
        )

    def about(self, path: str, name: str, directory: bool) -> Ruling | None:
        """What counts for an entry: the deepest file that speaks of it, any `.jobignore` first."""
        if not self._files:
            return None
        whole, last = os.fsencode(path), os.fsencode(name)
        for file in self._files:
            rule = file.rules.verdict(whole[file.start :], last, directory)
            if rule is not None:
                return Ruling(file.path, rule)
        return None


class _File(NamedTuple):
    path: str
    start: int
    """Where paths begin that are relative to its directory, in bytes."""
    rules: Rules
