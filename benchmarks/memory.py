"""Memory of a running job beside its command's own: the supervisor's and the shells'."""

from __future__ import annotations

import argparse
import json
import time

import psutil

from benchmarks.figures import Figure, show
from benchmarks.served import served
from tests.never_lost.server import Server

SLEEP = "import time; time.sleep(1000)"
COMMAND = f"exec python -c '{SLEEP}'"


def processes(server: Server, run_id: str) -> tuple[psutil.Process, list[psutil.Process]]:
    """The supervisor of a run and everything below it, once the command itself is there."""
    record = server.state_dir / "runs" / run_id / "1" / "running.json"
    shim = psutil.Process(json.loads(record.read_bytes())["pid"])
    deadline = time.monotonic() + 20
    while True:
        below = shim.children(recursive=True)
        if any(is_command(process) for process in below):
            return shim, below
        if time.monotonic() > deadline:
            raise RuntimeError(f"no command below {shim}")
        time.sleep(0.05)


def is_command(process: psutil.Process) -> bool:
    """Whether that is the command and nothing of ours."""
    return process.cmdline()[1:] == ["-c", SLEEP]


def pss(process: psutil.Process) -> float:
    """Proportional set size in MB."""
    return process.memory_full_info().pss / 1e6


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=10)
    number = arguments.parse_args().jobs
    with served(places=number) as server:
        job_id = server.job("sleep", COMMAND)
        ids = [server.run(job_id) for _ in range(number)]
        for run_id in ids:
            server.until(run_id, "running", seconds=60)
        trees = [processes(server, run_id) for run_id in ids]
        time.sleep(2)  # until the interpreters have settled
        shims = [pss(shim) for shim, _ in trees]
        shells = [sum(pss(p) for p in below if not is_command(p)) for _, below in trees]
        commands = [sum(pss(p) for p in below if is_command(p)) for _, below in trees]
    show(
        f"memory, {number} jobs at once",
        [
            Figure("supervisor", shims, "MB PSS"),
            Figure("launcher's shells", shells, "MB PSS"),
            Figure("the command's own", commands, "MB PSS"),
            Figure(
                "per job beside the command's own",
                [sum(parts) for parts in zip(shims, shells, strict=True)],
                "MB PSS",
                "12",
            ),
        ],
    )


if __name__ == "__main__":
    main()
