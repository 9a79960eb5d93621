"""What of the server's own environment nobody else is given."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SERVERS_OWN = re.compile(
    r"JPY_.*|SATURN_.*|CONFIGPROXY_AUTH_TOKEN"
    r"|JUPYTER.*(TOKEN|SECRET|PASSWORD|COOKIE|_KEY).*"
)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Without the server's credentials, and without what its parent, a kernel or a run told it
    about itself."""
    return {name: value for name, value in environment.items() if not _SERVERS_OWN.fullmatch(name)}
