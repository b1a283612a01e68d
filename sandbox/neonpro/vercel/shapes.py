"""The practice Vercel's state in the shapes of Vercel's REST API (times in milliseconds).

`url` is without a scheme, as Vercel's is, and points at this server: `127.0.0.1:PORT/deployments/dpl_…`. A client
that puts the scheme of its VERCEL_API_URL before it (https for the real one) can probe both.
"""

from typing import Any

from sandbox.neonpro.vercel.deployments import AliasJob, Deployment, Project
from sandbox.neonpro.vercel.state import Vercel

Shape = dict[str, Any]

TEAM = "team_neonpro"
_CREATOR = {"uid": "usr_neonpro_ci", "username": "neonpro-ci", "email": "ci@neonpro.example"}


def ms(seconds: float) -> int:
    return int(seconds * 1000)


def listed(vercel: Vercel, one: Deployment, host: str) -> Shape:
    """A deployment as the list shows it (`uid`, `created`)."""
    return {"uid": one.id, "created": stamp(vercel, one.created_at)} | _common(vercel, one, host)


def stamp(vercel: Vercel, seconds: float) -> int:
    """A time by Vercel's own clock."""
    return ms(seconds - vercel.switches.vercel_behind)


def single(vercel: Vercel, one: Deployment, host: str) -> Shape:
    """A deployment as `GET /v13/deployments/{id}` shows it (`id`, `alias`)."""
    live = vercel.projects[one.project].live == one.id
    source = {"type": "github", "ref": one.commit.ref, "sha": one.commit.sha, "org": "neonpro", "repo": "neonpro"}
    fetched = {"gitSource": source} if one.source == "git" and vercel.switches.deployments_show != "no git" else {}
    shape = {"id": one.id, "version": 2, "alias": _domains(one.project) if live else [], **fetched}
    return shape | _common(vercel, one, host)


def _domains(project: str) -> list[str]:
    return [f"{project}.vercel.app"]


def _common(vercel: Vercel, one: Deployment, host: str) -> Shape:
    at = vercel.now()
    shape = {
        "name": one.project,
        "project": {"id": vercel.projects[one.project].id, "name": one.project},
        "projectId": vercel.projects[one.project].id,
        "url": f"{host}/deployments/{one.id}",
        "inspectorUrl": f"https://vercel.com/neonpro/{one.project}/{one.id.removeprefix('dpl_')}",
        "type": "LAMBDAS",
        "source": one.source,
        "target": one.target,
        "state": one.state(at),
        "readyState": one.state(at),
        "createdAt": stamp(vercel, one.created_at),
        "creator": _CREATOR | {"username": one.creator},
        "meta": dict(one.meta) if vercel.switches.deployments_show == "no git" else _meta(one),
        "aliasAssigned": ms(one.promoted_at) if one.promoted_at else False,
        "aliasError": _ALIAS_ERROR if one.alias_error else None,
        "isRollbackCandidate": one.rollback_candidate(at) and vercel.projects[one.project].live != one.id,
        "softDeletedByRetention": False,
    }
    shape |= _progress(one, at)
    if vercel.switches.deployments_show == "no substate":
        shape.pop("readySubstate", None)
    return shape


_ALIAS_ERROR = {"code": "alias_error", "message": "The production domains could not be assigned"}


def _meta(one: Deployment) -> Shape:
    meta = {
        "githubCommitSha": one.commit.sha,
        "githubCommitMessage": one.commit.message,
        "githubCommitAuthorName": one.commit.author,
        "githubCommitRef": one.commit.ref,
        "githubOrg": "neonpro",
        "githubRepo": "neonpro",
        "githubDeployment": "1",
    }
    again = {"action": "redeploy", "originalDeploymentId": one.redeploy_of} if one.redeploy_of else {}
    return {**meta, **again, **one.meta}


def _progress(one: Deployment, at: float) -> Shape:
    state = one.state(at)
    shape: Shape = {"buildingAt": ms(one.building_at)} if at >= one.building_at else {}
    if state == "READY":
        shape["ready"] = ms(one.ended_at)
        if one.target == "production":
            shape["readySubstate"] = "PROMOTED" if one.promoted_at else "STAGED"
    if state == "ERROR":
        shape |= {"errorCode": "BUILD_FAILED", "errorMessage": 'Command "bun run build" exited with 1'}
    if state == "CANCELED":
        shape["canceledAt"] = ms(one.ended_at)
    return shape


