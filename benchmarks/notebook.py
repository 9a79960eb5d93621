"""CPU of a trivial notebook, from its start until it is done."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.served import served


def notebooks(samples: int) -> tuple[list[float], list[float]]:
    """CPU seconds of each run's whole tree, and seconds from its start to its end."""
    spent, took = [], []
    with served() as server:
        (server.project / scheduler.NAME).write_text(json.dumps(scheduler.NOTEBOOK))
        job_id = server.job("hello", f"jupyter-saturn-deploy run-notebook {scheduler.NAME}")
        for _ in range(samples + 1):
            run_id = server.run(job_id)
            run = server.until(run_id, "completed", seconds=60)
            metrics = server("GET", f"runs/{run_id}/metrics")
            spent.append(metrics["cpu_seconds"])
            took.append(seconds(run["started_at"], run["ended_at"]))
    return spent[1:], took[1:]


def seconds(start: str, end: str) -> float:
    """Between two moments of the interface."""
    first, last = (datetime.fromisoformat(moment.replace("Z", "+00:00")) for moment in (start, end))
    return (last - first).total_seconds()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, default=10)
    arguments.add_argument("--baseline", action="store_true", help="jupyter-scheduler's beside it")
    options = arguments.parse_args()
    figures, baseline = [], None
    if options.baseline:
        others = Figure("jupyter-scheduler", scheduler.notebook_cpu_seconds(3), "CPU s")
        baseline = others.p50
        figures.append(others)
    spent, took = notebooks(options.samples)
    figures += [
        Figure("a trivial notebook", spent, "CPU s", "1.2", baseline),
        Figure("from its start to its end", took, "s"),
    ]
    show("notebook", figures)


if __name__ == "__main__":
    main()
