"""Rehearsals: a deployment is tried out before it is made."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..control.rehearsal import Rehearsal, State
from . import shapes
from .base import Handler


class _Answering(Handler):
    """What its handlers share."""

    async def answer(self, rehearsal: Rehearsal, status: int = 200) -> None:
        """With how far it is."""
        run = rehearsal.run
        self.reply(
            {
                "id": run.id,
                "state": rehearsal.state.value,
                "sentence": rehearsal.sentence,
                "serving": shapes.serving(run.serving if rehearsal.state is State.UP else None),
                "advice": rehearsal.advice and asdict(rehearsal.advice),
                "log": await self.services.rehearsals.log(rehearsal),
                "started_at": shapes.moment(run.started_at or run.created_at),
                **({"warnings": rehearsal.warnings} if rehearsal.warnings else {}),
            },
            status,
        )


class RehearsalsHandler(_Answering):
    """Begin one."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        body = self.body()
        rehearsal = await self.services.rehearsals.begin(await self.services.here(), body)
        self.audit("begin", f"rehearsal {rehearsal.run.id}")
        await self.answer(rehearsal, 202)


class RehearsalHandler(_Answering):
    """How far it is; end it."""

    @web.authenticated
    @authorized
    async def get(self, rehearsal_id: str) -> None:
        await self.answer(self.services.rehearsals.get(rehearsal_id))

    @web.authenticated
    @authorized
    async def delete(self, rehearsal_id: str) -> None:
        rehearsal = self.services.rehearsals.end(rehearsal_id)
        self.audit("end", f"rehearsal {rehearsal.run.id}")
        await self.answer(rehearsal)


handlers = [
    (r"/saturn-deploy/api/rehearsals", RehearsalsHandler),
    (r"/saturn-deploy/api/rehearsals/([^/]+)", RehearsalHandler),
]
