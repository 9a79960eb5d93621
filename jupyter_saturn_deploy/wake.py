"""Waiting for news, but not too long."""

from __future__ import annotations

import asyncio


class Wake(asyncio.Event):
    """An event that one task naps on."""

    async def nap(self, seconds: float) -> None:
        """Until it is set, at most so long; it is set then in either case.

        `asyncio.wait_for` before Python 3.12 can swallow a cancellation that comes together with
        the event: the task that should have ended lives on.
        """
        timer = asyncio.get_running_loop().call_later(seconds, self.set)
        try:
            await self.wait()
        finally:
            timer.cancel()
