"""Headless engines that begin at once, to be killed: `nursery.py ARGUMENT…`.

For each line it reads it forks one, and says its pid: what all of them import is imported once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from jupyter_saturn_deploy.app import run_headless


def main(arguments: list[str]) -> None:
    """Until there is nothing more to read; the engines stay."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)  # what it says is not for who asked
            asyncio.run(run_headless(arguments))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
