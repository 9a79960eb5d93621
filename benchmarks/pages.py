"""How long a page of 25 of 50,000 runs takes, from the request to the last byte of the answer."""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import logging
import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.served import served
from jupyter_saturn_deploy.models.runs import RunState
from jupyter_saturn_deploy.store import runs
from jupyter_saturn_deploy.store.db import Database, Store
from tests.never_lost.server import Server

PAGE = 25
JOBS = 200
BAR = "10"
"""Milliseconds, of the slowest too."""
APART = 30 * 10**9
"""Nanoseconds between runs: all of them are younger than what expires."""


def fill(server: Server, number: int) -> tuple[str, str]:
    """Write ended runs until there are `number`, a fifth of them of the first job.

    Returns the job's id, and the query of a time window that holds a fifth of them.
    """
    jobs = [server.job(f"job-{place}", "python train.py --epochs 10") for place in range(JOBS)]
    server.until(server.run(jobs[0]), "completed", "error")
    server.terminate()
    store = Store(server.state_dir / "store.sqlite", logging.getLogger())
    began = time.time_ns() - number * APART
    asyncio.run(store.write(lambda db: _insert(db, jobs, number, began)))
    store.close()
    server.start()
    since, until = (
        datetime.fromtimestamp((began + place * number * APART // 5) / 1e9, timezone.utc)
        for place in (2, 3)
    )
    return jobs[0], f"since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}"


def _insert(db: Database, jobs: Sequence[str], number: int, began: int) -> None:
    chance = random.Random(1)
    pattern = runs.from_row(db.execute("SELECT * FROM runs").fetchone())
    for place in range(number - 1):
        at = began + place * APART
        run = replace(
            pattern,
            id=f"{at:016x}{chance.getrandbits(64):016x}",
            job_id=jobs[0] if chance.random() < 0.2 else chance.choice(jobs),
            number=place + 2,
            created_at=at / 1e9,
            started_at=at / 1e9,
            ended_at=at / 1e9 + chance.random() * 1000,
            state=RunState.ERROR if chance.random() < 0.05 else RunState.COMPLETED,
            memory_peak=chance.randrange(10**9),
        )
        runs.insert(db, run)
        attempt = runs.attempts(db, [pattern.id])[pattern.id][0]
        runs.put_attempt(db, replace(attempt, run_id=run.id, state=run.state))


class Client:
    """One connection that is kept open, as a browser's is."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.header = {"Authorization": f"token {server.token}"}

    def __call__(self, path: str) -> tuple[float, Any]:
        """Milliseconds, and the answer."""
        began = time.monotonic()
        self.connection.request("GET", f"/saturn-deploy/api/{path}", headers=self.header)
        response = self.connection.getresponse()
        body = response.read()
        took = 1000 * (time.monotonic() - began)
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {body.decode()}")
        return took, json.loads(body)

    def key_behind(self, path: str, number: int) -> str:
        """`next_key` of the page that begins behind that many runs."""
        key = ""
        while number > 0:
            limit = min(number, 500)
            key = self(f"{path}&limit={limit}&next_key={key}")[1]["next_key"]
            number -= limit
        return key


def measure(client: Client, name: str, path: str, samples: int) -> list[Figure]:
    """The first page, one in the middle, the last, and the count."""
    total = client(f"{path}&limit=1&count=true")[1]["total"]
    figures = []
    for where, behind in (("first", 0), ("middle", total // 2), ("last", total - PAGE)):
        query = f"{path}&limit={PAGE}&next_key={client.key_behind(path, behind)}"
        times = []
        for _ in range(samples):
            took, answer = client(query)
            if len(answer["runs"]) != PAGE:
                raise RuntimeError(f"{query}: {len(answer['runs'])} runs")
            times.append(took)
        figures.append(Figure(f"{name}, {where}", times, "ms", BAR))
    counted = [client(f"{path}&limit=1&count=true")[0] for _ in range(samples)]
    return [*figures, Figure(f"{name}, count ({total})", counted, "ms", BAR)]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=50_000)
    arguments.add_argument("--samples", type=int, default=50)
    arguments.add_argument("--baseline", action="store_true", help="jupyter-scheduler's list too")
    options = arguments.parse_args()
    baseline = {}
    if options.baseline:
        baseline = scheduler.page_seconds(options.runs, PAGE, options.samples)
    with served() as server:
        job_id, window = fill(server, options.runs)
        client = Client(server)
        with closing(client.connection):
            figures = []
            for name, path in (
                ("all", "runs?"),
                ("state=error", "runs?state=error"),
                ("one job", f"jobs/{job_id}/runs?"),
                ("a time window", f"runs?{window}"),
                ("job's name contains 7", "runs?contains=7"),
                ("one job's longest", f"jobs/{job_id}/runs?order=longest"),
                ("one job's errors", f"jobs/{job_id}/runs?state=error"),
            ):
                figures += measure(client, name, path, options.samples)
            disk = [client("disk")[0] for _ in range(options.samples)]
    pages = [took for figure in figures if "count" not in figure.name for took in figure.values]
    scheduler_figures = []
    for where, seconds in baseline.items():
        took = Figure(f"jupyter-scheduler, {where}", [1000 * value for value in seconds], "ms")
        scheduler_figures.append(took)
        place = next(place for place, item in enumerate(figures) if item.name == f"all, {where}")
        figures[place] = replace(figures[place], baseline=took.p50)
    show(
        f"pages, {PAGE} of {options.runs} runs",
        [
            *figures,
            Figure("disk", disk, "ms", BAR),
            Figure("the slowest page", [max(pages)], "ms", BAR),
            *scheduler_figures,
        ],
    )


if __name__ == "__main__":
    main()
