"""The headless engine is killed at random points; what it was to do is done once all the same."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest

from jupyter_saturn_deploy.store.db import Store
from tests.never_lost.load import COMMANDS, Load, check

KILLS = 30


@pytest.mark.timeout(240)
def test_nothing_is_lost_doubled_or_stuck_when_the_engine_is_killed(tmp_path: Path) -> None:
    asyncio.run(kill_at_random(tmp_path, KILLS, random.Random(2026)))


async def kill_at_random(directory: Path, kills: int, chance: random.Random) -> None:
    """Kill and start an engine `kills` times while runs are wished, then hold the books to it."""
    load = Load(directory, Store(directory / "state" / "store.sqlite", logging.getLogger("test")))
    try:
        await load.create()
        for _ in range(kills):
            await load.wish(chance.choices(list(COMMANDS), weights=[4, 2, 4, 2, 2, 1], k=3))
            load.start_engine()
            await load.engine_acts()
            await asyncio.sleep(chance.uniform(0, 0.4))
            load.kill_engine()
        load.start_engine()
        check(load, await load.finish(90))
    finally:
        load.end()
