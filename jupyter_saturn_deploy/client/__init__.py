"""Speaks with a server of ours: for magics, the command line, and scripts. Standard library only.

    client = Client.find()
    run = client.start(client.named("train"))
    for piece in client.follow(run["id"]):
        sys.stdout.buffer.write(piece)

Answers are the dicts that the HTTP interface sends.
"""

from __future__ import annotations

from .client import FINAL, KINDS, Client
from .connection import NoServer, Problem

__all__ = ["FINAL", "KINDS", "Client", "NoServer", "Problem"]
