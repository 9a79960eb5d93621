"""Schedules: how soon after its slot a run is written and begins, and what many of them cost."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.figures import Figure, show
from benchmarks.loop_block import but_for_garbage, held, longest
from benchmarks.server_start import cpu_seconds
from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.store import resources, schedules, workspaces
from jupyter_saturn_deploy.store.db import Database, Store
from jupyter_saturn_deploy.store.schedules import Schedule
from jupyter_saturn_deploy.store.workspaces import Known
from tests.never_lost.load import Load
from tests.never_lost.server import Server
from tests.never_lost.test_schedules_killed import kill_at_random

SETTLING = 5.0
MINUTE = 60.0
YEARLY = "0 0 1 1 *"


def fill(path: Path, project: Path, count: int, schedule: str, due: float) -> None:
    """A store with so many jobs that are due then."""
    spec = JobSpec(name="a", command="true", instance_type="s", image="", schedule=schedule)
    owner = getpass.getuser()
    now = time.time()

    def work(db: Database) -> None:
        workspaces.remember(db, owner, str(project), Known(sys.prefix, "http://127.0.0.1:1/"))
        for _ in range(count):
            job_id = f"{random.getrandbits(128):032x}"
            named = spec.model_copy(update={"name": f"job-{job_id}"})
            resources.insert(db, Job(job_id, owner, str(project), "local", named, 1, now, now))
            schedules.put(db, Schedule(job_id, due, due + MINUTE, due))

    store = Store(path, logging.getLogger())
    asyncio.run(store.write(work))
    store.close()


@contextmanager
def serving(
    directory: Path, fillings: list[tuple[int, str, float]], monitor: str = ""
) -> Iterator[tuple[Server, float]]:
    """A server on a state of that many schedules, with the CPU seconds until it answered."""
    server = Server(directory, directory / "state", places=2)
    (directory / "config").mkdir()
    (directory / "config" / "jupyter_server_config.py").write_text(monitor)
    for count, schedule, due in fillings:
        fill(server.state_dir / "store.sqlite", server.project, count, schedule, due)
    try:
        server.start()
        assert server.process is not None
        yield server, cpu_seconds(psutil.Process(server.process.pid))
        if server.process.poll() is None:
            server.terminate()
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
        left = Load(directory, Store(server.state_dir / "store.sqlite", logging.getLogger()))
        left.runs = {path.name: "" for path in (server.state_dir / "runs").glob("*")}
        left.end()


def next_minute(margin: float) -> float:
    """A whole minute, at least so many seconds from now."""
    return (time.time() + margin) // MINUTE * MINUTE + MINUTE


async def written(store: Store, slot: float, count: int) -> list[float]:
    """Seconds from the slot until each of so many runs could be read by another process."""
    seen: list[float] = []
    much = "SELECT count(*) FROM runs WHERE id >= ? AND scheduled_for = ?"
    first = f"{int((slot - 1) * 1e9):016x}"
    await asyncio.sleep(max(slot - time.time() - 0.05, 0))
    while len(seen) < count and time.time() < slot + 50:
        found = await store.read(lambda db: int(db.execute(much, (first, slot)).fetchone()[0]))
        seen += [time.time() - slot] * (found - len(seen))
        await asyncio.sleep(0.01)
    if len(seen) < count:
        raise RuntimeError(f"{len(seen)} of {count} runs were written")
    return seen


def on_one_minute(count: int, minutes: int) -> list[Figure]:
    """So many schedules due on the same minute, over and over.

    By the runs' own times: who looks on meanwhile is in the way. A run is committed within 5 ms of
    its time of creation.
    """
    times = "SELECT created_at - scheduled_for, started_at - scheduled_for FROM runs"
    times += " ORDER BY id"
    with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
        slot = next_minute(SETTLING + 10)
        with serving(Path(name), [(count, "* * * * *", slot)]) as (server, _):
            time.sleep(slot + (minutes - 1) * MINUTE + 30 - time.time())
            store = Store(server.state_dir / "store.sqlite", logging.getLogger())
            rows = asyncio.run(store.read(lambda db: db.execute(times).fetchall()))
            store.close()
    if len(rows) != count * minutes or any(row[1] is None for row in rows):
        raise RuntimeError(f"{len(rows)} of {count * minutes} runs were written, or not all began")
    created, started = [1000 * row[0] for row in rows], [row[1] for row in rows]
    if min(created) < 0:
        raise RuntimeError(f"a run was written {-min(created)} ms before its slot")
    last = [max(started[n : n + count]) for n in range(0, len(started), count)]
    return [
        Figure(f"slot until the run is written, {count} at once", created, "ms", "p50 5"),
        Figure("its 99th percentile", [_p99(created)], "ms", "100"),
        Figure("slot until the process started", started, "s"),
        Figure("the last one of each minute", last, "s", "5"),
    ]


def costs(count: int, rounds: int, idle_seconds: float) -> list[Figure]:
    """What so many schedules cost that are not due: with them minus without."""
    found: dict[str, list[float]] = {"start": [], "memory": [], "idle": []}
    for _ in range(rounds):
        measured = []
        for number in (count, 0):
            with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
                far = time.time() + 100 * 24 * 3600
                with serving(Path(name), [(number, YEARLY, far)]) as (server, cpu):
                    assert server.process is not None
                    time.sleep(SETTLING)
                    process = psutil.Process(server.process.pid)
                    before = cpu_seconds(process)
                    time.sleep(idle_seconds)
                    idle = (cpu_seconds(process) - before) / idle_seconds
                    measured.append((cpu, process.memory_full_info().pss / 1e6, 100 * idle))
        for key, with_them, without in zip(found, *measured, strict=True):
            found[key].append(with_them - without)
    return [
        Figure(f"server start, {count} schedules minus none", found["start"], "CPU-s", "0.1"),
        Figure("memory", found["memory"], "MB PSS", "15"),
        Figure("idle", found["idle"], "% CPU", "0.1"),
    ]


def blocked(count: int, due: int) -> list[Figure]:
    """The event loop, when so many of all schedules are due at once."""
    with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
        path = Path(name) / "steps.json"
        monitor = f"from benchmarks.loop_monitor import install\ninstall({str(path)!r})\n"
        slot = next_minute(SETTLING + 15)
        fillings = [(count - due, YEARLY, slot + 100 * 24 * 3600), (due, "* * * * *", slot)]
        with serving(Path(name), fillings, monitor) as (server, _):
            store = Store(server.state_dir / "store.sqlite", logging.getLogger())
            seen = asyncio.run(written(store, slot, due))
            store.close()
            time.sleep(1)
            ended = time.time()
            server.terminate()
        steps = json.loads(path.read_text())
    steps = [step for step in steps if slot - 1 < step["at"] < ended]
    for step in sorted(steps, key=held, reverse=True)[:5]:
        print(f"  {1000 * held(step):6.1f} ms held, {1000 * step['cpu']:.1f} CPU: {step['what']}")
    return [
        Figure(f"longest block, {due} of {count} due at once", longest(steps, held), "ms", "20"),
        Figure("but for garbage collection", longest(steps, but_for_garbage), "ms"),
        Figure("until all can be read", [max(seen)], "s"),
    ]


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[-1]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=int, default=4)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--idle", type=float, default=30, help="seconds")
    arguments.add_argument("--kills", type=int, default=0, help="of the engine, on a fast clock")
    options = arguments.parse_args()
    show("schedules, many at once", on_one_minute(50, options.minutes))
    show("schedules, 1,000 at once", blocked(10_000, 1000))
    show("schedules, 10,000 at rest", costs(10_000, options.rounds, options.idle))
    if options.kills:
        with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
            chance = random.Random(2026)
            books = asyncio.run(kill_at_random(Path(name), options.kills, chance))
        told = ", ".join(f"{count} {outcome}" for outcome, count in books.items())
        print(f"{options.kills} kills: each slot is accounted for once ({told})")


if __name__ == "__main__":
    main()
