"""One wish about several runs or jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..models.errors import DeployError
from ..store.db import Database, Store

_AT_A_TIME = 100
"""Ids in one transaction: it takes about 10 ms, and then somebody else may write."""


@dataclass
class Outcome:
    """What became of a wish about several."""

    done: list[str] = field(default_factory=list)
    """Ids that it was fulfilled for."""
    refused: dict[str, DeployError] = field(default_factory=dict)
    """Id to why not."""

    def only(self) -> None:
        """For a wish about a single one: raises why it was refused."""
        for error in self.refused.values():
            raise error


async def in_turn(
    store: Store, ids: Iterable[str], work: Callable[[Database, Sequence[str]], Outcome]
) -> Outcome:
    """`work` for these ids, each once, in as few transactions as are short."""
    different = list(dict.fromkeys(ids))
    whole = Outcome()
    for start in range(0, len(different), _AT_A_TIME):
        some = different[start : start + _AT_A_TIME]
        part = await store.write(lambda db, some=some: work(db, some), vital=True)  # type: ignore[misc]
        whole.done += part.done
        whole.refused |= part.refused
    return whole
