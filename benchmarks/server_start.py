"""What a Jupyter server's start costs with the extension, minus the same without it."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.interpreters import ENVIRONMENT

SETTLING = 2.0
"""Seconds between the first answer and the look at memory."""
Cost = tuple[float, float, float]
"""CPU seconds until the first answer, until it has settled, and MB of PSS then."""


def start(python: str | Path, extension: str, *, on: bool) -> Cost:
    """Start `jupyter server` with everything that environment enables, and end it again."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        # Before that of the environment, which enables the extension.
        configuration = Path(name) / "first" / "jupyter_server_config.d"
        configuration.mkdir(parents=True)
        (configuration / "measured.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": {extension: on}}})
        )
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        (Path(name) / "root").mkdir()
        settings = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": f"{name}/root",
            "IdentityProvider.token": scheduler.TOKEN,
        }
        own = {f"JUPYTER_{kind}_DIR": f"{name}/{kind}" for kind in ("CONFIG", "DATA", "RUNTIME")}
        with open(f"{name}/log", "wb") as log:
            server = psutil.Popen(
                [python, "-m", "jupyter_server"] + [f"--{k}={v}" for k, v in settings.items()],
                env={**ENVIRONMENT, **own, "JUPYTER_CONFIG_PATH": f"{name}/first"},
                stdout=log,
                stderr=log,
            )
        try:
            scheduler.wait_for(port)
            answered = cpu_seconds(server)
            time.sleep(SETTLING)
            cost = answered, cpu_seconds(server), server.memory_full_info().pss / 1e6
        finally:
            server.terminate()
            server.wait()
        loaded = f"{extension} | extension was successfully loaded" in Path(name, "log").read_text()
        if loaded is not on:
            raise RuntimeError(f"{extension} {'was not' if on else 'was'} loaded")
        return cost


def cpu_seconds(process: psutil.Process) -> float:
    """User and system, of a process that lives."""
    times = process.cpu_times()
    return float(times.user + times.system)


def extra(python: str | Path, extension: str, pairs: int) -> list[Cost]:
    """On minus off, in pairs of which either is the first in turn."""
    for on in (False, True):  # compiled and read from disk before
        start(python, extension, on=on)
    found = []
    for number in range(pairs):
        order = (False, True) if number % 2 else (True, False)
        costs = {on: start(python, extension, on=on) for on in order}
        with_it, without = costs[True], costs[False]
        found.append(tuple(a - b for a, b in zip(with_it, without, strict=True)))
    return found


def figures(name: str, costs: list[Cost], bars: tuple[str, str, str]) -> list[Figure]:
    """Three rows."""
    rows = (("until it answers", "CPU-s"), ("until it has settled", "CPU-s"), ("memory", "MB PSS"))
    return [
        Figure(f"{name}: {what}", values, unit, bar)
        for (what, unit), values, bar in zip(rows, zip(*costs, strict=True), bars, strict=True)
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--baseline", action="store_true", help="jupyter-scheduler's beside it")
    options = arguments.parse_args()
    shown = []
    if options.baseline:
        with scheduler.installed() as python:
            costs = extra(python, "jupyter_scheduler", options.pairs)
        shown = figures("jupyter_scheduler", costs, ("", "", ""))
    costs = extra(sys.executable, "jupyter_saturn_deploy", options.pairs)
    shown += figures("jupyter_saturn_deploy", costs, ("0.15", "", "15"))
    show("server_start, extension on minus off", shown)


if __name__ == "__main__":
    main()
