"""The headless engine is killed at random points over a mixed load; the books must match."""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from tests.never_lost.load import COMMANDS
from tests.never_lost.test_engine_killed import kill_at_random

if not __debug__:
    raise SystemExit("run it without -O: the books are checked by assert")


def main() -> None:
    """Kill, check, and print what was checked. Ends with a traceback where something is wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = arguments.parse_args()
    print(f"kills: seed {options.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
        asyncio.run(kill_at_random(Path(name), options.kills, random.Random(options.seed)))
        runs = len((Path(name) / "book").read_text().splitlines())
    print(
        f"{options.kills} kills while {runs} runs ({', '.join(COMMANDS)}) were wished,"
        f" in {time.monotonic() - began:.0f} s.\n"
        "Each run ended in the right state with its own exit code and times in order; each command"
        " began exactly once; no process was left."
    )


if __name__ == "__main__":
    main()
