"""From a notebook: `%load_ext jupyter_saturn_deploy`, then `%saturn?` and `%%saturn_job?`."""

from __future__ import annotations

from .magics import RunFailed, load
from .shown import Listing, Resource, Run

__all__ = ["Listing", "Resource", "Run", "RunFailed", "load"]
