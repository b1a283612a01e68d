"""What only the outside knows before a deploy starts: the commit, the pin, the vendors. Read, never changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import structlog

from bot.deploys.commits.commit import resolve
from bot.errors import Refusal
from bot.execution.captured import records
from bot.integrations.github.client import GitHub
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import Project
from bot.masking import Masker
from bot.production.inputs.deploy import Facts
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.steps import github
from bot.steps.vercel.deployments import brief
from bot.text import say
from bot.text.legible import named, one_line
from bot.tools import Tools
from bot.tools.git.client import alone, git, git_bytes, is_commit

log = structlog.get_logger()

TIMEOUT = 20.0
"""Seconds that everything of one kind may take."""


COMMITS = 50
"""Commits that are listed one by one; how many more there are is counted."""
LONGEST_REASON = 300
LONGEST_SUBJECT = 200
LONGEST_NAME = 100
LATEST = 4_000_000_000
"""Unix seconds (2096) from which on a commit's time is no time: it says what its author wrote."""
# One form, whatever the repository's or the user's settings say; what people wrote is ended by NUL.
_RECORDS = ("-z", "--format=%ct%x00%H%x00%s", "--encoding=UTF-8", "--no-show-signature", "--no-color")


async def look(tools: Tools, runbook: Runbook, run: Run) -> Facts:
    """Ask everything side by side; what cannot be asked is said, never guessed."""
    unasked: dict[str, str] = {}
    # What moves while it is asked may be missed: the look is as old as its first question.
    began = tools.now().isoformat()
    sha, projects, vendors, live = await asyncio.gather(
        _asked(tools, "commit", unasked, resolve(tools, runbook, run), None),
        _asked(tools, "pin", unasked, _projects(tools, runbook, run), {}),
        _asked(tools, "vendors", unasked, _vendors(tools, runbook, unasked), {}),
        _asked(tools, "live", unasked, _live_sha(tools, runbook, run), None),
    )
    pinned = {service: str(project.production_id) for service, project in projects.items() if project.pinned}
    comparing = _changes(tools, live, sha) if live and sha else _nothing()
    changes = await _asked(tools, "changes", unasked, comparing, Changes())
    newer = await _asked(tools, "newer", unasked, _newer(tools, runbook, pinned), {}) if pinned else {}
    checks = await _asked(tools, "checks", unasked, _checks(tools, runbook, run, sha), {})
    found = Facts(
        began,
        sha,
        pinned,
        newer,
        vendors,
        unasked,
        live,
        changes.commits,
        changes.migrations,
        changes.times,
        {service: project.production_id for service, project in projects.items() if project.production_id},
        checks,
        changes.more,
    )
    return await tools.masker.foreign(found)


async def _checks(tools: Tools, runbook: Runbook, run: Run, sha: str | None) -> dict[str, str]:
    client = tools.maybe(GitHub)
    if client is None:
        return {}
    if sha is None:
        raise Refusal(say("there is no commit to ask GitHub about"))
    said = await github.ask(client, "checks", github.repositories(runbook, run), sha)
    return {"state": said.state, "words": said.words, "failed": "\n".join(sorted(said.failed))}


async def _asked(tools: Tools, name: str, unasked: dict[str, str], question: Any, otherwise: Any) -> Any:
    try:
        async with asyncio.timeout(TIMEOUT):
            return await question
    except Refusal as refusal:
        unasked[name] = tools.masker.head(one_line(refusal.sentence), LONGEST_REASON)
    except TimeoutError:
        unasked[name] = say("no answer in {seconds} s", seconds=round(TIMEOUT))
    except Exception:
        # Whatever it was: the others are asked, the card is drawn, and it says so.
        log.exception("facts.defect", about=name)
        unasked[name] = say("internal error in NeonOps, see its log")
    return otherwise


async def _live_sha(tools: Tools, runbook: Runbook, run: Run) -> str | None:
    project = await tools.client(Vercel).project(str(runbook.service(run.targets[0]).vercel_project))
    if project.production_id is None:
        raise Refusal(say("nothing is live yet"))
    deployment = await tools.client(Vercel).deployment(project.production_id)
    if deployment.commit is None:
        raise Refusal(say("Vercel has no commit for what is live ({id})", id=deployment.id))
    return deployment.commit.sha


@dataclass(frozen=True)
class Changes:
    """What a deploy would bring. `more`: commits beyond those that are listed."""

    commits: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    more: int = 0


async def _changes(tools: Tools, live: str, sha: str) -> Changes:
    if not is_commit(live):
        raise Refusal(say("Vercel has no commit for what is live"))
    async with alone(tools.checkout):
        await git(tools, "fetch", "--quiet", "--no-write-fetch-head", "origin", sha)
    between = f"{live}..{sha}"
    said = await git_bytes(tools, "log", *_RECORDS, f"--max-count={COMMITS}", between)
    commits = await asyncio.to_thread(_listed, records(said, 3), tools.masker)
    count = int(await git(tools, "rev-list", "--count", between))
    added = await git_bytes(tools, "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A", live, sha)
    names = [name for (path,) in records(added, 1) if (name := migration_name(path))]
    migrations = await asyncio.to_thread(lambda: [tools.masker.head(name, LONGEST_NAME) for name in names])
    times = [at for at, _ in commits if at < LATEST]
    return Changes([words for _, words in commits], migrations, times, count - len(commits))


def _listed(commits: Sequence[tuple[str, ...]], masker: Masker) -> list[tuple[int, str]]:
    """When each was made (Unix seconds), and `abc1234 subject` in a length that is worth keeping."""
    return [
        (int(at), f"{commit[:7]} {masker.head(one_line(subject), LONGEST_SUBJECT)}") for at, commit, subject in commits
    ]


async def _nothing() -> Changes:
    return Changes()


def migration_name(path: str) -> str | None:
    """How a migration is called; None when the file is none."""
    file = PurePosixPath(path)
    if "migrations" not in file.parts[:-1] or file.suffix.lower() != ".sql":
        return None
    own = file.parent.name if file.parent.name != "migrations" else file.name
    return named(own) or say("(an invisible name)")


async def _projects(tools: Tools, runbook: Runbook, run: Run) -> dict[str, Project]:
    """Service -> its project at Vercel."""
    services = [runbook.service(target) for target in run.targets]
    projects = await asyncio.gather(
        *(tools.client(Vercel).project(s.vercel_project) for s in services if s.vercel_project)
    )
    return dict(zip((s.id for s in services if s.vercel_project), projects, strict=True))


async def _newer(tools: Tools, runbook: Runbook, pinned: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    projects = {service: str(runbook.service(service).vercel_project) for service in pinned}
    found = await asyncio.gather(*(tools.client(Vercel).newer(projects[service], at) for service, at in pinned.items()))
    return {service: [brief(each) for each in listed] for service, listed in zip(pinned, found, strict=True)}


async def _vendors(tools: Tools, runbook: Runbook, unasked: dict[str, str]) -> dict[str, str]:
    statuses = await asyncio.gather(*(tools.status_pages.get(vendor.status_url) for vendor in runbook.vendors))
    found = dict(zip((vendor.title for vendor in runbook.vendors), statuses, strict=True))
    unread = [title for title, status in found.items() if status.indicator == "unknown"]
    if unread:
        unasked["vendors"] = say("no answer from {vendors}", vendors=", ".join(unread))
    return {title: s.description for title, s in found.items() if s.indicator not in ("none", "unknown")}
