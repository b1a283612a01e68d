"""What only the outside knows before a deploy starts: the commit, the pin, the vendors. Read, never changed."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import Refusal
from bot.integrations.git import alone, git
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.runs.steps import github
from bot.runs.steps.vercel import brief
from bot.text import say
from bot.tools import Tools

_SHA = re.compile(r"[0-9a-f]{40}")
TIMEOUT = 20.0
"""Seconds that everything of one kind may take."""


@dataclass(frozen=True)
class Facts:
    """What was found at `at` (ISO 8601). `unasked`: what could not be asked, and why, in words."""

    at: str
    sha: str | None = None
    pinned: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that a rollback pinned production to."""
    newer: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Pinned service -> what was live after the deployment it is pinned to, newest first."""
    vendors: dict[str, str] = field(default_factory=dict)
    """Vendor in trouble -> what its status page says."""
    unasked: dict[str, str] = field(default_factory=dict)
    live: str | None = None
    """The commit that runs now, of the first service."""
    commits: list[str] = field(default_factory=list)
    """`abc1234 subject` of every commit since that, newest first."""
    migrations: list[str] = field(default_factory=list)
    """Migration files that those commits bring."""
    commit_times: list[int] = field(default_factory=list)
    """When each of those commits was made (Unix seconds)."""
    checks: dict[str, str] = field(default_factory=dict)
    """`state` and `words` of GitHub's checks of the commit; empty when GitHub is not asked."""

    @property
    def asked_github(self) -> bool:
        """Whether there is a GitHub to ask."""
        return bool(self.checks) or "checks" in self.unasked

    def written(self) -> dict[str, Any]:
        """As it is kept with the run."""
        return dict(vars(self))


async def look(tools: Tools, runbook: Runbook, run: Run) -> Facts:
    """Ask everything side by side; what cannot be asked is said, never guessed."""
    unasked: dict[str, str] = {}
    sha, pinned, vendors, live = await asyncio.gather(
        _asked("commit", unasked, _commit(tools, run), None),
        _asked("pin", unasked, _pins(tools, runbook, run), {}),
        _asked("vendors", unasked, _vendors(tools, runbook, unasked), {}),
        _asked("live", {}, _live_sha(tools, runbook, run), None),
    )
    changes = await _asked("changes", {}, _changes(tools, live, sha), Changes()) if live and sha else Changes()
    newer = await _asked("newer", {}, _newer(tools, runbook, pinned), {}) if pinned else {}
    checks = await _asked("checks", unasked, _checks(tools, runbook, run, sha), {})
    found = Facts(
        tools.now().isoformat(),
        sha,
        pinned,
        newer,
        vendors,
        unasked,
        live,
        changes.commits,
        changes.migrations,
        changes.times,
        checks,
    )
    return await tools.masker.foreign(found)


async def _checks(tools: Tools, runbook: Runbook, run: Run, sha: str | None) -> dict[str, str]:
    if tools.github_client is None or sha is None:
        return {}
    said = await github.ask(tools.github_client, "checks", github.repositories(runbook, run), sha)
    return {"state": said.state, "words": said.words}


async def _asked(name: str, unasked: dict[str, str], question: Any, otherwise: Any) -> Any:
    try:
        async with asyncio.timeout(TIMEOUT):
            return await question
    except Refusal as refusal:
        unasked[name] = refusal.sentence
    except TimeoutError:
        unasked[name] = say("no answer in {seconds} s", seconds=round(TIMEOUT))
    return otherwise


async def _commit(tools: Tools, run: Run) -> str | None:
    """The commit that the ref names now: in the remote repository, or a commit of ours by (the start of) its hash."""
    ref = str(run.inputs.get("ref", "main"))
    if _SHA.fullmatch(ref):
        return ref
    names = (f"refs/heads/{ref}", f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}")
    said = await git(tools, "ls-remote", "origin", *names)
    found: dict[str, str] = {name: sha for sha, name in re.findall(r"^([0-9a-f]{40})\s+(\S+)$", said, re.MULTILINE)}
    for name in names:
        if name in found:
            return found[name]
    if re.fullmatch(r"[0-9a-f]{7,39}", ref):
        return (await git(tools, "rev-parse", "--verify", f"{ref}^{{commit}}")).strip()
    raise Refusal(say("the repository has no branch or tag {ref}", ref=ref))


async def _live_sha(tools: Tools, runbook: Runbook, run: Run) -> str | None:
    project = await tools.vercel.project(str(runbook.service(run.targets[0]).vercel_project))
    deployment = await tools.vercel.deployment(str(project.production_id))
    return deployment.commit.sha if deployment.commit else None


@dataclass(frozen=True)
class Changes:
    """What a deploy would bring."""

    commits: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)


async def _changes(tools: Tools, live: str, sha: str) -> Changes:
    async with alone(tools.checkout):
        await git(tools, "fetch", "--quiet", "--no-write-fetch-head", "origin", sha)
    between = f"{live}..{sha}"
    commits = await git(tools, "log", "--format=%ct %h %s", "--max-count=50", between)
    files = await git(tools, "diff", "--name-only", "--diff-filter=A", between)
    found = [line for line in files.splitlines() if "migrations/" in line and line.endswith(".sql")]
    timed = [line.partition(" ")[::2] for line in commits.splitlines()]
    names = [Path(line).parent.name for line in found]
    return Changes([subject for _, subject in timed], names, [int(time) for time, _ in timed])


async def _pins(tools: Tools, runbook: Runbook, run: Run) -> dict[str, str]:
    services = [runbook.service(target) for target in run.targets]
    projects = await asyncio.gather(*(tools.vercel.project(s.vercel_project) for s in services if s.vercel_project))
    named = zip((s.id for s in services if s.vercel_project), projects, strict=True)
    return {service: str(project.production_id) for service, project in named if project.pinned}


async def _newer(tools: Tools, runbook: Runbook, pinned: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    projects = {service: str(runbook.service(service).vercel_project) for service in pinned}
    found = await asyncio.gather(*(tools.vercel.newer(projects[service], at) for service, at in pinned.items()))
    return {service: [brief(each) for each in listed] for service, listed in zip(pinned, found, strict=True)}


async def _vendors(tools: Tools, runbook: Runbook, unasked: dict[str, str]) -> dict[str, str]:
    statuses = await asyncio.gather(*(tools.status_pages.get(vendor.status_url) for vendor in runbook.vendors))
    found = dict(zip((vendor.title for vendor in runbook.vendors), statuses, strict=True))
    unread = [title for title, status in found.items() if status.indicator == "unknown"]
    if unread:
        unasked["vendors"] = say("no answer from {vendors}", vendors=", ".join(unread))
    return {title: s.description for title, s in found.items() if s.indicator not in ("none", "unknown")}
