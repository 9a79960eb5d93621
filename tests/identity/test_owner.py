from __future__ import annotations

import getpass
import os

import pytest
from jupyter_server.auth.identity import (
    IdentityProvider,
    LegacyIdentityProvider,
    PasswordIdentityProvider,
    User,
)

from jupyter_saturn_deploy.identity.owner import Owner

ALICE, BOB = User(username="alice"), User(username="bob")


class CompanyIdentity(IdentityProvider):
    """Somebody's own provider, whose names are real."""


class CompanyPassword(PasswordIdentityProvider):
    """Another one, on top of Jupyter's."""


@pytest.mark.parametrize(
    "provider", [IdentityProvider, PasswordIdentityProvider, LegacyIdentityProvider]
)
def test_on_a_plain_server_everybody_signed_in_is_the_owner(
    provider: type[IdentityProvider],
) -> None:
    owner = Owner.of_server(provider(), {})
    assert owner.name == getpass.getuser()
    assert owner.is_owner(ALICE)
    assert owner.is_owner(User(username="0f3a9c"))
    assert not owner.is_owner(None)


def test_under_jupyterhub_the_owner_is_the_hubs_user_and_nobody_else() -> None:
    owner = Owner.of_server(IdentityProvider(), {"JUPYTERHUB_USER": "alice"})
    assert owner.name == "alice"
    assert owner.is_owner(ALICE)
    assert not owner.is_owner(BOB)
    assert not owner.is_owner(None)


@pytest.mark.parametrize("provider", [CompanyIdentity, CompanyPassword])
def test_names_of_a_custom_provider_are_compared(provider: type[IdentityProvider]) -> None:
    owner = Owner.of_server(provider(), {})
    assert owner.is_owner(User(username=getpass.getuser()))
    assert not owner.is_owner(User(username=getpass.getuser() + "x"))


def test_an_empty_hub_user_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Owner.of_server(IdentityProvider(), {"JUPYTERHUB_USER": ""}).name == getpass.getuser()


def test_a_uid_without_a_name_owns_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_001)
    assert Owner.of_server(IdentityProvider(), {}).name == "2000000001"
