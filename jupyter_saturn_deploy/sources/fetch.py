"""Asks a remote, so that a run gets what was pushed and never a stale commit by silence."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .git_process import ANY, Answer, GitError, ask, plain, told

FETCH_TIMEOUT = 120.0
"""Seconds for one answer of a remote."""
_NAME = re.compile(r"[^\s~^:?*\[\\+]+")
"""git-check-ref-format(1), and no `*` or `+` that a refspec would understand."""
_NOT_THERE = re.compile("couldn't find remote ref|not our ref|unadvertised object")
_TAKEN = re.compile("cannot lock ref|File exists")
"""Another fetch moves the same ref."""


def remote_branch(project: Path, name: str) -> str | None:
    """Fetch `origin/main`; the full name of the ref that has it then.

    None: `name` begins with no remote's name. Raises GitError where it can't be fetched.
    """
    short = re.sub("^(refs/)?remotes/", "", name)
    fitting = [r for r in _remotes(project) if short == r or short.startswith(f"{r}/")]
    if not fitting:
        return None
    remote = max(fitting, key=len)
    branch = short[len(remote) + 1 :]
    if branch in ("", "HEAD") or not _NAME.fullmatch(branch):
        raise GitError(f"{plain(name)} names no branch", f"name one, such as {remote}/main")
    tracking = f"refs/remotes/{remote}/{branch}"
    if not _fetch(project, remote, f"+refs/heads/{branch}:{tracking}"):
        raise GitError(f"{remote} has no branch {branch}", "push it, or choose another")
    return tracking


def look_for(project: Path, name: str) -> str | None:
    """Fetch what is not known here, a branch, a tag or a full hash; the revision that has it then.

    The remote is the one of the current branch, else `origin`. None: it has no such thing, or
    there is no remote. Raises GitError where it can't be asked.
    """
    remote = _usual_remote(project)
    if remote is None or not _NAME.fullmatch(name):
        return None
    if re.fullmatch("[0-9a-f]{40}([0-9a-f]{24})?", name):
        return name if _fetch(project, remote, name) else None
    tail = name.removeprefix("refs/")
    wanted = [tail] if tail.startswith(("heads/", "tags/")) else [f"heads/{name}", f"tags/{name}"]
    found = _there(project, remote, [f"refs/{each}" for each in wanted])
    if len(found) > 1:
        fix = f"name it in full: {remote}/{name} for the branch, tags/{name} for the tag"
        raise GitError(f"{name} is both a branch and a tag of {remote}", fix)
    for ref in found:
        own = ref.replace("refs/heads/", f"refs/remotes/{remote}/", 1)
        return own if _fetch(project, remote, f"{ref}:{own}") else None
    return None


def _fetch(project: Path, remote: str, refspec: str) -> bool:
    """False: the remote has no such thing."""
    options = ("--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules")
    command = ["fetch", *options, "--no-write-fetch-head", "--", remote, refspec]
    answer = ask(project, command, timeout=FETCH_TIMEOUT, fine=ANY)
    if answer.code and _TAKEN.search(answer.words):
        answer = ask(project, command, timeout=FETCH_TIMEOUT, fine=ANY)
    if answer.code and _NOT_THERE.search(answer.words):
        return False
    _answered(remote, answer)
    return True


def _there(project: Path, remote: str, refs: list[str]) -> list[str]:
    command = ["ls-remote", "--quiet", "--refs", "--", remote, *refs]
    answer = _answered(remote, ask(project, command, timeout=FETCH_TIMEOUT, fine=ANY))
    found = {line.partition("\t")[2] for line in _text(answer).splitlines()}
    return [ref for ref in refs if ref in found]


def _answered(remote: str, answer: Answer) -> Answer:
    if answer.code:
        raise GitError(
            f"{remote} can't be asked: {told(answer.words)}",
            f"see whether git fetch {remote} works in a terminal, offline or asked for a password",
        )
    return answer


def _remotes(project: Path) -> list[str]:
    return _text(ask(project, ["remote"])).splitlines()


def _usual_remote(project: Path) -> str | None:
    remotes = _remotes(project)
    branch = _text(
        ask(project, ["symbolic-ref", "--quiet", "--short", "HEAD"], fine=(0, 1))
    ).rstrip("\n")
    configured = ask(project, ["config", "-z", "--get", f"branch.{branch}.remote"], fine=(0, 1))
    usual = [remote for remote in (_text(configured), "origin", *remotes[:1]) if remote in remotes]
    return usual[0] if usual else None


def _text(answer: Answer) -> str:
    return os.fsdecode(b"".join(answer.records))
