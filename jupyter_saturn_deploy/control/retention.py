"""Which ended runs go by themselves, and which snapshots and lists. Only the engine calls it."""

from __future__ import annotations

from collections.abc import Sequence

from ..store import deployments, digests, runs, slots
from ..store.db import Database, Store
from .bulk import Outcome, in_turn

KEPT = 10
"""Latest ended runs of each job, however old."""
KEPT_REVISIONS = 100
"""Latest revisions of each deployment."""
DAY = 24 * 3600.0
_LIMIT = 10_000
"""Runs looked for at a time."""
_AT_A_TIME = 2000
"""Rows read in one transaction, so that nobody waits for it."""


async def expire(store: Store, now: float, days: int) -> int:
    """Mark as deleted the runs that ended more than `days` ago, but for the `KEPT` latest of each
    job, and but for pinned ones, which are kept beside these. Returns how many."""
    old = await store.read(
        lambda db: runs.expired(db, ended_before=now - days * DAY, kept=KEPT, limit=_LIMIT)
    )
    return await _hide(store, now, old)


async def expire_slots(store: Store, now: float, days: int) -> None:
    """Forget slots that are over `days` old, but for the `KEPT` latest of each job."""
    behind: slots.Position | None = slots.OLDEST
    while behind is not None:
        behind = await store.write(
            lambda db, behind=behind: slots.expire(db, behind, now - days * DAY, KEPT)  # type: ignore[misc]
        )


async def expire_revisions(store: Store) -> None:
    """Forget all but the `KEPT_REVISIONS` latest revisions of each deployment, and those of which
    something still runs."""
    await store.write(lambda db: deployments.expire(db, KEPT_REVISIONS))


async def sweep(store: Store, now: float) -> int:
    """Mark as deleted what ended of deleted jobs, and forget their slots. Returns how many runs."""
    while await store.write(slots.of_deleted_jobs):
        continue
    return await _hide(store, now, await store.read(lambda db: runs.of_deleted_jobs(db, _LIMIT)))


async def needed(store: Store) -> tuple[set[str], set[str]]:
    """The digests of snapshots, and those of lists, that resources and runs still refer to."""
    snapshots = await store.read(digests.of_resources)
    lists: set[str] = set()
    after: str | None = ""
    while after is not None:
        found, after = await store.read(
            lambda db, after=after: digests.of_runs(db, after, _AT_A_TIME)  # type: ignore[misc]
        )
        lists |= found
    return snapshots, lists


async def _hide(store: Store, now: float, run_ids: list[str]) -> int:
    def work(db: Database, some: Sequence[str]) -> Outcome:
        return Outcome(runs.mark_expired(db, now, some))

    return len((await in_turn(store, run_ids, work)).done)
