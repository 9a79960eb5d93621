"""The supervisor of one attempt: `python -I -S shim.py DIR`, detached from the server.

Standard library only, small, and independent of the package: it goes on when the server is gone
or upgraded. It is given

- standard input: the attempt's lock file, already locked. It holds the lock for its whole life;
  whoever can take the lock knows that it is dead.
- standard output and error: the attempt's log, open for appending. The command inherits them.
- SIGTERM blocked, so that one sent before the handlers are in place waits for them.
- in DIR: `spec.json` (argv, environment, copy, timeout, grace, log_cap) and, so that a full disk
  can't lose what happened, `running.json.part`, `exit.json.part` and `log.hole` with their space
  already taken, and an empty `log.times` and `metrics`.

It leaves in DIR

- `running.json`: before the command is started, so "lock free and no running.json" means that
  nothing ever began; a moment later, with the child's pid, the time it started, and
  whether a copy of the project could be put in the project's own place.
- `exit.json`: how it ended, written last.
- `log.times`: records of (time, offset): bytes of the log from `offset` on were written then.
- `metrics`: what the command's processes took, as time went on; see `meter.py`.
- `log.hole`: start and end of the middle of the log that was given back, once it is over its cap.

SIGTERM stops the attempt: TERM to every process below, after the grace KILL until none is left.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # The work is in a module: what is imported is compiled once, a script each time it is run.
    sys.path.append(os.path.dirname(__file__))
    from supervisor import main  # type: ignore[import-not-found]

    main(sys.argv[1])
    os._exit(0)  # there is nothing to tidy up: some milliseconds sooner
