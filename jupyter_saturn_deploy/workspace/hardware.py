"""What the machine, or the container's control group, grants: processors, memory, GPUs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .files import names, read

GIB = 1024**3


@dataclass(frozen=True)
class Hardware:
    """What is there to run on."""

    cores: float
    """Processors that may be used at once; a quota makes fractions."""
    cores_from: str
    memory: int
    """Bytes."""
    memory_from: str
    gpus: tuple[str, ...]
    """The model of each."""

    @property
    def kind(self) -> str:
        """`CPU`, or the GPUs: `2 × NVIDIA A10`."""
        models = Counter(self.gpus)
        return ", ".join(f"{n} × {model}" for model, n in models.items()) or "CPU"


def read_hardware(root: Path = Path("/")) -> Hardware:
    """What this process is granted. `root` is where `/proc` and `/sys` are looked for."""
    cores, cores_from = min([_affinity(), *_quotas(root)])
    memory, memory_from = min([_total_memory(root), *_memory_limits(root)])
    return Hardware(cores, cores_from, memory, memory_from, _gpus(root))


def memory_text(size: int) -> str:
    """`24 GB`, `1.5 GB`, `512 MB`: as sizes of machines are written, in powers of 1024."""
    if size < GIB:
        return f"{round(size / 1024**2)} MB"
    return f"{size / GIB:.0f} GB" if size >= 10 * GIB else f"{round(size / GIB, 1):g} GB"


def cores_text(cores: float) -> str:
    """`2 cores`, `1 core`, `0.5 cores`."""
    return f"{cores:g} core{'' if cores == 1 else 's'}"


def _affinity() -> tuple[float, str]:
    try:
        return float(len(os.sched_getaffinity(0))), "this machine's processors"
    except AttributeError:  # macOS
        return float(os.cpu_count() or 1), "this machine's processors"


def _total_memory(root: Path) -> tuple[int, str]:
    for line in (read(root / "proc/meminfo") or "").splitlines():
        name, _, value = line.partition(":")
        kilobytes = _number(value.removesuffix("kB"))
        if name == "MemTotal" and kilobytes:
            return kilobytes * 1024, "this machine's memory"
    import psutil  # where there is no /proc

    return int(psutil.virtual_memory().total), "this machine's memory"


def _quotas(root: Path) -> Iterator[tuple[float, str]]:
    for group in _groups(root, ""):
        quota, _, period = (read(group / "cpu.max") or "").partition(" ")
        yield from _cores(quota, period, "this server's control group (cpu.max)")
    for group in _groups(root, "cpu"):
        quota = read(group / "cpu.cfs_quota_us") or ""
        period = read(group / "cpu.cfs_period_us") or ""
        yield from _cores(quota, period, "this server's control group (cpu.cfs_quota_us)")


def _cores(quota: str, period: str, source: str) -> Iterator[tuple[float, str]]:
    """Nothing for `max` and `-1`: no limit."""
    granted, per = _number(quota), _number(period)
    if granted and per:
        yield max(round(granted / per, 2), 0.01), source


def _memory_limits(root: Path) -> Iterator[tuple[int, str]]:
    for controller, file in (("", "memory.max"), ("memory", "memory.limit_in_bytes")):
        for group in _groups(root, controller):
            limit = _number(read(group / file) or "")
            if limit:
                yield limit, f"this server's control group ({file})"


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Our control group and all above it, each of which may set a limit (cgroups(7)).

    `controller` is that of version 1, `""` is version 2. In a container, /proc may show the path
    as the host sees it, which is not there below the mount: those above it remain.
    """
    for line in (read(root / "proc/self/cgroup") or "").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller not in controllers.split(","):
            continue
        own = PurePosixPath("/", *(part for part in path.split("/") if part != ".."))
        mount = root / "sys/fs/cgroup" / controllers
        for group in (own, *own.parents):
            yield mount / group.relative_to("/")


def _number(text: str) -> int | None:
    """A positive whole number, else None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) else None


def _gpus(root: Path) -> tuple[str, ...]:
    directory = root / "proc/driver/nvidia/gpus"
    return tuple(_gpu_model(directory / name) for name in sorted(names(directory)))


def _gpu_model(gpu: Path) -> str:
    for line in (read(gpu / "information") or "").splitlines():
        name, _, value = line.partition(":")
        if name == "Model" and value.strip():
            return value.strip()
    return "NVIDIA GPU"
