"""The practice Vercel's list of deployments: filters and pages as `GET /v7/deployments` has them."""

from collections.abc import Mapping

from starlette.datastructures import QueryParams

from sandbox.neonpro.vercel import shapes as shapes
from sandbox.neonpro.vercel.deployments import Deployment
from sandbox.neonpro.vercel.errors import VercelError
from sandbox.neonpro.vercel.state import Vercel

LIMIT, MOST = 20, 100


def page(vercel: Vercel, query: QueryParams, host: str) -> shapes.Shape:
    """One page, newest first; the next page is asked for with `until=pagination.next`. Raises VercelError 400, 404."""
    limit = number(query, "limit", LIMIT)
    if not 1 <= limit <= MOST:
        raise VercelError(400, "bad_request", f"Invalid request: `limit` should be between 1 and {MOST}.")
    asked = query.getlist("projectId") + query.getlist("projectIds") + query.getlist("projectIds[]")
    names = {vercel.project(one).name for one in asked}
    listed = (one for one in vercel.newest_first() if not names or one.project in names)
    found = [one for one in listed if _wanted(vercel, one, query)]
    shown = [shapes.listed(vercel, one, host) for one in found[:limit]]
    following = shown[-1]["created"] if len(found) > limit else None
    pagination = {"count": len(shown), "next": following, "prev": shown[0]["created"] if shown else None}
    return {"deployments": shown, "pagination": pagination}


def number(query: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of the query. Raises VercelError 400."""
    try:
        return int(query.get(name, default))
    except ValueError:
        raise VercelError(400, "bad_request", f"Invalid request: `{name}` should be number.") from None


def _wanted(vercel: Vercel, one: Deployment, query: Mapping[str, str]) -> bool:
    at, created = vercel.now(), shapes.stamp(vercel, one.created_at)
    before = min(number(query, "until", 2**62), number(query, "to", 2**62))
    after = max(number(query, "since", -1), number(query, "from", -1))
    states = query["state"].split(",") if "state" in query else [one.state(at)]
    target = {"preview": None}.get(query.get("target", ""), query.get("target"))
    candidate = one.rollback_candidate(at) and vercel.projects[one.project].live != one.id
    return (
        after < created < before
        and one.state(at) in states
        and ("target" not in query or target == one.target)
        and query.get("sha", one.commit.sha) == one.commit.sha
        and query.get("branch", one.commit.ref) == one.commit.ref
        and (query.get("rollbackCandidate") != "true" or candidate)
    )
