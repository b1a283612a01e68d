"""The state of the practice Vercel: projects, deployments, what is live, and every change that was made.

Nothing runs in the background: `settle` works out what has become ready or live since it was last called.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from sandbox.neonpro.history import COMMITS, past_deployments, past_projects
from sandbox.neonpro.mutations import Mutation
from sandbox.neonpro.switches import Switches
from sandbox.neonpro.vercel.deployments import AliasJob, Commit, Deployment, Project
from sandbox.neonpro.vercel.errors import VercelError, check_description


class Vercel:
    """Two projects with a past; `healthy` says whether a deployment's service works when it answers."""

    def __init__(
        self, switches: Switches, *, build_seconds: float, alias_seconds: float, now: Callable[[], float]
    ) -> None:
        self.switches, self.now = switches, now
        self.build_seconds, self.alias_seconds = build_seconds, alias_seconds
        self.projects = past_projects()
        self.deployments = past_deployments(now())
        self.commits: tuple[Commit, ...] = COMMITS
        self.mutations: list[Mutation] = []
        self.builds_say: tuple[str, ...] = ()
        """More lines in the log of every build that is started from now on."""
        self.on_change: Callable[[], None] = lambda: None
        self._broken: dict[str, str | None] = dict.fromkeys(self.projects)

    def project(self, id_or_name: str) -> Project:
        """The project by id or name, up to date. Raises VercelError 404."""
        self.settle()
        for one in self.projects.values():
            if id_or_name in (one.id, one.name):
                return one
        raise VercelError(404, "not_found", "Project not found")

    def deployment(self, id_or_url: str) -> Deployment:
        """The deployment by id, or by any address that holds the id. Raises VercelError 404."""
        self.settle()
        wanted = next((part for part in id_or_url.split("/") if part.startswith("dpl_")), "")
        if wanted not in self.deployments:
            raise VercelError(404, "not_found", f"Can't find the deployment {id_or_url}")
        return self.deployments[wanted]

    def live(self, project: str) -> Deployment:
        return self.deployments[self.project(project).live]

    def healthy(self, deployment: Deployment) -> bool:
        self.settle()
        return deployment.healthy and deployment.id not in self._broken.values()

    def newest_first(self, project: Project | None = None) -> list[Deployment]:
        self.settle()
        found = [one for one in self.deployments.values() if project is None or one.project == project.name]
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def adopt(self, commits: tuple[Commit, ...]) -> None:
        """Take the commits of a practice checkout, oldest first, so that the past speaks of real ones."""
        known = dict(zip((one.sha for one in self.commits), commits, strict=False))
        for one in list(self.deployments.values()):
            if one.commit.sha in known:
                self._keep(replace(one, commit=replace(known[one.commit.sha], ref=one.commit.ref)))
        self.commits = commits

    def create(self, body: Mapping[str, Any]) -> Deployment:
        """Start a build, as `POST /v13/deployments` describes it. Raises VercelError 400 or 404."""
        again = self.deployment(body["deploymentId"]) if body.get("deploymentId") else None
        project = self.project(again.project if again else str(body.get("project") or body.get("name") or ""))
        target = body.get("target", again.target if again else None)
        if target not in ("production", "preview", "staging", None):
            raise VercelError(400, "bad_request", "Invalid request: `target` should be `production` or `staging`.")
        made = Deployment(
            "dpl_" + secrets.token_hex(14),
            project.name,
            again.commit if again else self._commit(body),
            self.now(),
            self.build_seconds * (10 if self.switches.build_slow else 1),
            target="production" if target == "production" else None,
            source="redeploy" if again else "git" if body.get("gitSource") else "cli",
            auto_assign=body.get("autoAssignCustomDomains") is not False,
            fails=self.switches.build_fails,
            healthy=not self.switches.next_build_bad and (again is None or again.healthy),
            healthy_live=not self.switches.next_build_bad_live,
            redeploy_of=again.id if again else None,
            meta=dict(body.get("meta") or {}),
            says=self.builds_say,
        )
        self._keep(made)
        self._record("create", made, note="redeploy" if again else made.commit.sha[:7])
        return made

    def merge(self, project: str) -> Deployment:
        """What the Git integration does when something is merged into main: it builds the newest commit."""
        found = self.project(project)
        made = Deployment(
            "dpl_" + secrets.token_hex(14),
            found.name,
            self.commits[-1],
            self.now(),
            self.build_seconds,
            fails=self.switches.build_fails,
            healthy=not self.switches.next_build_bad,
        )
        self._keep(made)
        self._record("merge", made, note=made.commit.sha[:7])
        return made

    def cancel(self, deployment_id: str) -> Deployment:
        """Stop a build. Raises VercelError 400 when it has ended."""
        found = self.deployment(deployment_id)
        if found.state(self.now()) in ("READY", "ERROR", "CANCELED"):
            raise VercelError(400, "bad_request", "The deployment has ended and cannot be canceled")
        canceled = replace(found, canceled_at=self.now())
        self._keep(canceled)
        self._record("cancel", canceled)
        return canceled

    def move(
        self, kind: Literal["promote", "rollback"], project: str, deployment_id: str, *, description: str | None = None
    ) -> None:
        """Request that production goes to a deployment; an earlier request still under way is superseded.

        Raises VercelError 400, 404, 409 (it is live) or 422 (it cannot be live).
        """
        wanted, found = self.project(project), self.deployment(deployment_id)
        self._refuse(kind, wanted, found, description)
        seconds = self.alias_seconds * (2 if self.switches.traffic_answer == "queued" else 1)
        job = AliasJob(kind, wanted.live, found.id, self.now(), seconds, self.switches.alias_job, description)
        self.projects[wanted.name] = replace(wanted, job=job, job_done=False)
        self._record(kind, found, note=description or "")

    def describe(self, project: str, deployment_id: str, description: str) -> None:
        """Change the reason given for the rollback that pinned production. Raises VercelError 400 or 404."""
        wanted, found = self.project(project), self.deployment(deployment_id)
        check_description(description)
        if wanted.rollback is None:
            raise VercelError(404, "not_found", "The project has no rollback to describe")
        self.projects[wanted.name] = replace(wanted, rollback=replace(wanted.rollback, description=description))
        self._record("describe", found, note=description)

    def settle(self) -> None:
        """Apply, in the order of time, what has happened since the last call."""
        before = {name: one.live for name, one in self.projects.items()}
        for name in self.projects:
            for _, apply in sorted(self._due(name), key=lambda event: event[0]):
                apply()
        self._break_live()
        if before != {name: one.live for name, one in self.projects.items()}:
            self.on_change()

    def _due(self, name: str) -> Iterator[tuple[float, Callable[[], None]]]:
        at, project = self.now(), self.projects[name]
        if project.job and not project.job_done and project.job.status(at) in ("succeeded", "failed", "skipped"):
            job = project.job
            yield job.requested_at + job.seconds, lambda: self._finish(name, job)
        for one in self.deployments.values():
            live_at = one.ended_at + self.alias_seconds
            if one.project == name and _awaits_domains(one) and one.ready(at) and live_at <= at:
                yield live_at, lambda one=one, live_at=live_at: self._assign(one, live_at)  # type: ignore[misc]

    def _finish(self, name: str, job: AliasJob) -> None:
        project = replace(self.projects[name], job_done=True)
        if job.ending == "work":
            pinning = job if job.kind == "rollback" else None
            project = replace(project, live=job.to_id, rollback=pinning, auto_assign=pinning is None)
            self._keep(_served(self.deployments[job.to_id], job.requested_at + job.seconds))
        self.projects[name] = project

    def _assign(self, one: Deployment, at: float) -> None:
        project = self.projects[one.project]
        newer = one.created_at > self.deployments[project.live].created_at
        if project.auto_assign and newer and self.switches.alias_job in ("hang", "stay"):
            return
        if project.auto_assign and newer and self.switches.alias_job == "work":
            self._keep(_served(one, at))
            self.projects[one.project] = replace(project, live=one.id)
            return
        self._keep(replace(one, passed_over=True, alias_error=project.auto_assign and newer))

    def _break_live(self) -> None:
        # A switch breaks the release that is live when it is turned on, not those that follow it.
        for name, broken in (
            ("neonpro-api", self.switches.api_release_bad),
            ("neonpro-web", self.switches.web_release_bad),
        ):
            self._broken[name] = (self._broken[name] or self.projects[name].live) if broken else None

    def _refuse(self, kind: str, project: Project, found: Deployment, description: str | None) -> None:
        check_description(description or "")
        if found.project != project.name:
            raise VercelError(404, "not_found", "The deployment does not belong to this project")
        if found.target != "production":
            raise VercelError(400, "bad_request", "Only production deployments can be aliased to production")
        if found.id == project.live and project.job_done:
            raise VercelError(409, "conflict", "The deployment is already the current production deployment")
        if not found.ready(self.now()):
            raise VercelError(422, "unprocessable_entity", "The deployment is not ready")
        if kind == "rollback" and not found.rollback_candidate(self.now()):
            raise VercelError(422, "unprocessable_entity", "The deployment never served production")

    def _commit(self, body: Mapping[str, Any]) -> Commit:
        source = body.get("gitSource") or {}
        if not source and not body.get("files"):
            raise VercelError(400, "bad_request", "Invalid request: missing `gitSource`, `files` or `deploymentId`.")
        wanted = source.get("sha") or source.get("ref") or (body.get("meta") or {}).get("githubCommitSha") or "main"
        if wanted == "main":
            return self.commits[-1]
        for one in (*self.commits, *(built.commit for built in self.deployments.values())):
            if wanted == one.ref or (len(wanted) >= 7 and one.sha.startswith(wanted)):
                return one
        raise VercelError(400, "incorrect_git_source_info", f"The provided GitHub ref {wanted} can't be found.")

    def _keep(self, one: Deployment) -> None:
        self.deployments[one.id] = one

    def _record(self, kind: str, one: Deployment, *, note: str = "") -> None:
        self.mutations.append(Mutation(kind, one.project, one.id, self.now(), note))
        self.on_change()


def _served(one: Deployment, at: float) -> Deployment:
    return replace(one, promoted_at=one.promoted_at or at)


def _awaits_domains(one: Deployment) -> bool:
    return one.target == "production" and one.auto_assign and one.promoted_at is None and not one.passed_over
