"""`import jupyter_saturn_deploy` in a fresh interpreter, minus a bare one."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.figures import Figure, show
from benchmarks.interpreters import ENVIRONMENT


def milliseconds(code: str) -> float:
    """From the start of an interpreter that runs `code` to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True)
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pairs", type=int, default=60)
    pairs = arguments.parse_args().pairs
    codes = ("pass", "import jupyter_saturn_deploy")
    for code in codes:  # compiled and read from disk before
        milliseconds(code)
    times = [[milliseconds(code) for code in codes] for _ in range(pairs)]
    bare, imported = zip(*times, strict=True)
    show(
        "import_cost",
        [
            Figure("a bare interpreter", bare, "ms"),
            Figure("with the import", imported, "ms"),
            Figure(
                "the import",
                [after - before for before, after in zip(bare, imported, strict=True)],
                "ms",
                "5",
            ),
        ],
    )


if __name__ == "__main__":
    main()
