"""The container image this server runs in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from .sourced import Sourced

_IMAGE = re.compile(r"[!-~]{1,4096}")
_VARIABLES = ("JUPYTER_IMAGE_SPEC", "JUPYTER_IMAGE", "SAGEMAKER_INTERNAL_IMAGE_URI")
"""Set by KubeSpawner (the first by DockerSpawner too) and by SageMaker."""
_SERVICE_ACCOUNT_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def read_image(
    configured: str, environ: Mapping[str, str], token: Path = _SERVICE_ACCOUNT_TOKEN
) -> Sourced[str]:
    """The image's name, from the first place that tells it; `""` is this machine: no image.

    A guess is no answer: where nothing tells, `not_from` says why.
    """
    if configured:
        return Sourced(configured, "the setting image")
    not_from = ["the setting image is empty", _why_not_from_the_pod(environ, token)]
    for variable in _VARIABLES:
        value = environ.get(variable)
        if value and _IMAGE.fullmatch(value):
            return Sourced(value, variable, tuple(not_from))
        not_from.append(f"{variable} holds no image name" if value else f"{variable} is not set")
    return Sourced("", "nothing names an image", tuple(not_from))


def _why_not_from_the_pod(environ: Mapping[str, str], token: Path) -> str:
    if "KUBERNETES_SERVICE_HOST" not in environ:
        return "not inside Kubernetes"
    if os.path.exists(token):
        return "the server's own Pod is not read: not supported yet"
    return "the server's own Pod is not readable: no service-account token is mounted"
