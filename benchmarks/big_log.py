"""A log of a gigabyte: how soon its end is shown, and what following it costs the server."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import urllib.request

import psutil

from benchmarks.figures import Figure, show
from benchmarks.served import follow, served
from tests.never_lost.server import Server

LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
TAIL = 256 * 1024
"""Bytes that the log view asks for first."""
LOOK = 0.05
OPENINGS = 5


def opened(server: Server, run_id: str) -> tuple[float, float]:
    """Seconds until the end is there, and until the number of its first line is too."""
    began = time.monotonic()
    request = urllib.request.Request(
        f"{server.url}saturn-deploy/api/runs/{run_id}/log",
        headers={"Authorization": f"token {server.token}", "Range": f"bytes=-{TAIL}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        tail = response.read()
        first = int(response.headers["Content-Range"].split()[1].split("-")[0])
    there = time.monotonic() - began
    if len(tail) != TAIL:
        raise RuntimeError(f"{len(tail)} bytes came")
    answer = json.loads(server.bytes("GET", f"runs/{run_id}/log/lines?offset={first}"))
    if answer["line"] != first // (len(LINE) + 1):
        raise RuntimeError(f"byte {first} is said to be in line {answer['line']}")
    return there, time.monotonic() - began


async def followed(server: Server, job_id: str, clients: int, size: int) -> float:
    """Bytes by which the server grew at most while so many clients followed a log as it was
    written, from its first byte to its last."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    before = most = process.memory_full_info().pss
    run_id = server.run(job_id)
    following = [asyncio.ensure_future(received(server, run_id)) for _ in range(clients)]
    while not all(task.done() for task in following):
        most = max(most, process.memory_full_info().pss)
        await asyncio.sleep(LOOK)
    if any(task.result() != size for task in following):
        raise RuntimeError("not every client got the whole log")
    return float(most - before)


async def received(server: Server, run_id: str) -> int:
    """Bytes that came."""
    return sum([len(piece) async for piece in follow(server, run_id)])


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--megabytes", type=int, default=1000)
    arguments.add_argument("--clients", type=int, default=5)
    options = arguments.parse_args()
    size = options.megabytes * 10**6
    with served() as server:
        job_id = server.job("writer", f"yes '{LINE}' | head -c {size}")
        run_id = server.run(job_id)
        server.until(run_id, "completed", seconds=600)
        times = [opened(server, run_id) for _ in range(OPENINGS)]
        # What reading needs once (buffers, threads) is no growth.
        asyncio.run(
            followed(server, server.job("short", f"yes '{LINE}' | head -c {10**7}"), 1, 10**7)
        )
        grown = asyncio.run(followed(server, job_id, options.clients, size))
    show(
        f"big_log, {options.megabytes} MB",
        [
            Figure("opened at its end", [1000 * end for end, _ in times], "ms", "1000"),
            Figure("with line numbers, first", [1000 * times[0][1]], "ms", "1000"),
            Figure("with line numbers, again", [1000 * numbers for _, numbers in times[1:]], "ms"),
            Figure(f"growth, followed by {options.clients}", [grown / 1e6], "MB PSS", "20"),
        ],
    )


if __name__ == "__main__":
    main()
