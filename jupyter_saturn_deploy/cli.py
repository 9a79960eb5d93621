"""`jupyter saturn-deploy …`. Standard library only until a command needs more."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(
        prog="jupyter saturn-deploy", description="Jobs inside JupyterLab, from the terminal."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser(
        "engine",
        help="run jobs without a Jupyter server, so that they go on with Jupyter closed",
        epilog="Settings of SaturnDeployApp may follow, e.g. --SaturnDeployApp.max_runs=4; those"
        " of the Jupyter server's configuration apply.",
    )
    notebook = commands.add_parser("run-notebook", help="run a notebook, in a job")
    notebook.add_argument("notebook", type=Path)
    arguments, rest = parser.parse_known_args(argv)
    # jsonschema imports this where it is installed, to check one format of URLs that nothing here
    # has; it builds a grammar for more than a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    if arguments.command == "run-notebook":
        from .notebook_runner import run

        output = os.environ.get("SATURN_OUTPUT_DIR")
        if output is None or rest:
            notebook.error("takes one notebook, and runs as the command of a job")
        sys.exit(run(arguments.notebook.absolute(), Path(output)))
    from .app import run_headless

    asyncio.run(run_headless(rest))


if __name__ == "__main__":
    main()
