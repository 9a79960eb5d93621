"""Many trivial scripts submitted at once: how Jupyter itself fares meanwhile, and when all are
done."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.served import served
from tests.never_lost.server import Server

PAUSE = 0.05
"""Seconds between two looks at the server's own status."""
PATIENCE = 1800


class Probe:
    """Looks at `/api/status`, Jupyter's own, while the block runs; milliseconds each."""

    def __init__(self, port: int, token: str) -> None:
        self.times: list[float] = []
        self._request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/status", headers={"Authorization": f"token {token}"}
        )
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._probe)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _probe(self) -> None:
        while not self._ended.wait(PAUSE):
            began = time.monotonic()
            with urllib.request.urlopen(self._request, timeout=120) as response:
                response.read()
            self.times.append(1000 * (time.monotonic() - began))


def until(done: Callable[[], bool]) -> None:
    """Wait for that."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("not all are done")
        time.sleep(PAUSE)


def ours(runs: int) -> tuple[float, list[float]]:
    """Seconds until all have completed, and what the status took meanwhile."""
    with served(places=len(os.sched_getaffinity(0))) as server:  # as many as by default
        (server.project / "hello.py").write_text('print("hello")\n')
        jobs = [server.job(f"hello-{number}", "python hello.py") for number in range(runs)]
        with Probe(server.port, server.token) as probe:
            began = time.monotonic()
            asyncio.run(start(server, jobs))
            until(lambda: not server("GET", "runs?state=active&limit=1")["runs"])
            took = time.monotonic() - began
        failed = server("GET", "runs?state=error,stopped&limit=1")["runs"]
        if failed:
            raise RuntimeError(f"a run failed: {failed[0]['sentence']}")
        return took, probe.times


async def start(server: Server, jobs: list[str]) -> None:
    """All of them, at once."""
    AsyncHTTPClient.configure(None, max_clients=len(jobs))
    posts = [
        HTTPRequest(
            f"http://127.0.0.1:{server.port}/saturn-deploy/api/jobs/{job_id}/start",
            method="POST",
            body="{}",
            headers={"Authorization": f"token {server.token}"},
            request_timeout=120,
        )
        for job_id in jobs
    ]
    answers = await asyncio.gather(*(AsyncHTTPClient().fetch(post) for post in posts))
    for answer in answers:
        json.loads(answer.body)["id"]


def theirs(runs: int) -> tuple[float, list[float]]:
    """The same of jupyter-scheduler, with a notebook: it runs nothing else."""
    with scheduler.serving() as server, Probe(server.port, scheduler.TOKEN) as probe:
        port = server.port
        began = time.monotonic()
        waiting = [scheduler.submit(port) for _ in range(runs)]
        while waiting:
            until(lambda: scheduler.is_done(port, waiting[0]))
            waiting.pop(0)
        return time.monotonic() - began, probe.times


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=200)
    arguments.add_argument(
        "--baseline",
        type=int,
        metavar="NOTEBOOKS",
        help="jupyter-scheduler's beside it, with so many; 200 take more than seven minutes",
    )
    options = arguments.parse_args()
    figures = []
    status = each = None
    if options.baseline:
        took, times = theirs(options.baseline)
        others = [
            Figure("jupyter-scheduler: api/status meanwhile", times, "ms"),
            Figure(
                f"jupyter-scheduler: each of {options.baseline}", [took / options.baseline], "s"
            ),
        ]
        status, each = (figure.p50 for figure in others)
        figures += others
    took, times = ours(options.runs)
    figures += [
        Figure("api/status meanwhile", times, "ms", "p95 20", status),
        Figure(f"each of {options.runs}", [took / options.runs], "s", "", each),
        Figure(f"all {options.runs} done", [took], "s", "15"),
    ]
    show("flood", figures)


if __name__ == "__main__":
    main()