def project(vercel: Vercel, one: Project, host: str) -> Shape:
    live = vercel.deployments[one.live]
    return {
        "id": one.id,
        "name": one.name,
        "accountId": TEAM,
        "framework": "hono" if one.name.endswith("api") else "vite",
        "autoAssignCustomDomains": one.auto_assign,
        "targets": {"production": single(vercel, live, host) | {"alias": _domains(one.name)}},
        "latestDeployments": [single(vercel, made, host) for made in vercel.newest_first(one)[:1]],
        "lastAliasRequest": alias_request(vercel, one.job),
        "lastRollbackTarget": None,
        "rollbackDescription": _rollback(one.rollback),
        "rollingRelease": None,
        "link": {"type": "github", "org": "neonpro", "repo": "neonpro", "productionBranch": "main"},
    }


def alias_request(vercel: Vercel, job: AliasJob | None) -> Shape | None:
    if job is None:
        return None
    return {
        "fromDeploymentId": job.from_id,
        "toDeploymentId": job.to_id,
        "jobStatus": job.status(vercel.now()),
        "requestedAt": stamp(vercel, job.requested_at),
        "type": job.kind,
    }


def _rollback(job: AliasJob | None) -> Shape | None:
    if job is None or job.description is None:
        return None
    who = {"userId": _CREATOR["uid"], "username": _CREATOR["username"]}
    return {"createdAt": ms(job.requested_at), "description": job.description} | who


def aliases(one: Project, at: float, *, failed_only: bool) -> Shape:
    """The domains that the last job moved, or should have moved."""
    if one.job is None:
        return {}
    status = {"succeeded": "completed", "failed": "failed"}.get(one.job.status(at), one.job.status(at))
    found = [{"alias": domain, "id": f"als_{one.name}", "status": status} for domain in _domains(one.name)]
    kept = [alias for alias in found if not failed_only or alias["status"] == "failed"]
    return {"aliases": kept, "pagination": {"count": len(kept), "next": None, "prev": None}}


_LOG = (
    (0.0, "Running build in São Paulo, Brazil (East) – gru1"),
    (0.1, "Cloning github.com/neonpro/neonpro (Branch: {ref}, Commit: {sha})"),
    (0.2, "Restored build cache from previous deployment"),
    (0.3, 'Running "bun install"'),
    (0.45, "Checked 1274 installs across 1391 packages (no changes) [1.21s]"),
    (0.5, 'Running "bun run build"'),
    (0.6, "• Packages in scope: @neonpro/api, @neonpro/database, @neonpro/web"),
    (0.8, "@neonpro/database:build: cache hit, replaying logs"),
)
_WELL = ((0.95, "Build Completed in /vercel/output"), (1.0, "Deployment completed"))
_ILL = (
    (0.95, "src/agenda.ts(41,17): error TS2345: Argument of type 'string | null' is not assignable to 'string'."),
    (1.0, 'Error: Command "bun run build" exited with 1'),
)


def build_log(one: Deployment, at: float) -> list[Shape]:
    """The lines of the build so far, oldest first."""
    lines = (*_LOG, *(_ILL if one.fails else _WELL))
    named = [(share, text.format(ref=one.commit.ref, sha=one.commit.sha[:7])) for share, text in lines]
    said = [(0.5, text) for text in one.says]
    written = ((one.created_at + share * one.build_seconds, text) for share, text in sorted([*named, *said]))
    until = min(at, one.ended_at)
    return [_event(one, when, text, number) for number, (when, text) in enumerate(written) if when <= until]


def _event(one: Deployment, when: float, text: str, number: int) -> Shape:
    bad = "rror" in text
    return {
        "type": "stderr" if bad else "stdout",
        "level": "error" if bad else "info",
        "created": ms(when),
        "date": ms(when),
        "deploymentId": one.id,
        "id": f"{ms(when)}{number:06d}",
        "serial": f"{ms(when)}{number:06d}",
        "info": {"type": "build", "name": "bld_" + one.id[4:12]},
        "text": text,
    }
