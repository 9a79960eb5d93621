"""What is wished of a deployment beside its spec, and what its instances have to become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from .runs import Execution, Reason


class How(str, Enum):
    """What a revision was made by."""

    START = "start"
    RESTART = "restart"
    ROLLBACK = "rollback"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Revision:
    """What one start, restart or rollback of a deployment put in service."""

    deployment_id: str
    number: int
    """Counts the revisions of one deployment, from 1."""
    execution: Execution
    backend: str
    generation: int
    """Of the deployment's token that its instances are given."""
    how: How
    origin: int | None
    """The revision that was gone back to."""
    by: str
    created_at: float


@dataclass(frozen=True)
class Standing:
    """What is wished of a deployment, and who looked at it last."""

    wanted: bool = False
    """Whether it is to run."""
    revision: int = 0
    """Which one; 0 before the first start."""
    scale: int = 0
    """How many instances of it."""
    opened_at: float | None = None
    opened_by: str | None = None


@dataclass(frozen=True)
class Instance:
    """One that has not ended, as far as it counts for what is to be done."""

    run_id: str
    revision: int
    index: int
    """From 1."""
    ready: bool
    served: bool
    """Whether it was ready at any time."""
    stopping: bool
    """Whether it is wished stopped already."""


@dataclass
class Steps:
    """What is to be done so that the instances become what is wished."""

    begin: list[int] = field(default_factory=list)
    """Indexes of new instances of the revision."""
    stop: dict[str, Reason] = field(default_factory=dict)
    """Instances that go, by their run's id, with the reason."""


def next_steps(standing: Standing, instances: Sequence[Instance]) -> Steps:
    """The steps that are due now; none once all is as wished.

    An instance that served goes only when one of the wished revision serves in its place: one new
    instance at a time is begun beside those, and none of them is missing meanwhile. Should one of
    them die it is begun anew as ever: the wished revision may never come up. Those that never
    served are not waited for.
    """
    steps = Steps()
    living = [item for item in instances if not item.stopping]
    if not standing.wanted:
        steps.stop = {item.run_id: Reason.USER for item in living}
        return steps
    new = [item for item in living if item.revision == standing.revision]
    old = [item for item in living if item.revision != standing.revision]
    proven = sorted((item for item in old if item.served), key=lambda item: not item.ready)
    ready = sum(item.ready for item in new)
    there = {item.index for item in new}
    steps.begin = [index for index in range(1, standing.scale + 1) if index not in there]
    if proven:
        steps.begin = steps.begin[: max(ready + 1 - len(new), 0)]
    going = [item for item in old if not item.served]
    going += proven[max(standing.scale - ready, 0) :]
    steps.stop = {item.run_id: Reason.REPLACED for item in going}
    return steps
