"""The repository a project is in: what a reference means, what differs, a commit's files."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .fetch import look_for, remote_branch
from .git_checkout import checkout, disk
from .git_process import ANY, LOCAL_TIMEOUT, Answer, TimedOut, ask, plain, said
from .git_process import GitError as GitError
from .rows import Row
from .shown import shown

STATUS_TIMEOUT = 10.0
"""Seconds; a panel waits for it."""
_CHANGED_LIMIT = 1000
_COMMIT_FORMAT = ("--no-show-signature", "--encoding=UTF-8", "--format=%H %ct%n%an%n%s", "-z")
_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_REFERENCE = re.compile(r"(?![-^])[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,250}")
_KINDS: dict[bytes, Literal["added", "removed", "changed"]] = {b"A": "added", b"D": "removed"}


@dataclass(frozen=True)
class Commit:
    """A commit, as git log tells it."""

    hash: str
    """In full."""
    subject: str
    author: str
    at: float
    """When it was committed: seconds since the epoch."""


@dataclass(frozen=True)
class Status:
    """Where a project stands in its repository."""

    head: Commit | None
    """None: there is no commit yet."""
    branch: str | None
    """None: a commit is checked out, no branch."""
    changed: list[str] | None
    """The first 1000 files of the project that differ from `head`, untracked ones included,
    relative to the project. None: git took too long to say."""
    changed_count: int | None
    """Of all of them."""


@dataclass(frozen=True)
class Repository:
    """The repository that a project is in, or is the top of.

    Every method starts the user's git and waits for it: call from a thread. All raise GitError.
    The working tree, the index and HEAD are never touched; refs only as `resolve` says.
    """

    project: Path
    prefix: str
    """The project's path in the repository: empty at its top, else it ends with a slash."""

    @staticmethod
    def of(project: Path, timeout: float = LOCAL_TIMEOUT) -> Repository:
        """The one that git finds from there. Raises GitError: no git, no repository, not ours."""
        command = ["rev-parse", "--is-inside-work-tree", "--show-prefix"]
        answer = ask(project, command, fine=ANY, timeout=timeout)
        inside, _, prefix = b"\0".join(answer.records).partition(b"\n")
        if answer.code:
            raise _no_repository(project, answer)
        if inside != b"true":
            raise GitError(
                f"{shown(str(project))} is inside a repository without a working tree",
                "choose a project in a clone with its files checked out",
            )
        return Repository(project, os.fsdecode(prefix[:-1]))

    def resolve(self, reference: str) -> Commit:
        """What `reference` means now: a branch, `tags/v1.2.3`, a short or full hash, `HEAD~1`.

        A branch or tag of this repository is what it is here. `origin/main` (any remote's name
        first) is fetched, so that it is what colleagues pushed. What is not known here is looked
        for on the remote, once. Fetching moves `refs/remotes/…`, or makes a tag that wasn't
        there. Raises GitError for what is unknown, ambiguous, or can't be fetched now.
        """
        _refuse_no_reference(reference)
        base = re.split(r"[~^:]|@\{", reference, maxsplit=1)[0]
        rest = reference[len(base) :]
        tracking = None if self._has_branch_or_tag(base) else remote_branch(self.project, base)
        found = self._commit((tracking or base) + rest)
        if found is None and base not in ("", "@", "HEAD") and self._commit(base) is None:
            fetched = look_for(self.project, base)
            found = self._commit(fetched + rest) if fetched else None
        if found is None:
            raise self._unknown(reference)
        return found

    def status(self, timeout: float = STATUS_TIMEOUT) -> Status:
        """Where the project stands; `changed` is None after `timeout` seconds.

        Raises TimedOut where not even the rest can be said by then.
        """
        deadline = time.monotonic() + timeout
        command = ["symbolic-ref", "--quiet", "--short", "HEAD"]
        branch = self._ask(*command, fine=(0, 1), timeout=timeout)
        name = b"".join(branch.records).decode(errors="replace").rstrip("\n") or None
        head = self._commit("HEAD", max(deadline - time.monotonic(), 0))
        arguments = ["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"]
        try:
            answer = self._ask(
                *(*arguments, "--ignore-submodules=dirty", "--", "."),
                timeout=max(deadline - time.monotonic(), 0),
                most=_CHANGED_LIMIT,
            )
        except TimedOut:
            return Status(head, name, None, None)
        # `XY path`, from the top of the repository.
        skip = len("XY ") + len(os.fsencode(self.prefix))
        changed = [os.fsdecode(record[skip:]) for record in answer.records]
        return Status(head, name, changed, answer.count)

    def differs_from(self, commit: str) -> list[str]:
        """The project's files that are not now as in that commit, sorted; untracked ones are
        among them, and ignored ones that it does not have are not."""
        self._known(commit)
        with disk("the index can't be read beside git"), tempfile.TemporaryDirectory() as temporary:
            index = Path(temporary, "index")
            own = {"GIT_INDEX_FILE": str(index)}
            with suppress(FileNotFoundError):
                # With what git knows of the files, so that it need not read them all; and with its
                # own time, by which git tells those that were written right after it.
                shutil.copy2(Path(self._git_dir(), "index"), index)
            self._ask("read-tree", "--reset", "--no-sparse-checkout", commit, variables=own)
            options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative")
            known = self._ask(
                *("diff", *options, "--ignore-submodules=dirty", "--", "."), variables=own
            )
            new = self._ask(
                *("ls-files", "-z", "--others", "--exclude-standard", "--", "."), variables=own
            )
        return sorted({os.fsdecode(path) for path in known.records + new.records})

    def commits(self, before: str, after: str, most: int) -> tuple[list[Commit], int]:
        """Those that `after` has and `before` lacks and that touch the project: the newest
        `most`, newest first, and how many there are."""
        self._known(before)
        self._known(after)
        answer = self._ask("log", *_COMMIT_FORMAT, after, f"^{before}", "--", ".", most=most)
        return [_parse_commit(record) for record in answer.records], answer.count

    def files(
        self, before: str, after: str
    ) -> list[tuple[str, Literal["added", "removed", "changed"]]]:
        """The project's files that differ between two commits, sorted; relative to it.

        A renamed file is one removed and one added. Submodules are left out.
        """
        self._known(before)
        self._known(after)
        options = ("-r", "-z", "--name-status", "--no-renames", "--no-ext-diff", "--relative")
        answer = self._ask(
            "diff-tree", *options, "--ignore-submodules=all", before, after, "--", "."
        )
        kinds, paths = answer.records[::2], answer.records[1::2]
        return sorted(
            (os.fsdecode(path), _KINDS.get(kind, "changed"))
            for kind, path in zip(kinds, paths, strict=True)
        )

    def checkout(
        self, commit: str, into: Path, cancelled: Callable[[], bool] = lambda: False
    ) -> list[Row]:
        """Put the project's files as they are in that commit at `into`, a path that is free.

        As a checkout would: attributes, line ends and filters apply; submodules are left out, and
        there is no `.git`. The answer is a row as in `records` for each, sorted, with the blob's
        hash where that of the content would be. All or nothing: it is made in a directory beside
        `into` whose name begins with `.{into.name}-`, which stays only where we are killed.
        Raises GitError, also for a link that leads out of the project, and Cancelled.
        """
        self._known(commit)
        return checkout(self._git_dir(), self.prefix, commit, into, cancelled)

    def _ask(self, *arguments: str, **options: Any) -> Answer:
        return ask(self.project, arguments, **options)

    def _git_dir(self) -> str:
        answer = self._ask("rev-parse", "--absolute-git-dir")
        return os.fsdecode(b"".join(answer.records))[:-1]

    def _commit(self, revision: str, timeout: float = LOCAL_TIMEOUT) -> Commit | None:
        """None: unknown here. Raises GitError where it could be more than one."""
        peeled = f"{revision}^{{commit}}"
        arguments = ["log", "--max-count=1", *_COMMIT_FORMAT, "--end-of-options", peeled, "--"]
        answer = self._ask(*arguments, fine=ANY, timeout=timeout)
        if "is ambiguous" in answer.words:
            raise GitError(
                f"{plain(revision)} is ambiguous",
                "name it in full: heads/… for a branch, tags/… for a tag, more of a hash",
            )
        if answer.code and re.search("bad (revision|object)|unknown revision", answer.words):
            return None
        if answer.code:
            raise said(answer.words)
        return _parse_commit(answer.records[0])

    def _has_branch_or_tag(self, name: str) -> bool:
        refs = [f"refs/heads/{name}", f"refs/tags/{name}"]
        answer = self._ask("for-each-ref", "--format=%(refname)", *refs)
        return any(ref in os.fsdecode(b"".join(answer.records)).splitlines() for ref in refs)

    def _known(self, commit: str) -> None:
        """Raises GitError for what is no full hash of a commit that is here."""
        if not _HASH.fullmatch(commit) or self._commit(commit) is None:
            raise GitError(
                f"the commit {plain(commit)[:12]} is not in this repository",
                "fetch it: it may have been removed, or be older than a shallow clone reaches",
            )

    def _unknown(self, reference: str) -> GitError:
        shallow = self._ask("rev-parse", "--is-shallow-repository").records == [b"true\n"]
        if self._commit("HEAD") is None:
            fix = "there is no commit yet: commit first"
        elif shallow:
            fix = "this clone is shallow: try git fetch --unshallow, or a full hash"
        else:
            fix = "name a branch, a tag as tags/v1.2.3, or a commit that was committed or pushed"
        return GitError(f"{plain(reference)} is unknown here and on the remote", fix)


