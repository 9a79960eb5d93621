"""Runs the user's own git: it asks nobody, ends in time, and none of its words hold a secret."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..identity.scrub import scrubbed
from .errors import Cancelled, SourceError

LOCAL_TIMEOUT = 60.0
"""Seconds that git has where it reads what is on this machine."""
_LOOK_EVERY = 0.2
"""Seconds between two looks at `cancelled`."""
_GRACE = 2.0
"""Seconds between asking git to end and making it: it takes its lock files away first."""
ANY = range(-64, 256)
"""Whatever the exit code: the caller looks at it."""
_WORDS_LIMIT = 300
_RECORD_LIMIT = 64 * 1024
"""Bytes kept of one record: longer than any path, and a commit's subject may be a gigabyte."""
_SETTINGS = (
    # What a repository could make git start on the side.
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    # What would make it take, remove or say more than it is asked for.
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "core.warnAmbiguousRefs=true",
    "core.splitIndex=false",
    "color.ui=false",
    "credential.interactive=false",
)
_SILENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    # Empty, not absent: absent, git would go on to the next program that asks.
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
}
_NOT_PASSED_ON = re.compile(
    # Of git's own variables the user's settings stay; which repository and which index do not.
    r"GIT_(?!(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_\w+|LFS_\w+|EXEC_PATH|CEILING_DIRECTORIES"
    r"|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$).*"
    r"|SSH_ASKPASS"
)
_running = set[subprocess.Popen[bytes]]()


class GitError(SourceError):
    """Why git could not do it, and what to do; neither text holds a secret."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message} ({fix})")
        self.message = message
        self.fix = fix


class TimedOut(GitError):
    """git did not answer in time."""


@dataclass(frozen=True)
class Answer:
    """What git said."""

    code: int
    """Of its exit; 0 is success."""
    records: list[bytes]
    """The NUL-separated parts of its output, at most as many as were asked for."""
    count: int
    """Of all parts."""
    words: str
    """Its complaints and advice, as it wrote them: not for the eyes of anyone."""


def ask(
    directory: Path,
    arguments: Sequence[str | bytes],
    *,
    timeout: float = LOCAL_TIMEOUT,
    most: int | None = None,
    variables: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    fine: Container[int] = (0,),
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """Run git in `directory` and wait for it: call from a thread.

    At most `most` records are kept, None: all. `variables` are set in its environment. Raises
    TimedOut, or Cancelled soon after `cancelled()` is true, after which nothing of it runs any
    more, and GitError where it can't be started or its exit code is not among those that are
    `fine`.
    """
    deadline = time.monotonic() + timeout
    with tempfile.TemporaryFile() as complaints:
        process = _start(directory, arguments, variables or {}, stdin, complaints)
        assert process.stdout is not None
        _running.add(process)
        try:
            records, count = _read(process.stdout, deadline, most, cancelled)
            code = process.wait(max(deadline - time.monotonic(), 0))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise TimedOut(
                f"git {os.fsdecode(arguments[0])} did not end within {timeout:g} seconds",
                "try it in a terminal",
            ) from None
        finally:
            _end(process)
            _running.discard(process)
            process.stdout.close()
        complaints.seek(0)
        words = complaints.read(_RECORD_LIMIT).decode(errors="replace")
    if code not in fine:
        raise said(words)
    return Answer(code, records, count, words)


def end_all() -> None:
    """End every git that was started here, so that this process can end too: no remote keeps it
    waiting. Who waits for one of them gets GitError."""
    for process in list(_running):
        _end(process)


def said(words: str) -> GitError:
    """The error for what nobody has foreseen."""
    return GitError(f"git says: {told(words)}", "see what git status tells in a terminal")


def told(words: str) -> str:
    """git's complaint in one line of at most 300 characters, without its advice and without the
    credentials that URLs may hold."""
    lines = [line for line in words.splitlines() if not line.startswith(("hint:", "warning:"))]
    return plain(" ".join(map(_without_credentials, lines))) or "git does not say why"


def plain(text: str) -> str:
    """One line without control characters, of at most 300 characters."""
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join(spaced.split())[:_WORDS_LIMIT]


def _without_credentials(line: str) -> str:
    """Up to the line's last `@`: a password may hold any character, and so may a query."""
    return re.sub(r"(://[^\s?'\"]*)\?[^\s'\"]*", r"\1", re.sub(r"://.*@", "://", line))


def _start(
    directory: Path,
    arguments: Sequence[str | bytes],
    variables: Mapping[str, str],
    stdin: IO[bytes] | None,
    complaints: IO[bytes],
) -> subprocess.Popen[bytes]:
    settings = (part for setting in _SETTINGS for part in ("-c", setting))
    own = scrubbed(os.environ)
    environment = {k: v for k, v in own.items() if not _NOT_PASSED_ON.fullmatch(k)}
    try:
        return subprocess.Popen(
            ["git", *settings, *arguments],
            cwd=directory,
            env={**environment, **_SILENT, **variables},
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # no terminal to ask at, and one group to end
        )
    except OSError as error:
        if not directory.is_dir():
            raise GitError(f"{directory} is no directory", "choose a project that is") from None
        raise GitError(
            f"git can't be started: {error.strerror}",
            "install git, or put its directory on the server's PATH",
        ) from None


def _read(
    stream: IO[bytes], deadline: float, most: int | None, cancelled: Callable[[], bool]
) -> tuple[list[bytes], int]:
    """The first `most` records, and how many there are. Raises TimeoutError, Cancelled."""
    kept: list[bytes] = []
    count, rest = 0, b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            _await(selector, deadline, cancelled)
            chunk = os.read(stream.fileno(), 65536)
            *whole, rest = (rest + chunk).split(b"\0")
            if not chunk and rest:
                whole, rest = [rest], b""
            count += len(whole)
            room = len(whole) if most is None else most - len(kept)
            kept += [record[:_RECORD_LIMIT] for record in whole[:room]]
            rest = rest[:_RECORD_LIMIT]
            if not chunk:
                return kept, count


def _await(
    selector: selectors.BaseSelector, deadline: float, cancelled: Callable[[], bool]
) -> None:
    while not selector.select(min(max(deadline - time.monotonic(), 0), _LOOK_EVERY)):
        if cancelled():
            raise Cancelled
        if time.monotonic() >= deadline:
            raise TimeoutError


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing for a process that has ended by itself."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    # What git itself started may not have listened.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
