"""Which modules an environment has: by the names of files, nothing is imported or started."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..workspace.environment import KernelSpecs, find_prefix, normal, package_directories
from ..workspace.files import names, read

PACKAGES = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "google.protobuf": "protobuf",
    "jwt": "pyjwt",
    "kubernetes_asyncio": "kubernetes-asyncio",
    "mpl_toolkits": "matplotlib",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "pptx": "python-pptx",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socks": "pysocks",
    "win32api": "pywin32",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""What is installed under another name than it is imported by."""
_VERSION = re.compile(r"python3\.(\d+)")
_HOME = re.compile(r"^home\s*=\s*(.+?)\s*$", re.MULTILINE)
_SHARED = re.compile(r"^include-system-site-packages\s*=\s*true\s*$", re.MULTILINE)
_MAPPING = re.compile(r"^MAPPING[^=]*=\s*(\{.*\})\s*$", re.MULTILINE)
_MODULE = re.compile(r"[A-Za-z_]\w*(\.\w+)*")


class Environment:
    """What can be imported in the environment under a prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = Path(prefix)
        self.minor: int | None = None
        """3.`minor` is its Python."""
        self._modules = set(sys.stdlib_module_names)
        self._distributions: set[str] = set()
        for directory in self._directories():
            self._add(directory)

    def has(self, module: str) -> bool:
        """Whether a module of that top-level name is there, or a package that brings it."""
        top = module.partition(".")[0]
        return top in self._modules or normal(package_of(module)) in self._distributions

    @property
    def can_install(self) -> bool:
        """Whether it has pip."""
        return "pip" in self._modules

    def _directories(self) -> Iterator[Path]:
        config = read(self.prefix / "pyvenv.cfg") or ""
        home = _HOME.search(config)
        base = Path(home[1]).parent if home else self.prefix
        yield from self._of(base, self.prefix)
        yield from package_directories(self.prefix)
        if _SHARED.search(config):
            yield from package_directories(base)
        if not home or _SHARED.search(config):
            yield Path("~").expanduser() / f".local/lib/python3.{self.minor}/site-packages"

    def _of(self, base: Path, prefix: Path) -> Iterator[Path]:
        """The standard library's."""
        there = [_VERSION.fullmatch(name) for name in names(prefix / "lib") + names(base / "lib")]
        minors = [int(found[1]) for found in there if found]
        if not minors:
            return
        # A virtual environment has one; beside a system's own there may be others.
        self.minor = minors[0] if base != prefix else max(minors)
        yield base / "lib" / f"python3.{self.minor}"
        yield base / "lib" / f"python3.{self.minor}" / "lib-dynload"

    def _add(self, directory: Path, *, nested: bool = False) -> None:
        for name in names(directory):
            stem, _, kind = name.partition(".")
            if name.endswith((".dist-info", ".egg-info")):
                self._distributions.add(normal(name.rpartition(".")[0].partition("-")[0]))
            elif directory.name == "conda-meta" and name.endswith(".json"):
                self._distributions.add(normal(name.rsplit("-", 2)[0]))
            elif name.endswith(".pth") and not nested:
                for line in (read(directory / name) or "").splitlines():
                    if line.strip() and not line.startswith(("import ", "import\t", "#")):
                        self._add(directory / line.strip(), nested=True)
            elif name.startswith("__editable__") and name.endswith("_finder.py"):
                self._modules |= _mapped(read(directory / name) or "")
            elif kind == "" or name.endswith((".py", ".so", ".pyd")):
                self._modules.add(stem)


def _mapped(finder: str) -> set[str]:
    """What setuptools lets `pip install --editable` find."""
    found = _MAPPING.search(finder)
    try:
        mapping = ast.literal_eval(found[1]) if found else {}
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return set()
    return {str(name).partition(".")[0] for name in mapping}


def package_of(module: str) -> str:
    """What to install for a module."""
    top = module.partition(".")[0]
    return next((PACKAGES[name] for name in (module, top) if name in PACKAGES), top)


def is_module(name: str) -> bool:
    """Whether this can be the name of a module; a log may say anything."""
    return len(name) <= 100 and name.isascii() and _MODULE.fullmatch(name) is not None


def environments(prefix: str) -> list[tuple[str, str]]:
    """Other environments of this machine than that one, each in words and by its prefix."""
    from jupyter_client.kernelspec import KernelSpecManager

    manager = KernelSpecManager()
    found = {os.path.realpath(prefix): ("", "")}
    found.setdefault(os.path.realpath(sys.prefix), ("this server's environment", sys.prefix))
    for name in sorted(manager.find_kernel_specs()):
        sourced = find_prefix(manager, name)
        if not sourced.not_from:
            place = (f"the environment of the kernel {name}", sourced.value)
            found.setdefault(os.path.realpath(sourced.value), place)
    return list(found.values())[1:]


def kernel_prefix(name: str, specs: KernelSpecs | None = None) -> str | None:
    """The environment of a notebook's kernel; None where that is no Python's."""
    from jupyter_client.kernelspec import KernelSpecManager

    sourced = find_prefix(specs or KernelSpecManager(), name)
    return None if sourced.not_from else sourced.value


def owners(module: str, prefix: str) -> Sequence[tuple[str, str]]:
    """Those of `environments` that have the module."""
    return [each for each in environments(prefix) if Environment(each[1]).has(module)]
