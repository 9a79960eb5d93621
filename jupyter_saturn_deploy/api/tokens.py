"""Tokens that the owner makes, for use outside of this server's runs."""

from __future__ import annotations

import time
import uuid
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..models.tokens import Token
from ..store import tokens
from . import shapes
from .base import Handler

_NAME = 100
"""Characters."""


class TokensHandler(Handler):
    """All of them, or a new one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.only_in_person()
        owner = self.services.owner.name
        found = await self.services.store.read(lambda db: tokens.of_owner(db, owner))
        self.reply({"tokens": [_shown(token) for token in found]})

    @web.authenticated
    @authorized
    async def post(self) -> None:
        self.only_in_person()
        body = self.body()
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not name.strip() or len(name) > _NAME:
            raise Invalid.field(
                "name", "must be given", f"say what it is for, in at most {_NAME} characters"
            )
        if not name.isprintable():
            raise Invalid.field("name", "holds what can not be shown", "use letters and digits")
        services = self.services
        token = Token(uuid.uuid4().hex, services.owner.name, name.strip(), time.time())
        await services.store.write(lambda db: tokens.insert(db, token))
        self.audit("create", f"token {token.id}")
        self.reply(
            {**_shown(token), "token": services.tokens.issue(token.id, tokens.GENERATION)}, 201
        )


class TokenHandler(Handler):
    """Revoke one."""

    @web.authenticated
    @authorized
    async def delete(self, token_id: str) -> None:
        self.only_in_person()
        owner = self.services.owner.name
        await self.services.store.write(lambda db: tokens.delete(db, owner, token_id))
        self.audit("revoke", f"token {token_id}")
        self.reply({})


def _shown(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "created_at": shapes.moment(token.created_at),
        "last_used_at": shapes.moment(token.last_used_at),
    }


handlers = [
    (r"/saturn-deploy/api/tokens", TokensHandler),
    (r"/saturn-deploy/api/tokens/([^/]+)", TokenHandler),
]
