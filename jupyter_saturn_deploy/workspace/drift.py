"""Packages that were installed since the container started: they are gone with it."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .environment import changed, normal, package_directories
from .files import read

_PIP = "pip install --quiet"
_CONDA = 'conda install --yes --quiet --prefix "$CONDA_PREFIX"'
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_]*")
_URL = re.compile(r"[a-z+]+://[!-~]+")


@dataclass(frozen=True)
class Drift:
    """What an environment has and its image has not."""

    since: float
    """When the container started."""
    packages: tuple[tuple[str, str], ...]
    """Names and versions, sorted; one of a local directory says of which."""
    install: str
    """The line of a start script that installs them, but for those of a local directory; `""`:
    nothing to install."""


class DriftReader:
    """Reads environments, and remembers the last one until its directories change."""

    def __init__(self, since: float | None, root: Path = Path("/")) -> None:
        """`since`: when the container started, None: there is none. `root`: its file system."""
        self._since = since
        self._root = root
        self._last: tuple[tuple[tuple[str, int], ...], Drift] | None = None

    def read(self, prefix: str) -> Drift | None:
        """Of the environment under `prefix`; None where there is no container."""
        if self._since is None:
            return None
        directories = package_directories(Path(prefix))
        key = tuple((str(directory), changed(directory)) for directory in directories)
        if self._last is None or self._last[0] != key:
            self._last = key, _read(self._since, [d for d in directories if self._goes(d)])
        return self._last[1]

    def _goes(self, directory: Path) -> bool:
        """Whether it goes with the container: what lies on a volume stays."""
        try:
            return directory.stat().st_dev == self._root.stat().st_dev
        except OSError:
            return False


@dataclass(frozen=True)
class _Package:
    name: str
    version: str
    wanted: str | None
    """What an installer is to be told; None: it can't get it elsewhere."""


def _read(since: float, directories: list[Path]) -> Drift:
    conda: list[_Package | None] = []
    pip: list[_Package | None] = []
    known_to_pip: set[str] = set()
    for directory in directories:
        if directory.name == "conda-meta":
            conda += [_of_conda(stem) for stem, at in _stems(directory, ".json") if at > since]
        else:
            stems = list(_stems(directory, ".dist-info"))
            known_to_pip |= {normal(stem.rpartition("-")[0]) for stem, _ in stems}
            pip += [_of_pip(directory, stem) for stem, at in stems if at > since]
    by_pip = [package for package in pip if package]
    by_conda = [p for p in conda if p and normal(p.name) not in known_to_pip]
    lines = [
        " ".join([command, *wanted])
        for command, wanted in ((_CONDA, _wanted(by_conda)), (_PIP, _wanted(by_pip)))
        if wanted
    ]
    packages = sorted({(package.name, package.version) for package in by_conda + by_pip})
    return Drift(since, tuple(packages), " && ".join(lines))


def _stems(directory: Path, suffix: str) -> Iterator[tuple[str, float]]:
    """Of the entries so named; and when each came to be what it is.

    That is the ctime, which nobody can set: an mtime comes out of an archive as it went in.
    """
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(suffix):
                    at = entry.stat(follow_symlinks=False).st_ctime
                    yield entry.name[: -len(suffix)], at
    except OSError:
        return


def _wanted(packages: list[_Package]) -> list[str]:
    return [shlex.quote(wanted) for wanted in sorted({p.wanted for p in packages if p.wanted})]


def _of_conda(stem: str) -> _Package | None:
    """`openssl-3.1.0-h0_3` is openssl in version 3.1.0: another build does as well."""
    parts = _parts(stem.rpartition("-")[0])
    return parts and _Package(*parts, "=".join(parts))


def _of_pip(directory: Path, stem: str) -> _Package | None:
    """`scikit_learn-1.5.2` is scikit-learn in version 1.5.2."""
    parts = _parts(stem)
    if parts is None:
        return None
    name, version = normal(parts[0]), parts[1]
    place = read(directory / f"{stem}.dist-info" / "direct_url.json")
    if place is None:
        return _Package(name, version, f"{name}=={version}")
    return _from_place(name, version, place)


def _parts(stem: str) -> tuple[str, str] | None:
    """Name and version; None: no package is called that."""
    name, _, version = stem.rpartition("-")
    return (name, version) if _NAME.fullmatch(name) and _VERSION.fullmatch(version) else None


def _from_place(name: str, version: str, text: str) -> _Package:
    """Installed from a directory, an archive or a repository, as PEP 610 has it recorded."""
    try:
        place = json.loads(text)
        url = str(place["url"])
        archive = "vcs_info" not in place
        vcs = "" if archive else f"{place['vcs_info']['vcs']}+"
        commit = "" if archive else f"@{place['vcs_info']['commit_id']}"
        below = place.get("subdirectory")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Package(name, version, f"{name}=={version}")
    if url.startswith("file:"):
        return _Package(name, f"{version} (from {unquote(urlsplit(url).path)})", None)
    # `git@` is no secret, and ssh needs it.
    address = vcs + re.sub(r"://(?!git@)[^/]*@", "://", url) + commit
    address += f"#subdirectory={below}" if below else ""
    return _Package(name, version, f"{name} @ {address}" if _URL.fullmatch(address) else None)
