"""The commands that work in this process, not through a server."""

from __future__ import annotations

import os
import sys
from argparse import Namespace


def engine(arguments: Namespace) -> int:
    """Run jobs without a Jupyter server, until a signal."""
    _without_grammar()
    import asyncio

    from ..app import run_headless

    asyncio.run(run_headless(arguments.rest))
    return 0


def run_notebook(arguments: Namespace) -> int:
    """Run a notebook as the command of a job."""
    if "SATURN_OUTPUT_DIR" not in os.environ:
        arguments.parser.error("runs as the command of a job")
    _without_grammar()
    from pathlib import Path

    from ..notebook_runner import run

    return run(Path(arguments.notebook).absolute(), Path(os.environ["SATURN_OUTPUT_DIR"]))


def _without_grammar() -> None:
    # jsonschema imports this where it is installed, to check one format of URLs that nothing here
    # has; it builds a grammar for more than a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
