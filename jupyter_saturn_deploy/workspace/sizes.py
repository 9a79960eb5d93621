"""Sizes a run can have: the administrator's, else the one that this machine is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .hardware import GIB, Hardware, cores_text, memory_text
from .sourced import Sourced

THIS_MACHINE = "this-machine"
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": GIB, "T": 1024 * GIB}
_KERNELS_SHARE = 0.9
"""A machine sold with 4 GB shows a little less: its kernel keeps some to itself."""


@dataclass(frozen=True)
class Size:
    """Hardware under a name, in Saturn's fields."""

    name: str
    display_name: str
    cores: float
    memory: str
    """`4 GB`"""
    gpu: int

    def as_dict(self) -> dict[str, Any]:
        """`{name, display_name, cores, memory, gpu}`; whole cores as an integer."""
        cores = int(self.cores) if self.cores == int(self.cores) else self.cores
        return {**asdict(self), "cores": cores}


def configured_sizes(setting: Mapping[str, Any]) -> dict[str, Size]:
    """The sizes of the setting `{name: {cores, memory, gpu, display_name}}`, in its order.

    `gpu` and `display_name` may be left out. Raises ValueError for what is no size.
    """
    return {name: _size(name, fields) for name, fields in setting.items()}


def _size(name: str, fields: Any) -> Size:
    try:
        unknown = set(fields) - {"name", "display_name", "cores", "memory", "gpu"}
        if unknown:
            raise ValueError(f"knows no {', '.join(sorted(unknown))}")
        cores, memory, gpu = float(fields["cores"]), _bytes(fields["memory"]), fields.get("gpu", 0)
        if not 0 < cores < 1e6:
            raise ValueError("cores must be a number above 0")
        if not isinstance(gpu, int) or gpu < 0:
            raise ValueError("gpu must be a whole number")
    except KeyError as error:
        raise ValueError(f"size {name!r}: {error.args[0]} is missing") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"size {name!r}: {error}") from None
    display = fields.get("display_name") or f"{name}: {_words(cores, memory, gpu)}"
    return Size(name, str(display), cores, memory_text(memory), gpu)


def this_machine(hardware: Hardware) -> Size:
    """The size that the hardware itself is."""
    gpu = len(hardware.gpus)
    display = f"this machine: {_words(hardware.cores, hardware.memory, gpu)}"
    return Size(THIS_MACHINE, display, hardware.cores, memory_text(hardware.memory), gpu)


def default_size(sizes: Mapping[str, Size], hardware: Hardware) -> Sourced[Size]:
    """The size that comes closest to the hardware: the largest that fits into it.

    Where none fits it is the first one, and `not_from` says so.
    """
    granted = f"{hardware.cores_from}, {hardware.memory_from}"
    if not sizes:
        return Sourced(this_machine(hardware), granted, ("the setting sizes is empty",))
    fitting = [size for size in sizes.values() if _fits(size, hardware)]
    if fitting:
        largest = max(fitting, key=lambda size: (size.gpu, size.cores, _bytes(size.memory)))
        return Sourced(largest, f"the largest of the setting sizes that fits: {granted}")
    what = _words(hardware.cores, hardware.memory, len(hardware.gpus))
    first = next(iter(sizes.values()))
    return Sourced(first, "the first of the setting sizes", (f"none fits into {what}",))


def _fits(size: Size, hardware: Hardware) -> bool:
    return (
        size.cores <= hardware.cores
        and _bytes(size.memory) * _KERNELS_SHARE <= hardware.memory
        and size.gpu <= len(hardware.gpus)
    )


def _words(cores: float, memory: int, gpu: int) -> str:
    gpus = f" – {gpu} GPU{'' if gpu == 1 else 's'}" if gpu else ""
    return f"{cores_text(cores)} – {memory_text(memory)}{gpus}"


def _bytes(memory: Any) -> int:
    """`4 GB`, `4Gi`, `4G` and 4294967296 are the same. Raises ValueError for anything else."""
    text = str(memory).strip().upper().removesuffix("B").removesuffix("I")
    number, unit = (text[:-1], text[-1:]) if text[-1:] in "KMGT" else (text, "")
    try:
        size = int(float(number) * _UNITS[unit])
    except (ValueError, OverflowError):
        raise ValueError(f"memory is something like '4 GB', not {memory!r}") from None
    if size <= 0:
        raise ValueError("memory must be above 0")
    return size
