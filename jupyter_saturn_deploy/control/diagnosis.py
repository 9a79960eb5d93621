"""Asks the doctor about what was seen before it is written down."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from ..models.code import LIVE
from ..models.errors import StoreUnavailable
from ..models.runs import SLOW_START, Observation, Run, RunState
from ..sources.records import Records
from ..store import runs
from ..store.db import Store

_threads = ThreadPoolExecutor(2, "saturn-deploy-doctor")
"""Of our own: on a disk that doesn't answer they wait for good, and asyncio's are few."""
_SECONDS = 2.0
"""The end of a run is not held back for longer, by a disk that doesn't answer."""


async def with_advice(
    store: Store, records: Records, seen: Observation, log: logging.Logger
) -> Observation:
    """`seen`; one of a failure with its detail and, if the run failed, its advice; one of an
    instance with its advice.

    As it came where there is none to be had: the fact is what counts.
    """
    if not _worth_a_look(seen):
        return seen
    try:
        run = await store.read(lambda db: runs.find_any(db, seen.run_id))
    except StoreUnavailable as error:
        log.warning("run %s: nothing was found out of it: %s", seen.run_id, error)
        return seen
    return seen if run is None else await advised(run, records, seen, log)


async def advised(
    run: Run, records: Records, seen: Observation, log: logging.Logger
) -> Observation:
    """The same for a run that is known."""
    if not _worth_a_look(seen):
        return seen
    try:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(_threads, _diagnosed, run, seen, records)
        return await asyncio.wait_for(work, _SECONDS)
    except asyncio.TimeoutError:
        log.warning("run %s: nothing was found out of it: it took too long", seen.run_id)
    except Exception:
        log.exception("run %s: its diagnosis failed", seen.run_id)
    return seen


def _worth_a_look(seen: Observation) -> bool:
    """Spares the others the store and a thread."""
    if seen.state is RunState.RUNNING:
        return seen.serving is not None or time.time() - seen.at >= SLOW_START
    return seen.state in (RunState.ERROR, RunState.RETRYING)


def _diagnosed(run: Run, seen: Observation, records: Records) -> Observation:
    from ..doctor.diagnose import diagnosed  # seldom needed, never at the start

    used = run.used
    rows = None
    if run.execution.code.source != LIVE and used is not None and used.files is not None:
        rows = records.get(used.files)
    return diagnosed(run, seen, rows)
