"""Freezing 10,000 small files: seconds, CPU, and how long an event loop beside it is held up."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import string
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import Figure, show
from jupyter_saturn_deploy.sources.listing import list_project
from jupyter_saturn_deploy.sources.prune import prune
from jupyter_saturn_deploy.sources.snapshots import Snapshots

T = TypeVar("T")
FILES = 10_000
TICK = 0.001
IGNORED = """
*.py[cod] *$py.class *.so .Python /build/ develop-eggs/ dist/ downloads/ eggs/ .eggs/ /lib/ lib64/
parts/ sdist/ var/ wheels/ share/python-wheels/ *.egg-info/ .installed.cfg *.egg MANIFEST *.manifest
*.spec pip-log.txt pip-delete-this-directory.txt htmlcov/ .tox/ .nox/ .coverage .coverage.* .cache
nosetests.xml coverage.xml *.cover *.py,cover .hypothesis/ .pytest_cache/ cover/ *.mo *.pot *.log
local_settings.py db.sqlite3 db.sqlite3-journal instance/ .webassets-cache .scrapy docs/_build/
.pybuilder/ target/ .ipynb_checkpoints profile_default/ ipython_config.py .pdm.toml __pypackages__/
celerybeat-schedule celerybeat.pid *.sage.py .env .venv env/ venv/ ENV/ env.bak/ .spyderproject
.ropeproject /site .mypy_cache/ .dmypy.json dmypy.json .pyre/ .pytype/ cython_debug/ .idea/ .vscode/
*.swp *~ .DS_Store Thumbs.db data/raw/ data/interim/ **/checkpoints/ models/*.pt models/*.ckpt
!models/small.pt wandb/ mlruns/ lightning_logs/ outputs/**/*.tmp [Bb]in/ *.parquet *.h5 *.npy *.zip
!tests/data/*.zip *.tar.gz *.bak *.orig *.rej .ruff_cache/ node_modules/ *.tsbuildinfo
"""


def make_project(top: Path) -> None:
    """Text of 350 to 2,800 bytes a file, in 500 directories, and a .gitignore of 100 lines."""
    chance = random.Random(1)
    words = ["".join(chance.choices(string.ascii_letters, k=6)) for _ in range(3000)]
    for number in range(FILES):
        directory = top / f"package_{number % 20}" / f"module_{number // 20 % 25}"
        directory.mkdir(parents=True, exist_ok=True)
        text = " ".join(chance.choices(words, k=chance.randint(50, 400)))
        (directory / f"file_{number}.py").write_text(text)
    (top / ".gitignore").write_text("\n".join(IGNORED.split()))
    past = time.time() - 60
    for path in top.rglob("*"):
        os.utime(path, (past, past))


class Measured:
    """Seconds, CPU-seconds and the loop's longest block in milliseconds, by what was done."""

    def __init__(self) -> None:
        self.seconds = defaultdict[str, list[float]](list)
        self.cpu = defaultdict[str, list[float]](list)
        self.block = defaultdict[str, list[float]](list)

    async def run(self, name: str, what: Callable[[], T]) -> T:
        """Do it in a thread; meanwhile this loop wants to wake up every millisecond."""
        longest = 0.0
        began, cpu = time.perf_counter(), time.process_time()
        doing = asyncio.create_task(asyncio.to_thread(what))
        while not doing.done():
            asleep = time.perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - asleep - TICK)
        self.seconds[name].append(time.perf_counter() - began)
        self.cpu[name].append(time.process_time() - cpu)
        self.block[name].append(1000 * longest)
        return doing.result()

    def figures(self, name: str, bar: str = "") -> list[Figure]:
        """Its rows."""
        return [
            Figure(name, self.seconds[name], "s", bar),
            Figure(f"{name}: CPU", self.cpu[name], "s"),
            Figure(f"{name}: longest block of the loop", self.block[name], "ms", "20"),
        ]


async def measure(project: Path, scratch: Path, samples: int) -> Measured:
    """Pack into a new place each time, ask again, unpack, prune."""
    measured = Measured()
    for sample in range(samples):
        kept, copy = Snapshots(scratch / f"{sample}"), scratch / f"{sample}" / "copy"
        pack = partial(kept.pack, project, lambda files, size: None, lambda: False)
        await measured.run("nothing", partial(time.sleep, 1))
        await measured.run("list", partial(list_project, project))
        snapshot = await measured.run("snapshot", pack)
        await measured.run("snapshot, unchanged", pack)
        rows = await measured.run("unpack", partial(kept.unpack, snapshot.digest, copy))
        await measured.run("prune", partial(prune, copy, rows, time.time_ns()))
    return measured


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, default=10)
    samples = arguments.parse_args().samples
    with tempfile.TemporaryDirectory() as name:
        project, scratch = Path(name) / "project", Path(name) / "scratch"
        make_project(project)
        gc.freeze()  # as the server does: its collector looks at what came after the start only
        measured = asyncio.run(measure(project, scratch, samples))
    bars = {"snapshot": "3", "list": "0.3"}
    show(
        f"snapshot of {FILES:,} files",
        [row for what in measured.seconds for row in measured.figures(what, bars.get(what, ""))],
    )


if __name__ == "__main__":
    main()
