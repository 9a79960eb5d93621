"""What this extension leaves out by itself: data of tools, what is made anew, secrets.

Only a line of `.jobignore` that names it without a wildcard (`!.env`) takes it in again.
"""

from __future__ import annotations

import os
import re

GIT = ".git"
"""Left out whatever any file says."""
GIT_REASON = "git's own data; choose git as the source to run a commit"
ENVIRONMENT_REASON = "a Python environment; a run uses the server's"
_MADE_ANEW = {
    "node_modules": "installed packages; `npm install` makes it anew",
    "__pycache__": "Python makes it anew",
    ".ipynb_checkpoints": "Jupyter's own copies of notebooks",
}
_SECRET_DIRECTORIES = frozenset(".ssh .aws .gnupg .kube .azure .docker .password-store".split())
_SECRET_FILE = re.compile(
    r"""(?: \.netrc | _netrc | \.env | \.env\..* | \.envrc | \.pypirc | \.git-credentials
      | \.pgpass | \.my\.cnf | \.htpasswd | jupyter_cookie_secret | jpserver-.*\.json
      | id_(?:rsa|dsa|ecdsa|ed25519).* | .*\.(?:pem|key|p12|pfx|jks|kdbx) )\Z""",
    re.VERBOSE | re.DOTALL,
)


def reason(name: str, directory: bool) -> str | None:
    """Why an entry of this name is left out, unless `.jobignore` names it; None: it isn't."""
    if not directory:
        return _secret(name) if _SECRET_FILE.match(name) else None
    return _secret(name) if name in _SECRET_DIRECTORIES else _MADE_ANEW.get(name)


def is_environment(directory: int) -> bool:
    """Whether an open directory is a Python environment: made by venv, virtualenv, uv, conda."""
    return _has(directory, "pyvenv.cfg") or _has(directory, "conda-meta")


def _has(directory: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError:
        return False
    return True


def _secret(name: str) -> str:
    return f"may hold secrets; the line `!{name}` in .jobignore takes it in"
