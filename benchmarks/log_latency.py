"""A line written by a run → received over the websocket of its log."""

from __future__ import annotations

import argparse
import asyncio
import time

from benchmarks.figures import Figure, show
from benchmarks.served import follow, served
from tests.never_lost.server import Server

TICK = """
import sys, time
for _ in range(int(sys.argv[1])):
    print(time.time_ns())
    time.sleep(0.02)
"""


async def latencies(server: Server, lines: int) -> list[float]:
    """Milliseconds from each line's writing to its end's arrival."""
    (server.project / "tick.py").write_text(TICK)
    run_id = server.run(server.job("tick", f"python tick.py {lines}"))
    found, rest = [], b""
    async for piece in follow(server, run_id):
        now = time.time_ns()
        *complete, rest = (rest + piece).split(b"\n")
        found += [(now - int(line)) / 1e6 for line in complete]
    if len(found) != lines:
        raise RuntimeError(f"{len(found)} lines of {lines} came")
    return found


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, default=500, help="one every 20 ms")
    options = arguments.parse_args()
    with served() as server:
        found = asyncio.run(latencies(server, options.lines))
    show("log_latency", [Figure("line written → received", found, "ms", "– / 50")])


if __name__ == "__main__":
    main()
