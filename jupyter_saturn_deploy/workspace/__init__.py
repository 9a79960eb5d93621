"""What the server sits on: image, environment, project, git state, hardware. Only ever reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .container import container_start
from .drift import DriftReader
from .environment import KernelSpecs, PackageReader, find_prefix
from .git import read_git
from .hardware import Hardware, read_hardware
from .image import read_image
from .project import find_project
from .sizes import Size, configured_sizes, default_size, this_machine
from .sourced import Sourced

__all__ = ["Workspace"]


class Workspace:
    """The workspace, as `IWorkspace` of labextension/src/tokens.ts shows it.

    Everything is read anew at each access, except the project, which is settled at the beginning.
    That takes milliseconds of file access: call from a thread. What can't be read is named under
    `not_from` and never raises.
    """

    def __init__(
        self,
        project_dir: str,
        server_root: str,
        image: str,
        sizes: Mapping[str, Any],
        backend: str,
        kernel_spec_manager: KernelSpecs | None = None,
        kernel_name: str = "python3",
    ) -> None:
        """The first three and `sizes` are settings, empty where nothing is configured.

        `kernel_name` is the server's default kernel. Raises ValueError where `sizes` holds
        something that is no size.
        """
        self._server_root = os.path.realpath(os.path.expanduser(server_root))
        self._project = find_project(project_dir, server_root)
        self._image = image
        self._configured_sizes = configured_sizes(sizes)
        self._backend = backend
        self._kernel_specs = kernel_spec_manager or _kernel_specs()
        self._kernel_name = kernel_name
        self._packages = PackageReader()
        self._drift = DriftReader(container_start(os.environ))

    @property
    def project(self) -> Path:
        """Absolute path without symbolic links."""
        return self._project.value

    @property
    def image(self) -> str:
        """The image a new resource gets; `""` is this machine."""
        return read_image(self._image, os.environ).value

    @property
    def prefix(self) -> str:
        """Of the environment that a run gets."""
        return find_prefix(self._kernel_specs, self._kernel_name).value

    @property
    def sizes(self) -> dict[str, Size]:
        """All sizes by name: the configured ones, else this machine."""
        return self._sizes(read_hardware())

    @property
    def default_size(self) -> str:
        """The name of the size a new resource gets."""
        return default_size(self._configured_sizes, read_hardware()).value.name

    def read(self) -> dict[str, Any]:
        """Everything, in the shape of `IWorkspace`, ready for JSON."""
        hardware = read_hardware()
        return {
            "image": self._read_image(),
            "environment": self._read_environment(),
            "project": Sourced(
                str(self.project), self._project.source, self._project.not_from
            ).as_dict(server_root=self._server_root),
            "git": self._read_git(),
            "hardware": _read_kind(hardware),
            "size": self._read_size(hardware),
            "backend": Sourced(self._backend, "the setting backend").as_dict(
                display="this machine" if self._backend == "local" else self._backend
            ),
        }

    def _sizes(self, hardware: Hardware) -> dict[str, Size]:
        machine = this_machine(hardware)
        return dict(self._configured_sizes) or {machine.name: machine}

    def _read_image(self) -> dict[str, Any]:
        image = read_image(self._image, os.environ)
        return image.as_dict(display=image.value or "this machine")

    def _read_environment(self) -> dict[str, Any]:
        prefix = find_prefix(self._kernel_specs, self._kernel_name)
        packages = self._packages.read(prefix.value)
        python = f"Python {packages.python} in " if packages.python else ""
        return prefix.as_dict(
            display=f"{python}{prefix.value} – {packages.count} packages",
            packages=packages.count,
            fingerprint=packages.fingerprint,
            python=packages.python,
            drift=self._read_drift(prefix.value),
        )

    def _read_drift(self, prefix: str) -> dict[str, Any] | None:
        drift = self._drift.read(prefix)
        if drift is None:
            return None
        since = datetime.fromtimestamp(drift.since, timezone.utc)
        return {
            "since": since.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "packages": [{"name": name, "version": version} for name, version in drift.packages],
            "install": drift.install,
        }

    def _read_git(self) -> dict[str, Any]:
        git = read_git(self.project)
        state = git.value and {"branch": git.value.branch, "commit": git.value.commit}
        return {**git.as_dict(), "value": state}

    def _read_size(self, hardware: Hardware) -> dict[str, Any]:
        size = default_size(self._configured_sizes, hardware)
        return {
            **size.as_dict(display=size.value.display_name),
            "value": size.value.name,
            "sizes": [each.as_dict() for each in self._sizes(hardware).values()],
        }


def _read_kind(hardware: Hardware) -> dict[str, Any]:
    why = () if hardware.gpus else ("no NVIDIA driver is loaded",)
    source = "/proc/driver/nvidia/gpus" if hardware.gpus else "this machine"
    return Sourced(hardware.kind, source, why).as_dict(display=hardware.kind)


def _kernel_specs() -> KernelSpecs:
    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager()
