from __future__ import annotations

from typing import Any

import pytest

from jupyter_saturn_deploy.workspace.hardware import GIB, Hardware
from jupyter_saturn_deploy.workspace.sizes import configured_sizes, default_size, this_machine


def machine(cores: float, memory: int, *gpus: str) -> Hardware:
    return Hardware(cores, "processors", memory, "memory", gpus)


SIZES = configured_sizes(
    {
        "medium": {"cores": 2, "memory": "4 GB"},
        "large": {"cores": 4, "memory": "16Gi", "display_name": "Large"},
        "gpu": {"cores": 4, "memory": "16 GB", "gpu": 1},
    }
)


def test_a_machine_is_a_size_of_its_own() -> None:
    size = this_machine(machine(2.0, 24 * GIB))
    assert size.as_dict() == {
        "name": "this-machine",
        "display_name": "this machine: 2 cores – 24 GB",
        "cores": 2,
        "memory": "24 GB",
        "gpu": 0,
    }
    with_gpu = this_machine(machine(0.5, GIB // 2, "NVIDIA A10"))
    assert with_gpu.display_name == "this machine: 0.5 cores – 512 MB – 1 GPU"
    assert with_gpu.as_dict()["cores"] == 0.5


def test_configured_sizes_have_names_and_words() -> None:
    assert [size.display_name for size in SIZES.values()] == [
        "medium: 2 cores – 4 GB",
        "Large",
        "gpu: 4 cores – 16 GB – 1 GPU",
    ]
    assert SIZES["large"].memory == "16 GB"


@pytest.mark.parametrize(
    ("granted", "name"),
    [
        (machine(2, 4 * GIB), "medium"),
        (machine(2, 3_900_000_000), "medium"),
        (machine(3, 8 * GIB), "medium"),
        (machine(4, 16 * GIB), "large"),
        (machine(64, 512 * GIB), "large"),
        (machine(64, 512 * GIB, "NVIDIA A10"), "gpu"),
    ],
)
def test_the_default_is_the_largest_size_that_the_machine_holds(
    granted: Hardware, name: str
) -> None:
    size = default_size(SIZES, granted)
    assert (size.value.name, size.not_from) == (name, ())


def test_where_none_fits_the_default_is_the_first_and_says_so() -> None:
    size = default_size(SIZES, machine(1, GIB))
    assert size.value.name == "medium"
    assert size.not_from == ("none fits into 1 core – 1 GB",)


def test_without_configured_sizes_the_default_is_the_machine() -> None:
    size = default_size({}, machine(2, GIB))
    assert size.value.name == "this-machine"
    assert size.source == "processors, memory"


@pytest.mark.parametrize("memory", ["4 GB", "4GB", "4Gi", "4GiB", "4g", "4096 MB", 4 * GIB])
def test_memory_is_understood_however_it_is_written(memory: Any) -> None:
    assert configured_sizes({"x": {"cores": 1, "memory": memory}})["x"].memory == "4 GB"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"memory": "1 GB"}, "cores is missing"),
        ({"cores": 1}, "memory is missing"),
        ({"cores": 0, "memory": "1 GB"}, "cores must be"),
        ({"cores": float("nan"), "memory": "1 GB"}, "cores must be"),
        ({"cores": "two", "memory": "1 GB"}, "could not convert"),
        ({"cores": 1, "memory": "much"}, "memory is something like '4 GB'"),
        ({"cores": 1, "memory": "inf"}, "memory is something like '4 GB'"),
        ({"cores": 1, "memory": "0"}, "memory must be above 0"),
        ({"cores": 1, "memory": "1 GB", "gpu": "one"}, "gpu must be"),
        ({"cores": 1, "memory": "1 GB", "disk": 1}, "knows no disk"),
        (["cores"], "size 'x'"),
        (None, "size 'x'"),
    ],
)
def test_what_is_no_size_is_refused_by_name(fields: Any, why: str) -> None:
    with pytest.raises(ValueError, match="size 'x'") as refused:
        configured_sizes({"x": fields})
    assert why in str(refused.value)
