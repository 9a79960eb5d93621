"""The project's branch and commit, read from git's own files.

The files are those of gitrepository-layout(5); no git process is started.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .files import read
from .sourced import Sourced

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"ref:\s*(refs/\S+)")
_PACKED_REFS_LIMIT = 64 * 1024 * 1024
_LINKS_LIMIT = 5
"""As many symbolic references as git itself follows."""


@dataclass(frozen=True)
class GitState:
    """Where a working tree stands."""

    branch: str | None
    """None: a commit is checked out, no branch."""
    commit: str
    """Full hash; `""`: the branch has no commit yet."""


def read_git(project: Path) -> Sourced[GitState | None]:
    """The state of the repository that `project` or one of its parents is the top of.

    None where there is none or it can't be read; `not_from` says which.
    """
    not_from: list[str] = []
    for directory in (project, *project.parents):
        dot_git = directory / ".git"
        git_dir = find_git_dir(dot_git)
        head = None if git_dir is None else read(git_dir / "HEAD")
        if git_dir is None or head is None:
            continue
        state = _state(git_dir, head)
        if state is not None:
            return Sourced(state, str(dot_git))
        not_from.append(f"{dot_git} is in a form that is not understood")
    return Sourced(
        None, "no git repository", tuple(not_from) or (f"no .git at or above {project}",)
    )


def find_git_dir(dot_git: Path) -> Path | None:
    """`.git` itself, or where it points to: worktrees and submodules have a file there."""
    if os.path.isdir(dot_git):
        return dot_git
    pointer = read(dot_git)
    if pointer is None or not pointer.startswith("gitdir:"):
        return None
    return dot_git.parent / pointer.removeprefix("gitdir:").strip()


def _state(git_dir: Path, head: str) -> GitState | None:
    head = head.strip()
    if _COMMIT.fullmatch(head):
        return GitState(None, head)
    link = _REF.fullmatch(head)
    if link is None or link[1] == "refs/heads/.invalid":  # the latter: refs are in a reftable
        return None
    return GitState(link[1].removeprefix("refs/heads/"), _commit(git_dir, link[1]) or "")


def _commit(git_dir: Path, ref: str) -> str | None:
    common = read(git_dir / "commondir")
    places = [git_dir, git_dir / common.strip()] if common else [git_dir]
    for _ in range(_LINKS_LIMIT):
        if ".." in ref.split("/"):
            return None
        texts = (read(place / ref) for place in places)
        text = next((text.strip() for text in texts if text), None)
        if text is None:
            return _packed(places[-1] / "packed-refs", ref)
        if _COMMIT.fullmatch(text):
            return text
        link = _REF.fullmatch(text)
        if link is None:
            return None
        ref = link[1]
    return None


def _packed(packed_refs: Path, ref: str) -> str | None:
    text = read(packed_refs, _PACKED_REFS_LIMIT)
    if text is None:
        return None
    text = f"\n{text}\n"
    end = text.find(f" {ref}\n")
    commit = text[text.rfind("\n", 0, max(end, 0)) + 1 : end]
    return commit if _COMMIT.fullmatch(commit) else None
