"""GitHub's REST API, read only: what was reviewed, checked and scanned of a commit."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import StringConstraints

from bot.errors import Denied, Missing
from bot.integrations.github.rules import (
    Alert,
    Analysis,
    CheckRun,
    Pull,
    Review,
    Said,
    Status,
    judge_alerts,
    judge_checks,
    judge_reviews,
)
from bot.integrations.http.api import Api, Pace, Params, Shape
from bot.text import say

T = TypeVar("T")
PAGE = 100
"""GitHub's most for one page."""
PAGES = 10
"""More pages than this are not read: what is left out would not be known to be good."""
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_HINT = (
    "Check GITHUB_TOKEN (expired?). A fine-grained token reads Contents, Pull requests, Checks, Commit statuses and "
    "Code scanning alerts of the repository; a classic one has the scopes repo and security_events."
)


class _Commit(Shape):
    sha: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class _Repository(Shape):
    default_branch: str


class _Branch(Shape):
    name: str


class _Comparison(Shape):
    status: str


class GitHub:
    """One GitHub. `repo` is owner/name; a repository that was renamed is followed."""

    def __init__(self, client: httpx.AsyncClient, *, base_url: str, token: str, pace: Pace | None = None) -> None:
        self._api = Api(
            client, "GitHub", base_url, token, say(_HINT), pace=pace or Pace(), headers=_HEADERS, follow=True
        )

    async def repository(self, repo: str) -> None:
        """Whether the token sees the repository; raises what is wrong."""
        await self._api.read(f"/repos/{_path(repo)}", what=say("the repository {repo}", repo=repo))

    async def commit(self, repo: str, ref: str) -> str:
        """The full commit that a branch, tag or commit names; Missing when there is no such thing.

        GitHub knows the commits of all forks by their hashes: such a one has to be on a branch of the repository, at
        its head or, if it is the default branch, anywhere.
        """
        response = await self._api.read(f"/repos/{_path(repo)}/commits/{quote(ref, safe='/')}", what=f"{ref} of {repo}")
        sha = self._api.shaped(_Commit, response).sha
        if sha.startswith(ref) and not await self._on_a_branch(repo, sha):
            raise Missing("GitHub", say("a branch that has {ref}", ref=ref))
        return sha

    async def _on_a_branch(self, repo: str, sha: str) -> bool:
        place = f"/repos/{_path(repo)}"
        if await self._page(list[_Branch], f"{place}/commits/{sha}/branches-where-head", repo, {}, None):
            return True
        known = self._api.shaped(_Repository, await self._api.read(place, what=say("the repository {repo}", repo=repo)))
        between = f"{quote(known.default_branch, safe='')}...{sha}"
        compared = await self._api.read(
            f"{place}/compare/{between}", what=f"{sha[:7]} of {repo}", params={"per_page": 1}
        )
        return self._api.shaped(_Comparison, compared).status in ("behind", "identical")

    async def reviews(self, repo: str, sha: str) -> Said:
        """Whether the pull requests that have the commit (merged ones first) were approved by somebody else."""
        pulls = await self._all(list[Pull], f"/repos/{_path(repo)}/commits/{sha}/pulls", repo)
        alive = [each for each in pulls if each.merged_at] or [each for each in pulls if each.state == "open"]
        return judge_reviews([(pull, await self._reviews(repo, pull)) for pull in alive])

    async def _reviews(self, repo: str, pull: Pull) -> list[Review]:
        return await self._all(list[Review], f"/repos/{_path(repo)}/pulls/{pull.number}/reviews", repo)

    async def checks(self, repo: str, sha: str) -> Said:
        """Whether every check run and every commit status succeeded."""
        place = f"/repos/{_path(repo)}/commits/{sha}"
        latest = {"filter": "latest"}
        runs = await self._all(list[CheckRun], f"{place}/check-runs", repo, key="check_runs", params=latest)
        return judge_checks(runs, await self._all(list[Status], f"{place}/status", repo, key="statuses"))

    async def code_scanning(self, repo: str, sha: str) -> Said:
        """Whether this very commit was scanned, and no critical alert is open there."""
        place = f"/repos/{_path(repo)}/code-scanning"
        try:
            newest = await self._page(list[Analysis], f"{place}/analyses", repo, {"per_page": PAGE}, None)
        except Missing:
            return Said("unknown", say("code scanning is not set up for {repo}", repo=repo))
        except Denied as refusal:
            return Said("unknown", say("this GitHub token cannot read code scanning ({why})", why=refusal.reason))
        analysis = next((each for each in newest if each.commit_sha == sha), None)
        if analysis is None:
            return Said("unknown", say("this commit was not scanned (yet)"))
        wanted = {"state": "open", "severity": "critical", "ref": analysis.ref}
        return judge_alerts(analysis, await self._all(list[Alert], f"{place}/alerts", repo, params=wanted))

    async def _all(
        self,
        kind: type[list[T]],
        path: str,
        repo: str,
        *,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> list[T]:
        """Every page. What is longer than PAGES is an error, never a part that looks whole."""
        found: list[T] = []
        for number in range(1, PAGES + 1):
            page: Params = {**(params or {}), "per_page": PAGE, "page": number}
            more = await self._page(kind, path, repo, page, key)
            found += more
            if len(more) < PAGE:
                return found
        raise Missing("GitHub", say("the end of a list of more than {count}", count=PAGES * PAGE))

    async def _page(self, kind: type[list[T]], path: str, repo: str, params: Params, key: str | None) -> list[T]:
        response = await self._api.read(path, what=say("this commit of {repo}", repo=repo), params=params)
        shaped: Any = self._api.shaped(kind, response, key)
        return list(shaped)


def _path(repo: str) -> str:
    return quote(repo, safe="/")
