"""The engine is killed at random points while schedules fire; each slot is accounted for once."""

from __future__ import annotations

import asyncio
import logging
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from jupyter_saturn_deploy.control.jobs import Jobs
from jupyter_saturn_deploy.models.runs import FINAL, Run, RunState
from jupyter_saturn_deploy.models.schedule import Outcome, Slot
from jupyter_saturn_deploy.store import runs, slots
from jupyter_saturn_deploy.store.db import Database, Store
from tests.never_lost.load import PLACES, Load

KILLS = 30
SPEED = 60
"""A minute takes a second."""
BEGIN = "echo begin $SATURN_RUN_ID $SATURN_ATTEMPT >> $BOOK"
KINDS = {
    # Policy, deadline, command, how many of them.
    "allow": ("Allow", None, BEGIN, 8),
    "late": ("Allow", 100, BEGIN, 4),
    "forbid": ("Forbid", None, f"{BEGIN}; sleep 3", 4),
    "replace": ("Replace", None, f"{BEGIN}; sleep 3", 4),
}


@pytest.mark.timeout(300)
def test_every_slot_is_accounted_for_once_when_the_engine_is_killed(tmp_path: Path) -> None:
    books = asyncio.run(kill_at_random(tmp_path, KILLS, random.Random(2026)))
    # Something was killed over, and something was there to be caught up with.
    assert books[Outcome.STARTED] > 50 and books[Outcome.MISSED] and books[Outcome.SKIPPED]


@dataclass
class Scheduled(Load):
    """Minutely jobs of each kind, and an engine whose minutes are short."""

    base: float = field(default_factory=time.time)

    async def schedule(self) -> None:
        """Create the jobs."""
        self.project.mkdir()
        wishes = Jobs(self.store, self.sources)
        for kind, (policy, deadline, command, count) in KINDS.items():
            for number in range(count):
                spec = {
                    "name": f"{kind}-{number}",
                    "command": command,
                    "environment_variables": {"BOOK": str(self.directory / "book")},
                    "schedule": "* * * * *",
                    "concurrency_policy": policy,
                    "x-jupyter": {"starting_deadline": deadline},
                }
                wished = await wishes.create(self.here, {"type": "job", "spec": spec})
                self.jobs[wished.resource.id] = kind

    async def switch_off(self) -> None:
        """Let no more slots come."""
        wishes = Jobs(self.store, self.sources)
        for job_id in self.jobs:
            await wishes.suspend("ana", job_id, True)

    def start_engine(self) -> None:
        """One that is fast."""
        program = Path(__file__).with_name("fast_engine.py")
        arguments = [self.state_dir, PLACES, self.base, SPEED]
        with (self.directory / "engine.log").open("ab") as log:
            self.engine = subprocess.Popen(
                [sys.executable, program, *map(str, arguments)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def found(self) -> dict[str, tuple[list[Run], list[Slot]]]:
        """Runs and slots of each job, in order."""

        def work(db: Database) -> dict[str, tuple[list[Run], list[Slot]]]:
            whole = {}
            for job_id in self.jobs:
                ids = db.execute("SELECT id FROM runs WHERE job_id = ? ORDER BY id", (job_id,))
                made = [run for row in ids.fetchall() if (run := runs.find_any(db, row[0]))]
                whole[job_id] = made, slots.page(db, job_id, limit=10_000).slots[::-1]
            return whole

        return await self.store.read(work)


async def kill_at_random(directory: Path, kills: int, chance: random.Random) -> Counter[Outcome]:
    """Kill and start an engine `kills` times while 20 schedules are due each minute of its clock,
    then hold the books to it. Returns how many slots came to what."""
    load = Scheduled(
        directory, Store(directory / "state" / "store.sqlite", logging.getLogger("test"))
    )
    try:
        await load.schedule()
        for _ in range(kills):
            load.start_engine()
            await load.engine_acts()
            await asyncio.sleep(chance.uniform(0, 0.8))
            load.kill_engine()
        load.start_engine()
        await load.engine_acts()
        await asyncio.sleep(2 * 60 / SPEED)
        await load.switch_off()
        deadline = time.monotonic() + 90
        while True:
            found = await load.found()
            if all(run.state in FINAL for made, _ in found.values() for run in made):
                break
            assert time.monotonic() < deadline, "runs do not end"
            await asyncio.sleep(0.1)
        load.kill_engine()
        load.runs = {run.id: "" for made, _ in found.values() for run in made}
        return check(load, found)
    finally:
        load.end()


def check(load: Scheduled, found: dict[str, tuple[list[Run], list[Slot]]]) -> Counter[Outcome]:
    """No slot twice, none lost, each run begun once."""
    books: Counter[Outcome] = Counter()
    begun = []
    for job_id, (made, rows) in found.items():
        kind = load.jobs[job_id]
        minutes = [row.scheduled_for + 60 * n for row in rows for n in range(row.count)]
        first, last = min(minutes), max(minutes)
        whole = [first + 60 * n for n in range(round((last - first) / 60) + 1)]
        assert minutes == whole, (kind, minutes)
        started = [row for row in rows if row.outcome is Outcome.STARTED]
        assert [run.scheduled_for for run in made] == [row.scheduled_for for row in started]
        assert [run.id for run in made] == [row.run_id for row in started]
        for run in made:
            assert run.scheduled_for is not None and run.created_at >= run.scheduled_for, run
            replaced = run.reason == "replaced"
            assert run.state is (RunState.STOPPED if replaced else RunState.COMPLETED), run
            assert kind == "replace" or not replaced
            if run.attempt:
                begun.append(run.id)
        _by_the_rule(kind, rows)
        books.update({row.outcome: 0 for row in rows})
        for row in rows:
            books[row.outcome] += row.count
    recorded = Counter(load.begun())
    assert set(recorded.values()) == {1}
    # One that was replaced may have been stopped before its command began.
    stopped = {run.id for made, _ in found.values() for run in made if run.reason == "replaced"}
    assert {run_id for run_id, _ in recorded} <= set(begun)
    assert set(begun) - {run_id for run_id, _ in recorded} <= stopped
    assert load.left_over() == []
    return books


def _by_the_rule(kind: str, rows: list[Slot]) -> None:
    """Without a deadline, the latest of the slots that passed starts, or is skipped."""
    for row, following in pairwise(rows):
        if row.outcome is Outcome.MISSED and kind != "late":
            assert following.outcome is not Outcome.MISSED, (kind, row, following)
    if kind != "late":
        assert rows[-1].outcome is not Outcome.MISSED, (kind, rows[-1])
    if kind in ("allow", "late", "replace"):
        assert all(row.outcome is not Outcome.SKIPPED for row in rows), kind
