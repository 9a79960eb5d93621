"""POST start → the script's first line, received over the websocket of the log."""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.served import follow, served
from tests.never_lost.server import Server

FIRST_LINE = b"hello"


async def first_line(server: Server, job_id: str) -> tuple[float, float]:
    """Seconds until the POST is answered, and until the first line is there."""
    post = HTTPRequest(
        f"http://127.0.0.1:{server.port}/saturn-deploy/api/jobs/{job_id}/start",
        method="POST",
        body="{}",
        headers={"Authorization": f"token {server.token}"},
    )
    began = time.monotonic()
    answer = await AsyncHTTPClient().fetch(post)
    answered = time.monotonic() - began
    run_id = json.loads(answer.body)["id"]
    received, log = 0.0, b""
    async for piece in follow(server, run_id):
        log += piece
        if not received and FIRST_LINE in log:
            received = time.monotonic() - began
    if not received:
        raise RuntimeError(f"run {run_id} said {log!r}")
    return answered, received


async def first_lines(server: Server, samples: int) -> list[tuple[float, float]]:
    """One run after the other; the first, which also reads everything from disk, does not count."""
    (server.project / "hello.py").write_text('print("hello")\n')
    job_id = server.job("hello", "python hello.py")
    return [await first_line(server, job_id) for _ in range(samples + 1)][1:]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, default=60)
    arguments.add_argument("--baseline", action="store_true", help="jupyter-scheduler's beside it")
    options = arguments.parse_args()
    notebook = None
    figures = []
    if options.baseline:
        others = Figure(
            "jupyter-scheduler: POST → notebook completed",
            [1000 * seconds for seconds in scheduler.notebook_seconds(3)],
            "ms",
        )
        notebook = others.p50
        figures = [others]
    with served() as server:
        times = asyncio.run(first_lines(server, options.samples))
    answered, received = (
        [1000 * seconds for seconds in column] for column in zip(*times, strict=True)
    )
    figures += [
        Figure("POST → its answer", answered, "ms"),
        Figure("POST → first line in the websocket", received, "ms", "100 / 200", notebook),
    ]
    show("start_latency", figures)


if __name__ == "__main__":
    main()
