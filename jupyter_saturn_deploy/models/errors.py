"""Every way a wish can be refused. `api.base` gives each its status code, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass


class DeployError(Exception):
    """Base of all refusals. `str(error)` is a sentence for the user; it never holds a secret."""


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field of a request."""

    field: str
    """Dotted path as the client sent it, e.g. `spec.environment_variables.1X`."""
    message: str
    """What is wrong."""
    fix: str
    """What to do instead."""

    def as_dict(self) -> dict[str, str]:
        """`{field, message, fix}`."""
        return asdict(self)


class Invalid(DeployError):
    """The request is understood and one or more of its fields can't be accepted (422)."""

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message} ({p.fix})" for p in problems))
        self.problems = problems

    @classmethod
    def field(cls, field: str, message: str, fix: str) -> Invalid:
        """The usual case of a single problem."""
        return cls(FieldProblem(field, message, fix))


class NotFound(DeployError):
    """No such thing, or not this owner's (404): the two are not told apart."""


class Conflict(DeployError):
    """The wish collides with what is there (409), e.g. a name that is taken."""

    def __init__(self, field: str, message: str, fix: str) -> None:
        super().__init__(f"{message} ({fix})")
        self.problems = (FieldProblem(field, message, fix),)


class StoreUnavailable(DeployError):
    """The store can't be read or written now (503): read-only, full or missing disk."""
