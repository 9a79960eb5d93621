"""Inside a measured server: what every step of the event loop took."""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import time
from pathlib import Path
from typing import Any

from tornado.platform.asyncio import BaseAsyncIOLoop

NOTED_FROM = 0.002
"""Seconds: steps shorter than that are only counted."""


def install(path: str) -> None:
    """Watch the event loop of this thread; at the process's end, write the long steps to `path`.

    Each as {at, took, cpu, waited, collected, what}: the end in seconds since the epoch; seconds
    by the clock, of CPU, for which other programs had the cores, and in which any thread looked
    for garbage; the task or callback.
    """
    steps: list[dict[str, Any]] = []
    run = asyncio.Handle._run
    # Linux: nanoseconds on a core, nanoseconds ready but without one, turns.
    statistics = os.open("/proc/thread-self/schedstat", os.O_RDONLY)

    def waited() -> float:
        return int(os.pread(statistics, 100, 0).split()[1]) / 1e9

    collected, collecting = 0.0, 0.0

    def note(phase: str, _: dict[str, int]) -> None:
        nonlocal collected, collecting
        if phase == "start":
            collecting = time.perf_counter()
        else:
            collected, collecting = garbage(), 0.0

    def garbage() -> float:
        # A thread that has collected may have to wait before it can say so.
        return collected + (time.perf_counter() - collecting if collecting else 0.0)

    def timed(handle: asyncio.Handle) -> None:
        before = garbage()
        clock, cpu, wait = time.perf_counter(), time.thread_time(), waited()
        run(handle)
        took = time.perf_counter() - clock
        if took >= NOTED_FROM:
            steps.append(
                {
                    "at": time.time(),
                    "took": took,
                    "cpu": time.thread_time() - cpu,
                    "waited": waited() - wait,
                    "collected": min(garbage() - before, took),
                    "what": _name(handle),
                }
            )

    gc.callbacks.append(note)
    asyncio.Handle._run = timed  # type: ignore[method-assign]
    atexit.register(lambda: Path(path).write_text(json.dumps(steps)))


def _name(handle: asyncio.Handle) -> str:
    """The task's coroutine, or the callback, of a step."""
    callback, args = handle._callback, handle._args  # type: ignore[attr-defined]
    of = getattr(callback, "__self__", None)
    if isinstance(of, asyncio.Task):
        callback = of.get_coro()
    elif isinstance(of, BaseAsyncIOLoop) and args:  # Tornado's, for what has become ready
        callback = of.handlers.get(args[0], (None, callback))[1]
    return getattr(callback, "__qualname__", None) or repr(callback)
