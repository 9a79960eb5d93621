"""The environment a run gets: that of the default kernel, and the packages in it.

Read from the directories that package managers leave, without starting any of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .files import names, read
from .sourced import Sourced

_PYTHON = re.compile(r"python(\d+(\.\d+)?)?")
_SITE = re.compile(r"python3(\.\d+)?")
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
_BARE = {"python", "python3", f"python3.{sys.version_info.minor}"}
"""jupyter_client replaces these by the server's own interpreter."""


class KernelSpec(Protocol):
    """What we need of jupyter_client's."""

    argv: list[str]
    display_name: str


class KernelSpecs(Protocol):
    """What we need of jupyter_client's KernelSpecManager."""

    def get_kernel_spec(self, kernel_name: str, /) -> KernelSpec:
        """The kernelspec of that name. Raises where there is none."""


def find_prefix(specs: KernelSpecs, kernel_name: str) -> Sourced[str]:
    """The directory above `bin/` of the interpreter that the named kernelspec starts.

    Symbolic links stay: a virtual environment's `bin/python` is one. Where that kernelspec starts
    no Python it is the server's own environment, and `not_from` says why.
    """
    try:
        argv = list(specs.get_kernel_spec(kernel_name).argv)
    except Exception as error:  # a broken kernelspec raises whatever its JSON makes go wrong
        why = f"the default kernelspec {kernel_name} can't be read ({type(error).__name__})"
        return _own(why)
    command = argv[0] if argv and isinstance(argv[0], str) else ""
    if command in _BARE:
        return Sourced(sys.prefix, f"the default kernelspec {kernel_name}")
    interpreter = Path(command)
    if not _PYTHON.fullmatch(interpreter.name):
        return _own(f"the default kernelspec {kernel_name} starts no Python")
    if not interpreter.is_absolute() or interpreter.parent.name != "bin":
        return _own(f"the default kernelspec {kernel_name} starts no Python of an environment")
    if not os.path.exists(interpreter):
        return _own(f"the default kernelspec {kernel_name} starts {interpreter}: not there")
    return Sourced(str(interpreter.parent.parent), f"the default kernelspec {kernel_name}")


def _own(why: str) -> Sourced[str]:
    return Sourced(sys.prefix, "this server's own environment", (why,))


@dataclass(frozen=True)
class Packages:
    """What is installed in an environment."""

    count: int
    """Different names: what conda and pip both know counts once."""
    fingerprint: str
    """SHA-256, in hexadecimal, of `listing`; the same as of its record (`sources.records`)."""
    python: str | None
    """The interpreter's version, as exactly as it is written down: `3.11.7` or `3.11`."""
    listing: tuple[tuple[str, str], ...]
    """Names and versions, sorted."""


class PackageReader:
    """Reads environments, and remembers the last one until its directories change."""

    def __init__(self) -> None:
        self._last: tuple[tuple[tuple[str, int], ...], Packages] | None = None

    def read(self, prefix: str) -> Packages:
        """What is installed under `prefix`. A prefix that isn't there holds nothing."""
        directories = package_directories(Path(prefix))
        key = (prefix, 0), *((str(d), changed(d)) for d in directories)
        last = self._last
        if last is None or last[0] != key:
            last = self._last = key, _read(Path(prefix), directories)
        return last[1]


def package_directories(prefix: Path) -> list[Path]:
    """Every directory that lists packages; each once, for conda links `python3.1` to another."""
    found = {os.path.realpath(prefix / "conda-meta")}
    # Debian's own packages are in dist-packages, and pip's on Debian in local/.
    for library in (prefix / "lib", prefix / "local" / "lib"):
        for python in filter(_SITE.fullmatch, names(library)):
            for kind in ("site-packages", "dist-packages"):
                found.add(os.path.realpath(library / python / kind))
    return [Path(path) for path in sorted(found) if os.path.isdir(path)]


def changed(directory: Path) -> int:
    """When something was last put in or taken out, in ns; 0 where that can't be read."""
    try:
        return directory.stat().st_mtime_ns
    except OSError:
        return 0


def _read(prefix: Path, directories: list[Path]) -> Packages:
    found: set[tuple[str, str]] = set()
    python = None
    for directory in directories:
        if directory.name == "conda-meta":
            conda = set(map(_of_conda, _stems(directory, ".json")))
            python = dict(conda).get("python", "").partition("=")[0] or None
            found |= conda
        else:
            found |= set(map(_of_pip, _stems(directory, ".dist-info")))
    listing = tuple(sorted(found))
    text = "".join(json.dumps(pair, separators=(",", ":")) + "\n" for pair in listing)
    return Packages(
        count=len({name for name, _ in found}),
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        python=python or _python_version(prefix),
        listing=listing,
    )


def _stems(directory: Path, suffix: str) -> list[str]:
    return [name[: -len(suffix)] for name in names(directory) if name.endswith(suffix)]


def _of_conda(stem: str) -> tuple[str, str]:
    """`scikit-learn-1.5.2-py311h1` is scikit-learn in version 1.5.2=py311h1."""
    name, _, version = stem.rpartition("-")
    name, dash, release = name.rpartition("-")
    return (normal(name), f"{release}={version}") if dash else (normal(stem), "")


def _of_pip(stem: str) -> tuple[str, str]:
    """`scikit_learn-1.5.2` is scikit-learn in version 1.5.2."""
    name, dash, version = stem.rpartition("-")
    return (normal(name), version) if dash else (normal(stem), "")


def normal(name: str) -> str:
    """Names as PyPA compares them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _python_version(prefix: Path) -> str | None:
    if str(prefix) == sys.prefix:
        return platform.python_version()
    written = _VERSION.search(read(prefix / "pyvenv.cfg") or "")
    if written:
        return written[1]
    libraries = {name for name in names(prefix / "lib") if re.fullmatch(r"python3\.\d+", name)}
    return libraries.pop().removeprefix("python") if len(libraries) == 1 else None
