"""The command line as whole processes: a list of 50 jobs, and 500 recipes of one file."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, show
from benchmarks.interpreters import ENVIRONMENT
from benchmarks.served import served

BIN = Path(sys.executable).parent
LISTED = 50
APPLIED = 500
RECIPE = """\
type: job
spec:
  name: {kind}-{number}
  command: python train.py --fold {number}
  description: fold {number}
  environment_variables: {{FOLD: "{number}", DATA: /data/{kind}}}
  schedule: "{minute} 6 * * 1-5"
---
"""


def recipes(kind: str, count: int) -> str:
    """A file of so many."""
    return "".join(
        RECIPE.format(kind=kind, number=number, minute=number % 60) for number in range(count)
    )


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lists", type=int, default=40)
    arguments.add_argument("--files", type=int, default=5)
    chosen = arguments.parse_args()
    with served() as server:
        environ = {
            **{k: v for k, v in ENVIRONMENT.items() if not k.startswith(("SATURN_", "JPY_"))},
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_RUNTIME_DIR": str(server.directory / "runtime"),
        }

        def seconds(*command: str, given: str = "") -> float:
            began = time.perf_counter()
            subprocess.run(
                command,
                input=given.encode(),
                cwd=server.project,
                env=environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            return time.perf_counter() - began

        commands = {
            "a bare interpreter": (str(BIN / "python"), "-c", ""),
            "jupyter-saturn-deploy list": (str(BIN / "jupyter-saturn-deploy"), "list"),
            "jupyter saturn-deploy list": (str(BIN / "jupyter"), "saturn-deploy", "list"),
        }
        apply = (str(BIN / "jupyter-saturn-deploy"), "apply", "-")
        seconds(*apply, given=recipes("listed", LISTED))
        for command in commands.values():  # compiled and read from disk before
            seconds(*command)
        rounds = [
            [1000 * seconds(*command) for command in commands.values()] for _ in range(chosen.lists)
        ]
        figures = [
            Figure(name, values, "ms", "300" if name.endswith("list") else "")
            for name, values in zip(commands, zip(*rounds, strict=True), strict=True)
        ]
        made = [recipes(f"file-{number}", APPLIED) for number in range(chosen.files)]
        for name in ("created", "unchanged"):
            times = [seconds(*apply, given=text) for text in made]
            figures.append(Figure(f"{APPLIED} recipes of one file, {name}", times, "s", "5"))
        show("cli", figures)


if __name__ == "__main__":
    main()
