"""Vercel's projects and deployments as we read them. Names of fields: Vercel's REST API, `@vercel/sdk` 1.28."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, AwareDatetime, BeforeValidator, Field

from bot.integrations.http.api import Shape

# Vercel writes times as milliseconds; pydantic reads such numbers as UTC.
Moment = AwareDatetime
# `readyState` of a build that will not change any more.
ENDED = frozenset({"READY", "ERROR", "CANCELED", "BLOCKED", "DELETED"})
# `git…` is what Vercel's command line writes of the checkout that it is called in.
_HOSTS = ("github", "gitlab", "bitbucket", "git")


class AliasRequest(Shape):
    """The job that moves traffic: pending, in-progress, succeeded, failed or skipped. `kind` is promote or rollback."""

    to_id: str = Field(validation_alias=AliasChoices("to_id", "toDeploymentId"))
    from_id: str | None = Field(None, validation_alias=AliasChoices("from_id", "fromDeploymentId"))
    status: str | None = Field(None, validation_alias=AliasChoices("status", "jobStatus"))
    kind: str | None = Field(None, validation_alias=AliasChoices("kind", "type"))
    requested_at: Moment = Field(validation_alias=AliasChoices("requested_at", "requestedAt"))

    @property
    def identity(self) -> str:
        """What tells this request from every other: Vercel gives it no id."""
        return f"{self.kind} {self.to_id} {self.requested_at.isoformat()}"


class RollbackNote(Shape):
    """Why production was rolled back, as written down at Vercel."""

    created_at: Moment | None = Field(None, validation_alias=AliasChoices("created_at", "createdAt"))
    description: str = ""
    username: str | None = None


class Project(Shape):
    """A project: which deployment production is, and whether new ones go live by themselves."""

    id: str
    name: str
    production_id: str | None = Field(
        None, validation_alias=AliasChoices("production_id", AliasPath("targets", "production", "id"))
    )
    auto_assign: bool | None = Field(None, validation_alias=AliasChoices("auto_assign", "autoAssignCustomDomains"))
    alias_request: AliasRequest | None = Field(None, validation_alias=AliasChoices("alias_request", "lastAliasRequest"))
    rollback_note: RollbackNote | None = Field(
        None, validation_alias=AliasChoices("rollback_note", "rollbackDescription")
    )

    @property
    def pinned(self) -> bool:
        """Whether a rollback keeps new production deployments from going live, until one is promoted.

        `autoAssignCustomDomains` false is the lasting sign, but it is false too for a team that stages on purpose:
        only together with a rollback that no promote has followed does it mean a pin.
        """
        if self.auto_assign is not False:
            return False
        return not self._promoted_since_rollback and (self.rollback_note is not None or self._last_was_rollback)

    @property
    def _last_was_rollback(self) -> bool:
        return self.alias_request is not None and self.alias_request.kind == "rollback"

    @property
    def _promoted_since_rollback(self) -> bool:
        last = self.alias_request
        if last is None or last.kind != "promote" or last.status != "succeeded":
            return False
        noted_at = self.rollback_note.created_at if self.rollback_note else None
        return noted_at is None or noted_at <= last.requested_at


@dataclass(frozen=True)
class Commit:
    """The commit a deployment was built from, as far as Vercel knows."""

    sha: str
    ref: str | None
    message: str | None
    author: str | None


class Deployment(Shape):
    """One build. `state`: Vercel's readyState; `substate` when READY: STAGED never had production traffic."""

    id: str = Field(validation_alias=AliasChoices("id", "uid"))
    name: str = ""
    project_id: str | None = Field(
        None, validation_alias=AliasChoices("project_id", "projectId", AliasPath("project", "id"))
    )
    url: str | None = None
    inspector_url: str | None = Field(None, validation_alias=AliasChoices("inspector_url", "inspectorUrl"))
    state: str = Field("QUEUED", validation_alias=AliasChoices("readyState", "state"))
    substate: str | None = Field(None, validation_alias=AliasChoices("substate", "readySubstate"))
    target: str | None = None
    created_at: Moment = Field(validation_alias=AliasChoices("created_at", "createdAt", "created"))
    ready_at: Moment | None = Field(None, validation_alias=AliasChoices("ready_at", "ready"))
    aliases: tuple[str, ...] = Field((), validation_alias=AliasChoices("aliases", "alias"))
    # A number (when it was assigned), a boolean or null, depending on the call.
    alias_assigned: Annotated[bool, BeforeValidator(bool)] = Field(
        False, validation_alias=AliasChoices("alias_assigned", "aliasAssigned")
    )
    alias_error: str | None = Field(
        None, validation_alias=AliasChoices("alias_error", AliasPath("aliasError", "message"))
    )
    error_code: str | None = Field(None, validation_alias=AliasChoices("error_code", "errorCode"))
    error_message: str | None = Field(None, validation_alias=AliasChoices("error_message", "errorMessage"))
    rollback_candidate: bool | None = Field(
        None, validation_alias=AliasChoices("rollback_candidate", "isRollbackCandidate")
    )
    soft_deleted: Annotated[bool, BeforeValidator(bool)] = Field(
        False, validation_alias=AliasChoices("soft_deleted", "softDeletedByRetention")
    )
    creator: str | None = Field(None, validation_alias=AliasChoices(AliasPath("creator", "username")))
    source: str | None = None
    """What made it: git, cli, redeploy … None where Vercel does not say."""
    git_sha: str | None = Field(None, validation_alias=AliasChoices("git_sha", AliasPath("gitSource", "sha")))
    """The commit that Vercel itself fetched; the `meta` is written by whoever asked for the build."""
    meta: dict[str, Any] = Field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the build is over, well or not."""
        return self.state in ENDED

    @property
    def commit(self) -> Commit | None:
        for host in _HOSTS:
            if sha := self.meta.get(f"{host}CommitSha"):
                get = self.meta.get
                return Commit(
                    sha=str(sha),
                    ref=get(f"{host}CommitRef"),
                    message=get(f"{host}CommitMessage"),
                    author=get(f"{host}CommitAuthorLogin") or get(f"{host}CommitAuthorName"),
                )
        return None


@dataclass(frozen=True)
class GitSource:
    """Build this commit of a repository. `ref` is a branch or tag; `sha` pins it."""

    org: str
    repo: str
    ref: str
    sha: str | None = None
    host: str = "github"

    def body(self) -> dict[str, Any]:
        source = {"type": self.host, "org": self.org, "repo": self.repo, "ref": self.ref}
        return {"gitSource": {**source, "sha": self.sha} if self.sha else source}


@dataclass(frozen=True)
class Redeploy:
    """Build again what this deployment was built from."""

    deployment_id: str

    def body(self) -> dict[str, Any]:
        return {"deploymentId": self.deployment_id, "meta": {"action": "redeploy"}}
