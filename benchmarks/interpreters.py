"""The environment in which fresh interpreters are measured."""

from __future__ import annotations

import os

ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""As that of users: without kept bytecode each start would compile the package anew."""
