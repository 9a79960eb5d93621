"""How long the server's event loop is held up while 200 runs are wished and 100 MB are logged."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection

from benchmarks.figures import Figure, show
from benchmarks.loop_monitor import NOTED_FROM
from benchmarks.served import connect, follow, served
from tests.never_lost.server import Server

LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
BAR = 0.02
"""Seconds."""
SETTLING = 5.0
"""Seconds: JupyterLab looks for language servers in a thread when it has just started."""
SHOWN = 8
Step = dict[str, Any]


async def load(server: Server, runs: int, log_bytes: int) -> None:
    """Wish the runs at once and follow a long log, as a panel does: with the events."""
    AsyncHTTPClient.configure(None, max_clients=runs)
    events = await connect(server, "api/events/subscribe")
    heard = asyncio.ensure_future(_drain(events))
    writer = server.run(server.job("writer", f"yes '{LINE}' | head -c {log_bytes}"))
    job_id = server.job("trivial", "true")
    posts = [
        HTTPRequest(
            f"http://127.0.0.1:{server.port}/saturn-deploy/api/jobs/{job_id}/start",
            method="POST",
            body="{}",
            headers={"Authorization": f"token {server.token}"},
            request_timeout=120,
        )
        for _ in range(runs)
    ]
    received, *_ = await asyncio.gather(
        _received(server, writer), *(AsyncHTTPClient().fetch(post) for post in posts)
    )
    if received != log_bytes:
        raise RuntimeError(f"{received} bytes of {log_bytes} came")
    while server("GET", "runs?state=active&limit=1")["runs"]:
        await asyncio.sleep(0.2)
    events.close()
    if await heard < runs:
        raise RuntimeError("not every run was told of")


async def _received(server: Server, run_id: str) -> int:
    return sum([len(piece) async for piece in follow(server, run_id)])


async def _drain(socket: WebSocketClientConnection) -> int:
    number = 0
    while await socket.read_message() is not None:
        number += 1
    return number


def status_ms(server: Server) -> float:
    """What one look at the status takes."""
    began = time.monotonic()
    server("GET", "status")
    return 1000 * (time.monotonic() - began)


def probe_while(server: Server, busy: multiprocessing.context.ForkProcess) -> list[float]:
    """Look at the status until that process has ended."""
    times = []
    while busy.is_alive():
        times.append(status_ms(server))
        time.sleep(0.02)
    if busy.exitcode != 0:
        raise RuntimeError("the load failed")
    return times


def longest(steps: list[Step], measure: Callable[[Step], float]) -> list[float]:
    """The largest by that measure, in milliseconds."""
    return [1000 * max((measure(step) for step in steps), default=NOTED_FROM)]


def held(step: Step) -> float:
    """Seconds for which the server itself held the loop up: not those without a core."""
    return float(step["took"] - step["waited"])


def but_for_garbage(step: Step) -> float:
    """The same without the time in which Python looked for garbage, in whatever thread."""
    return float(step["took"] - max(step["waited"], step["collected"]))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=200)
    arguments.add_argument("--log-bytes", type=int, default=100_000_000)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "steps.json"
        monitor = f"from benchmarks.loop_monitor import install\ninstall({str(path)!r})\n"
        with served(configuration=monitor) as server:
            time.sleep(SETTLING)
            idle = [status_ms(server) for _ in range(50)]
            began = time.time()
            busy = multiprocessing.get_context("fork").Process(
                target=lambda: asyncio.run(load(server, options.runs, options.log_bytes))
            )
            busy.start()
            times = probe_while(server, busy)
            ended = time.time()
            server.terminate()
        steps: list[Step] = json.loads(path.read_text())
    steps = sorted((step for step in steps if began < step["at"] < ended), key=held, reverse=True)
    before = Figure("api/status, idle", idle, "ms")
    show(
        f"loop_block, {ended - began:.0f} s",
        [
            Figure("longest block of the event loop", longest(steps, held), "ms", "20"),
            Figure("but for garbage collection", longest(steps, but_for_garbage), "ms"),
            Figure("of the step's own CPU", longest(steps, lambda step: step["cpu"]), "ms"),
            Figure("with the wait for a core", longest(steps, lambda step: step["took"]), "ms"),
            before,
            Figure("api/status meanwhile", times, "ms", "", before.p50),
        ],
    )
    over = sum(held(step) > BAR for step in steps)
    print(f"{over} steps over {1000 * BAR:.0f} ms. The longest, in ms:")
    print("    held  CPU  garbage  no core  step")
    for step in steps[:SHOWN]:
        parts = [1000 * step[part] for part in ("cpu", "collected", "waited")]
        print("{:8.1f} {:4.1f} {:8.1f} {:8.1f}  ".format(1000 * held(step), *parts) + step["what"])


if __name__ == "__main__":
    main()
