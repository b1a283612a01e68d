"""One practice deployment and one alias job: what they are at a given time follows from when they began."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["QUEUED", "INITIALIZING", "BUILDING", "READY", "ERROR", "CANCELED"]
JobStatus = Literal["pending", "in-progress", "succeeded", "failed", "skipped"]

_QUEUED, _INITIALIZING = 0.1, 0.3  # shares of the build time that these states last until


@dataclass(frozen=True)
class Commit:
    """A commit of the practice repository."""

    sha: str
    message: str
    author: str
    ref: str = "main"


@dataclass(frozen=True)
class Deployment:
    """A build of one project. Times are Unix seconds; `target` is "production" or None for a preview."""

    id: str
    project: str
    commit: Commit
    created_at: float
    build_seconds: float
    target: str | None = "production"
    creator: str = "neonpro-ci"
    source: str = "git"
    auto_assign: bool = True
    fails: bool = False
    healthy: bool = True
    healthy_live: bool = True  # false = well at its own address, and not with traffic
    canceled_at: float | None = None
    promoted_at: float | None = None  # when it first had production traffic
    passed_over: bool = False  # became ready while production was pinned: it never goes live by itself
    alias_error: bool = False
    redeploy_of: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)  # what the request for it brought
    says: tuple[str, ...] = ()  # more lines of its build log

    @property
    def building_at(self) -> float:
        return self.created_at + self.build_seconds * _INITIALIZING

    @property
    def ended_at(self) -> float:
        """When the build ends, whichever way."""
        return self.created_at + self.build_seconds if self.canceled_at is None else self.canceled_at

    def state(self, at: float) -> State:
        if self.canceled_at is not None:
            return "CANCELED"
        passed = at - self.created_at
        if passed >= self.build_seconds:
            return "ERROR" if self.fails else "READY"
        if passed < self.build_seconds * _QUEUED:
            return "QUEUED"
        return "INITIALIZING" if passed < self.build_seconds * _INITIALIZING else "BUILDING"

    def ready(self, at: float) -> bool:
        return self.state(at) == "READY"

    def rollback_candidate(self, at: float) -> bool:
        return self.target == "production" and self.promoted_at is not None and self.ready(at)


_ENDINGS: dict[str, JobStatus] = {"work": "succeeded", "stay": "succeeded", "fail": "failed", "skip": "skipped"}


@dataclass(frozen=True)
class AliasJob:
    """Moves a project's production domains to another deployment. Times are Unix seconds."""

    kind: Literal["promote", "rollback"]
    from_id: str
    to_id: str
    requested_at: float
    seconds: float
    ending: Literal["work", "fail", "skip", "hang", "stay"] = "work"
    description: str | None = None

    def status(self, at: float) -> JobStatus:
        passed = at - self.requested_at
        if passed < self.seconds * 0.25:
            return "pending"
        if self.ending == "hang" or passed < self.seconds:
            return "in-progress"
        return _ENDINGS[self.ending]


@dataclass(frozen=True)
class Project:
    """A practice Vercel project. `auto_assign` false = production is pinned."""

    id: str
    name: str
    live: str
    auto_assign: bool = True
    job: AliasJob | None = None
    job_done: bool = True  # what the job ended in has been applied
    rollback: AliasJob | None = None  # the rollback that pinned production