def _parse_commit(record: bytes) -> Commit:
    """As `_COMMIT_FORMAT` has it."""
    first, author, subject = record.decode(errors="replace").split("\n", 2)
    hash_, at = first.split()
    return Commit(hash_, plain(subject), plain(author), float(at))


def _refuse_no_reference(reference: str) -> None:
    fix = "name a branch, a tag as tags/v1.2.3, or a commit"
    closed = reference.count("{") == reference.count("}")
    if not _REFERENCE.fullmatch(reference) or ".." in reference or not closed:
        raise GitError(f"{plain(reference) or 'nothing'} is no reference to one commit", fix)
    if re.search(r"@\{(u|upstream|push)\}", reference, re.IGNORECASE):
        raise GitError(
            f"{plain(reference)} is what was fetched last, which may be old",
            "name the remote's branch, such as origin/main: it is fetched",
        )


def _no_repository(project: Path, answer: Answer) -> GitError:
    if "dubious ownership" in answer.words:
        return GitError(
            "git does not trust this repository: its files belong to another user",
            f"if you do: git config --global --add safe.directory '{shown(str(project))}'",
        )
    if "not a git repository" in answer.words:
        return GitError(
            f"no git repository at or above {shown(str(project))}",
            "make it one with git init and commit, or choose another source",
        )
    return said(answer.words)
