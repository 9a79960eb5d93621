"""A headless engine whose clock is fast: `fast_engine.py STATE_DIR PLACES BASE SPEED`.

From BASE on, in seconds since the epoch, its clock goes SPEED times as fast as others.
"""

from __future__ import annotations

import asyncio
import sys
import time

from jupyter_saturn_deploy.app import Core, SaturnDeployApp

TICK = 0.005
"""Seconds between looks at that clock: timers go by the common one."""


async def act(state_dir: str, places: int, base: float, speed: float) -> None:
    """Until killed."""
    settings = SaturnDeployApp(state_dir=state_dir, max_runs=places, grace=0.5)
    core = Core(settings, "headless", lambda: base + (time.time() - base) * speed)
    core.start()
    while True:
        await asyncio.sleep(TICK)
        for listener in core.follower.listeners:
            listener([])


if __name__ == "__main__":
    asyncio.run(act(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
