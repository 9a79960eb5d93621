"""Git's patterns as regular expressions, byte for byte as wildmatch.c understands them.

Ours because libraries make expressions whose time explodes with a pattern's stars, and `re` holds
the interpreter meanwhile: an ignore file of a cloned project would stop the whole server. None of
these is slower than quadratic in the name. Libraries also differ from git in classes and escapes.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Callable, Iterable, Iterator

Match = Callable[[bytes], bool]

_SPECIAL = re.compile(rb"[*?[\\]")
_SPACE = b" \t\n\r"
_PRINT = bytes(range(0x20, 0x7F))
_CLASSES: dict[bytes, bytes] = {
    b"alnum": (string.ascii_letters + string.digits).encode(),
    b"alpha": string.ascii_letters.encode(),
    b"blank": b" \t",
    b"cntrl": bytes(range(0x20)) + b"\x7f",
    b"digit": string.digits.encode(),
    b"graph": _PRINT[1:],
    b"lower": string.ascii_lowercase.encode(),
    b"print": _PRINT,
    b"punct": string.punctuation.encode(),
    b"space": _SPACE,
    b"upper": string.ascii_uppercase.encode(),
    b"xdigit": string.hexdigits.encode(),
}
_STAR, _DEEP, _REST = object(), object(), object()
"""`*`, `**/` and a final `**`."""


class _Never(Exception):
    """The pattern matches nothing."""


def literal(pattern: bytes) -> bool:
    """Whether the pattern means itself only."""
    return not _SPECIAL.search(pattern)


def matcher(patterns: Iterable[bytes], *, whole: bool) -> Match:
    """Whether at least one of the patterns matches.

    With `whole` a path, in which only `**` goes across slashes; else a name.
    """
    patterns = frozenset(patterns)
    literals = frozenset(filter(literal, patterns))
    groups = itertools.count()
    wild = [_expression(pattern, whole, groups) for pattern in sorted(patterns - literals)]
    if not wild:
        return literals.__contains__
    search = re.compile(b"(?:%b)\\Z" % b"|".join(wild), re.DOTALL).match
    return lambda text: text in literals or search(text) is not None


def _expression(pattern: bytes, whole: bool, groups: Iterator[int]) -> bytes:
    try:
        tokens = list(_tokens(pattern, whole))
    except _Never:
        return rb"(?!)"
    first, *others = _split(tokens, _DEEP)
    expression = _within(first, groups)
    for part in others:
        # The nearest place is as good as any later one for what follows: no need to come back.
        text = _within(part, groups)
        nearest = part is not others[-1]
        expression += _settled(rb"(?:.*?/)??" + text, groups) if nearest else rb"(?:.*/)?" + text
    return expression


def _within(tokens: list[object], groups: Iterator[int]) -> bytes:
    """As many directories as there are slashes."""
    first, *others = (_bytes(part) for part in _split(tokens, _STAR))
    if not others:
        return first
    settled = (_settled(rb"[^/]*?" + text, groups) for text in others[:-1])
    return first + b"".join(settled) + rb"[^/]*" + others[-1]


def _settled(expression: bytes, groups: Iterator[int]) -> bytes:
    """Its first match, and no other one when what follows fails."""
    group = b"s%d" % next(groups)
    return b"(?=(?P<%b>%b))(?P=%b)" % (group, expression, group)


def _split(tokens: list[object], at: object) -> list[list[object]]:
    parts: list[list[object]] = [[]]
    for token in tokens:
        if token is at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _bytes(tokens: list[object]) -> bytes:
    return b"".join(rb".*" if token is _REST else token for token in tokens)  # type: ignore[misc]


def _tokens(pattern: bytes, whole: bool) -> Iterator[object]:
    position = 0
    while position < len(pattern):
        start = position
        position += 1
        byte = pattern[start : start + 1]
        if byte == b"*":
            position = start + _run_of_stars(pattern, start)
            deep = whole and position - start > 1 and _opens(pattern, start)
            if deep and position == len(pattern):
                yield _REST
            elif deep and pattern[position : position + 1] == b"/":
                position += 1
                yield _DEEP
            else:
                yield _STAR
        elif byte == b"?":
            yield rb"[^/]"
        elif byte == b"[":
            position, members = _set(pattern, position)
            yield b"[%b]" % b"".join(b"\\x%02x" % member for member in sorted(members))
        elif byte == b"\\":
            if position == len(pattern):
                raise _Never
            yield re.escape(pattern[position : position + 1])
            position += 1
        else:
            yield re.escape(byte)


def _run_of_stars(pattern: bytes, start: int) -> int:
    return len(pattern[start:]) - len(pattern[start:].lstrip(b"*"))


def _opens(pattern: bytes, start: int) -> bool:
    """Whether two stars at `start` go across slashes.

    They do where a directory's name begins; and, undocumented, behind nothing but plain text, as
    git compares that first and takes what remains for a pattern of its own (dir.c,
    match_pathname).
    """
    return pattern[:start].endswith(b"/") or literal(pattern[:start])


def _set(pattern: bytes, position: int) -> tuple[int, set[int]]:
    """The bytes that `[…]` stands for, and where it ends. `position` is behind the bracket."""
    negated = pattern[position : position + 1] in (b"!", b"^")
    position += negated
    first, members, before = position, set[int](), 0
    while position == first or pattern[position : position + 1] != b"]":
        byte = _at(pattern, position)
        if byte == ord("\\"):
            position += 1
            before = _at(pattern, position)
            members.add(before)
        elif byte == ord("-") and before and _at(pattern, position + 1) != ord("]"):
            position += 1
            if pattern[position] == ord("\\"):
                position += 1
            members.update(range(before, _at(pattern, position) + 1))
            before = 0
        elif byte == ord("[") and pattern[position + 1 : position + 2] == b":":
            position, named = _class(pattern, position)
            members.update(named)
            before = 0 if len(named) != 1 else byte
        else:
            before = byte
            members.add(byte)
        position += 1
    members = (set(range(256)) - members if negated else members) - {ord("/")}
    if not members:
        raise _Never
    return position + 1, members


def _class(pattern: bytes, position: int) -> tuple[int, bytes]:
    """`[:name:]` at `position`, and where its last byte is; without `:]` a plain bracket."""
    end = pattern.find(b"]", position + 2)
    if end < 0:
        raise _Never
    if end == position + 2 or pattern[end - 1 : end] != b":":
        return position, b"["
    members = _CLASSES.get(pattern[position + 2 : end - 1])
    if members is None:
        raise _Never
    return end, members


def _at(pattern: bytes, position: int) -> int:
    if position >= len(pattern):
        raise _Never
    return pattern[position]
