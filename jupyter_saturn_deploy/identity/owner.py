"""The owner of this server: the one person whose resources it keeps."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_server.auth.identity import (
    IdentityProvider,
    LegacyIdentityProvider,
    PasswordIdentityProvider,
    User,
)

_NAMELESS = frozenset({IdentityProvider, PasswordIdentityProvider, LegacyIdentityProvider})
"""Jupyter's own: they prove that somebody may use this server and invent a name for each of them,
a new one for every request that carries the token."""


@dataclass(frozen=True)
class Owner:
    """Whose server this is."""

    name: str
    compare_names: bool
    """Whether a user's name says who it is."""

    @classmethod
    def of_server(
        cls, provider: IdentityProvider, environ: Mapping[str, str] = os.environ
    ) -> Owner:
        """`JUPYTERHUB_USER`, else the operating system's user.

        Names are compared only where they mean something: under JupyterHub or with an identity
        provider that is none of Jupyter's own.
        """
        hub_user = environ.get("JUPYTERHUB_USER")
        if hub_user:
            return cls(hub_user, compare_names=True)
        return cls(_system_user(), compare_names=type(provider) not in _NAMELESS)

    def is_owner(self, user: User | None) -> bool:
        """Whether `user`, as the identity provider authenticated it, is the owner."""
        if user is None:
            return False
        return not self.compare_names or user.username == self.name


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's uid without an entry in /etc/passwd
        return str(os.getuid())
