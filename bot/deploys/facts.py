"""What only the outside knows before a deploy starts: the commit, the pin, the vendors. Read, never changed."""

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import Refusal
from bot.integrations.shell import Command
from bot.integrations.shell import run as run_command
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.text import say
from bot.tools import Tools

_SHA = re.compile(r"[0-9a-f]{40}")
TIMEOUT = 20.0
"""Seconds that one question may take."""


@dataclass(frozen=True)
class Facts:
    """What was found at `at` (ISO 8601). `unasked`: what could not be asked, and why, in words."""

    at: str
    sha: str | None = None
    pinned: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that a rollback pinned production to."""
    vendors: dict[str, str] = field(default_factory=dict)
    """Vendor in trouble -> what its status page says."""
    unasked: dict[str, str] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """As it is kept with the run."""
        return dict(vars(self))


async def look(tools: Tools, runbook: Runbook, run: Run) -> Facts:
    """Ask everything side by side; what cannot be asked is said, never guessed."""
    unasked: dict[str, str] = {}
    sha, pinned, vendors = await asyncio.gather(
        _asked("commit", unasked, _commit(tools, run), None),
        _asked("pin", unasked, _pins(tools, runbook, run), {}),
        _asked("vendors", unasked, _vendors(tools, runbook, unasked), {}),
    )
    return Facts(tools.now().isoformat(), sha, pinned, vendors, unasked)


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
    """The commit that the ref names in the remote repository now."""
    ref = str(run.inputs.get("ref", "main"))
    if _SHA.fullmatch(ref):
        return ref
    with tempfile.TemporaryDirectory() as scratch:
        command = Command(
            ("git", "ls-remote", "--exit-code", "origin", f"refs/heads/{ref}", f"refs/tags/{ref}"),
            tools.checkout,
            Path(scratch) / "refs",
            timeout_s=TIMEOUT,
        )
        ended = await run_command(command, masker=tools.masker, environ=tools.environment or {})
    found = _SHA.search(ended.tail)
    if not ended.succeeded or found is None:
        raise Refusal(say("the repository has no branch or tag {ref}", ref=ref))
    return found[0]


async def _pins(tools: Tools, runbook: Runbook, run: Run) -> dict[str, str]:
    services = [runbook.service(target) for target in run.targets]
    projects = await asyncio.gather(*(tools.vercel.project(s.vercel_project) for s in services if s.vercel_project))
    named = zip((s.id for s in services if s.vercel_project), projects, strict=True)
    return {service: str(project.production_id) for service, project in named if project.pinned}


async def _vendors(tools: Tools, runbook: Runbook, unasked: dict[str, str]) -> dict[str, str]:
    statuses = await asyncio.gather(*(tools.status_pages.get(vendor.status_url) for vendor in runbook.vendors))
    found = dict(zip((vendor.title for vendor in runbook.vendors), statuses, strict=True))
    unread = [title for title, status in found.items() if status.indicator == "unknown"]
    if unread:
        unasked["vendors"] = say("no answer from {vendors}", vendors=", ".join(unread))
    return {title: s.description for title, s in found.items() if s.indicator in ("minor", "major", "critical")}
