"""jupyter-scheduler in an environment of its own: what others do in the same place."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil

REQUIREMENTS = ("jupyter_scheduler==2.12.*", "ipykernel", "jupyterlab>=4.2")
TOKEN = "baseline"
NAME = "hello.ipynb"
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "hello",
            "metadata": {},
            "outputs": [],
            "source": 'print("hello")',
        }
    ],
    "metadata": {"kernelspec": {"display_name": "", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Baseline(NamedTuple):
    """A server with what others make."""

    port: int
    pid: int
    directory: Path
    """All that is its own."""


@contextmanager
def installed(requirements: Sequence[str] = REQUIREMENTS) -> Iterator[Path]:
    """The Python of a throwaway environment with jupyter-scheduler, or with something else."""
    with tempfile.TemporaryDirectory(prefix="baseline-") as directory:
        python = Path(directory, "bin", "python")
        print(f"installing {requirements[0]} for the baseline …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        yield python


@contextmanager
def serving(requirements: Sequence[str] = REQUIREMENTS) -> Iterator[Baseline]:
    """A server with that, in a directory with one small notebook."""
    with (
        installed(requirements) as python,
        tempfile.TemporaryDirectory() as name,
        socket.socket() as free,
    ):
        directory = Path(name)
        (directory / NAME).write_text(json.dumps(NOTEBOOK))
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": name,
            "IdentityProvider.token": TOKEN,
        }
        own = {f"JUPYTER_{kind}_DIR": f"{name}/{kind}" for kind in ("CONFIG", "DATA", "RUNTIME")}
        server = subprocess.Popen(
            [python, "-m", "jupyter_server"] + [f"--{k}={v}" for k, v in settings.items()],
            env={**os.environ, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            yield Baseline(port, server.pid, directory)
        finally:
            server.terminate()
            server.wait()


def notebook_seconds(samples: int) -> list[float]:
    """POST of a job until its notebook is said to be completed, for a notebook that prints."""
    with serving() as server:
        return [_notebook(server.port) for _ in range(samples)]


def notebook_cpu_seconds(samples: int) -> list[float]:
    """CPU of the server and all that it starts, for a notebook that prints."""
    with serving() as server:
        process = psutil.Process(server.pid)
        spent = []
        for _ in range(samples + 1):
            before = sum(process.cpu_times()[:4])
            _notebook(server.port)
            time.sleep(2)  # until what it started has ended
            spent.append(sum(process.cpu_times()[:4]) - before)
        return spent[1:]  # the first one imports what later ones find imported


def page_seconds(rows: int, page: int, samples: int) -> dict[str, list[float]]:
    """GET of the first and of the last so many of that many jobs, the newest first."""
    with serving() as server:
        _notebook(server.port)
        with closing(sqlite3.connect(server.directory / "DATA" / "scheduler.sqlite")) as db:
            _copy_job(db, rows - 1)
        query = f"scheduler/jobs?max_items={page}&sort_by=desc(create_time)"
        times: dict[str, list[float]] = {}
        for name, behind in (("first", 0), ("last", rows - page)):
            for _ in range(samples):
                began = time.monotonic()
                answer = ask(server.port, f"{query}&next_token={behind}")
                times.setdefault(name, []).append(time.monotonic() - began)
                if len(answer["jobs"]) != page or answer["total_count"] != rows:
                    raise RuntimeError("the baseline's page is not what was asked for")
        return times


def _copy_job(db: sqlite3.Connection, times: int) -> None:
    """As if it had been run a second earlier each time."""
    names = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
    changed = {"job_id": "printf('%032x', number)", "create_time": "create_time - 1000 * number"}
    db.execute(
        "WITH RECURSIVE numbers (number) AS"
        "     (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT ?)"
        f" INSERT INTO jobs SELECT {', '.join(changed.get(name, name) for name in names)}"
        " FROM jobs, numbers",
        (times,),
    )
    db.commit()


def submit(port: int) -> str:
    """The id of a new job that runs the notebook."""
    environment = ask(port, "scheduler/runtime_environments")[0]["name"]
    job = {"name": "hello", "input_uri": NAME, "runtime_environment_name": environment}
    return str(ask(port, "scheduler/jobs", job)["job_id"])


def is_done(port: int, job_id: str) -> bool:
    """Whether its notebook is completed. Raises RuntimeError when it failed."""
    status = ask(port, f"scheduler/jobs/{job_id}")["status"]
    if status == "FAILED":
        raise RuntimeError("the baseline's notebook failed")
    return bool(status == "COMPLETED")  # a new job is STOPPED until it begins


def _notebook(port: int) -> float:
    began = time.monotonic()
    job_id = submit(port)
    while not is_done(port, job_id):
        if time.monotonic() > began + 120:
            raise RuntimeError("the baseline's notebook is not completed")
        time.sleep(0.02)
    return time.monotonic() - began


def wait_for(port: int) -> None:
    """Until that server answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            ask(port, "api/status")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def ask(port: int, path: str, body: Any = None) -> Any:
    """The JSON that server answers with."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)
