"""The server itself: its workspace, and tokens for it."""

from __future__ import annotations

from argparse import Namespace

from ..client import Client
from . import show


def workspace(arguments: Namespace) -> int:
    """What the server sits on, each value with where it was read."""
    read = Client.find().workspace()
    if arguments.output == "table":
        rows = [
            [name, value.get("display") or value["value"], value["source"]]
            for name, value in read.items()
        ]
        show.table(["WHAT", "IS", "READ FROM"], rows)
    else:
        show.data(arguments.output, read)
    return 0


def create_token(arguments: Namespace) -> int:
    """Make one. Alone on standard output, to be kept by what reads it."""
    made = Client.find().create_token(arguments.purpose)
    show.note(f"token {made['id']}; it is shown only now")
    show.say(made["token"])
    return 0


def list_tokens(arguments: Namespace) -> int:
    """Those that were made, without what proves them."""
    found = Client.find().tokens()
    if arguments.output == "table":
        rows = [
            [
                token["id"],
                token["name"],
                show.when(token["created_at"]),
                show.when(token["last_used_at"]) or "never",
            ]
            for token in found
        ]
        show.table(["ID", "FOR", "MADE", "LAST USED"], rows)
    else:
        show.data(arguments.output, found)
    return 0


def revoke_token(arguments: Namespace) -> int:
    """It opens nothing any more."""
    Client.find().revoke_token(arguments.id)
    show.say(f"revoked {arguments.id}")
    return 0
