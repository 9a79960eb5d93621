"""Resources: named recipes, kept until deleted. Field names are those of Saturn's recipes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
NAME_LENGTH = 40
ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REFERENCE = re.compile(r"(?!-)[^\x00-\x20\x7f\\:?*\[]{1,250}")
"""Never an option; no white space, nothing that means more than one commit."""
RESERVED_PREFIXES = ("SATURN_", "JUPYTERHUB_", "JPY_")
TEXT_LIMIT = 64 * 1024
"""Bytes of a command, a start script or one value: Linux passes at most 128 KiB in one string."""
ENVIRONMENT_LIMIT = 512 * 1024
"""Bytes of all environment variables together: half of what Linux usually grants."""
RETRIES_LIMIT = 100
TIMEOUT_LIMIT = 365 * 24 * 3600
SCALE_LIMIT = 32


class Policy(str, Enum):
    """What happens to a slot that comes while a run of the same job is active."""

    ALLOW = "Allow"
    """Both run."""
    FORBID = "Forbid"
    """It is skipped; the latest skipped one starts when the run has ended."""
    REPLACE = "Replace"
    """The run is stopped, then it starts."""


class Spec(BaseModel):
    """What a resource is made of, whatever its kind. Frozen: an edit makes a new one.

    Raises pydantic's `ValidationError`; `recipes` turns that into `Invalid`. Messages of
    validators read "what is wrong | what to do", split at the bar.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    name: str
    command: str
    instance_type: str
    """A size's name (`workspace.hardware`)."""
    image: str
    """`""` is this machine itself: no image."""
    description: str = Field(default="", max_length=10_000)
    tags: dict[str, str] = Field(default_factory=dict, max_length=64)
    working_directory: str = ""
    """Relative to the project; `""` is the project itself."""
    environment_variables: dict[str, str] = Field(default_factory=dict, max_length=1000)
    start_script: str = ""
    source: str | None = None
    """One of `models.code.SOURCES`, or None: decided anew by the backend for each run."""
    reference: str | None = None
    """With `git`: branch, `tags/v1.2.3` or commit, resolved anew for each run."""
    snapshot: str | None = None
    """With `snapshot`: which one (`models.code.Snapshot.digest`)."""
    backend: str | None = None
    """None: the default of the server that creates it."""

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if len(value) > NAME_LENGTH or not NAME.fullmatch(value):
            raise ValueError(
                f"{value[:60]!r} is no valid name | lower-case letters, digits and dashes, first a"
                f" letter, last no dash, at most {NAME_LENGTH} characters, e.g. nightly-report"
            )
        return value

    @field_validator("command", "start_script")
    @classmethod
    def _script(cls, value: str) -> str:
        _text(value, TEXT_LIMIT)
        return value

    @field_validator("command")
    @classmethod
    def _command(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty | usually something like `python run.py`")
        return value

    @field_validator("description", "working_directory", "instance_type", "image")
    @classmethod
    def _line(cls, value: str) -> str:
        _text(value, 10_000)
        return value

    @field_validator("reference")
    @classmethod
    def _reference(cls, value: str | None) -> str | None:
        if value is not None and not REFERENCE.fullmatch(value):
            raise ValueError(
                f"{value[:60]!r} is no reference of git's |"
                " give a branch, a commit hash, or e.g. tags/v1.2.3"
            )
        return value

    @field_validator("snapshot")
    @classmethod
    def _snapshot(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch("[0-9a-f]{64}", value):
            raise ValueError("is no snapshot | leave it out to freeze the project as it is now")
        return value

    @field_validator("tags")
    @classmethod
    def _tags(cls, value: dict[str, str]) -> dict[str, str]:
        for key, text in value.items():
            _text(key, 256)
            _text(text, 1024)
        return value

    @field_validator("environment_variables")
    @classmethod
    def _environment(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not ENVIRONMENT_NAME.fullmatch(name):
                raise ValueError(
                    f"{name[:60]!r} is no valid name | letters, digits and underscores,"
                    " not a digit first"
                )
            if name.startswith(RESERVED_PREFIXES):
                raise ValueError(
                    f"{name[:60]!r} is reserved |"
                    f" choose a name that begins with none of {', '.join(RESERVED_PREFIXES)}"
                )
            try:
                _text(text, TEXT_LIMIT)
            except ValueError as error:
                raise ValueError(f"the value of {name} {error}") from None
        if sum(len(k) + len(v.encode()) for k, v in value.items()) > ENVIRONMENT_LIMIT:
            raise ValueError(
                f"is larger than {ENVIRONMENT_LIMIT // 1024} KiB |"
                " put large values into a file of the project"
            )
        return value


class JobSpec(Spec):
    """What a job is made of."""

    retries: int = Field(default=0, ge=0, le=RETRIES_LIMIT)
    """Attempts after the first one."""
    timeout: int | None = Field(default=None, ge=1, le=TIMEOUT_LIMIT)
    """Seconds for one attempt; None is no limit."""
    schedule: str | None = None
    """A cron expression (`cron.Cron`, which `control.schedule` holds it against); None: run by
    hand only."""
    concurrency_policy: str = Policy.ALLOW.value
    """One of `Policy`."""
    time_zone: str = "UTC"
    """IANA name: of the wall clock that the schedule is about."""
    starting_deadline: int | None = Field(default=300, ge=1, le=TIMEOUT_LIMIT)
    """Seconds after which a slot is too old to start; None: never, the latest one starts."""
    suspended: bool = False
    """The schedule is switched off."""

    @field_validator("concurrency_policy")
    @classmethod
    def _policy(cls, value: str) -> str:
        known = [policy.value for policy in Policy]
        if value not in known:
            raise ValueError(f"{value[:60]!r} is not known | use {', '.join(known)}")
        return value


class DeploymentSpec(Spec):
    """What a deployment is made of."""

    scale: int = Field(default=1, ge=1, le=SCALE_LIMIT)
    """Instances that serve at once."""

    def same_service(self, other: DeploymentSpec) -> bool:
        """Whether an instance made of one would be like an instance made of the other."""
        return self.model_dump(exclude=_ONLY_SHOWN) == other.model_dump(exclude=_ONLY_SHOWN)


_ONLY_SHOWN = {"description", "tags"}


def _text(value: str, limit: int) -> None:
    if "\0" in value:
        raise ValueError("holds a NUL character | remove it: no process can be given one")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise ValueError("is no valid Unicode text | remove lone surrogates") from None
    if size > limit:
        raise ValueError(f"is {size} bytes long | at most {limit}: put it into a file")


S = TypeVar("S", bound=Spec, covariant=True)


@dataclass(frozen=True)
class Resource(Generic[S]):
    """A job or a deployment as the store knows it."""

    kind: ClassVar[str]
    """As Saturn's recipes call it."""

    id: str
    """32 hexadecimal digits."""
    owner: str
    project: str
    """Absolute path of the project it belongs to."""
    backend: str
    spec: S
    generation: int
    """Of its token: raising it makes older tokens worthless."""
    created_at: float
    """Seconds since the epoch, like every time in here."""
    updated_at: float


class Job(Resource[JobSpec]):
    """It runs and ends, by hand or on a schedule."""

    kind = "job"


class Deployment(Resource[DeploymentSpec]):
    """It runs on, and has a URL."""

    kind = "deployment"


KINDS: dict[str, type[Resource[Spec]]] = {Job.kind: Job, Deployment.kind: Deployment}
SPECS: dict[str, type[Spec]] = {Job.kind: JobSpec, Deployment.kind: DeploymentSpec}
