"""`jupyter saturn-deploy …`. Standard library only, until a command needs more."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ..client import NoServer, Problem
from . import show
from .commands import parser

REFUSED, NO_SERVER, INTERRUPTED = 1, 3, 130


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit: with 0, 1 refused or failed, 2 wrong usage, 3 no server, 130
    interrupted; `run --wait` with the run's own code."""
    arguments, rest = parser().parse_known_args(argv)
    if rest and not arguments.takes_rest:
        arguments.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        code = arguments.act(arguments)
        sys.stdout.flush()
    except NoServer as error:
        code = _failed(error, NO_SERVER)
    except BrokenPipeError:  # who read has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = REFUSED
    except (Problem, OSError) as error:
        code = _failed(error, REFUSED)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _failed(error: Exception, code: int) -> int:
    show.complain(*str(error).splitlines())
    return code
