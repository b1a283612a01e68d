"""Which commit a deploy is about: a full one that the repository has, or none, and why."""

import re
from collections.abc import Sequence

from bot.errors import Refusal
from bot.integrations.github.client import GitHub
from bot.runbook.model import Runbook
from bot.runs.inputs import MAIN
from bot.runs.model import Run
from bot.steps import github
from bot.steps.vercel.deploy import VercelDeploy
from bot.text import say
from bot.tools import Tools
from bot.tools.git.client import alone, git, is_commit

_SHORT = re.compile(r"[0-9a-f]{7,39}")
_ELSEWHERE = re.compile(r"(refs|pull|pull-requests|merge-requests|remotes)/.*|@|(?:[A-Z]+_)*HEAD", re.IGNORECASE)
"""Names by which git and its hosts reach what is not one branch, tag or commit of the repository itself."""
_HEADS = "+refs/heads/*:refs/remotes/origin/*"


def is_full(sha: str | None) -> bool:
    """Whether this is the whole name of a commit."""
    return sha is not None and is_commit(sha)


def check_ref(ref: str) -> None:
    """Raise a Refusal for a name that is not a branch's, tag's or commit's own."""
    if _ELSEWHERE.fullmatch(ref):
        raise Refusal(
            say("{ref} is not a branch, tag or commit. Write its own name, such as main or v1.2, or a commit such as "
                "4f2c9d1.", ref=ref)
        )  # fmt: skip


async def resolve(tools: Tools, runbook: Runbook, run: Run) -> str:
    """The full commit that the run's ref names now.

    By the repository that the checkout is a clone of, else by GitHub. Where Vercel's Git integration builds, GitHub's
    answer counts, and a repository that says something else is said.

    Raises:
        Refusal: nobody who could be asked knows it.
    """
    ref = run.inputs.ref or MAIN
    ref = ref.lower() if is_commit(ref.lower()) else ref
    repos = github.repositories(runbook, run) if tools.maybe(GitHub) else []
    if repos and _builds_by_merge(runbook, run):
        return await _by_both(tools, repos, ref)
    try:
        return await _by_git(tools, ref)
    except Refusal:
        if not repos:
            raise
        return await _by_github(tools, repos, ref)


def _builds_by_merge(runbook: Runbook, run: Run) -> bool:
    steps = (step for _, step in runbook.procedure(run.procedure).steps())
    return any(isinstance(step, VercelDeploy) and step.source == "git" for step in steps)


async def _by_both(tools: Tools, repos: Sequence[str], ref: str) -> str:
    sha = await _by_github(tools, repos, ref)
    try:
        own = await _by_git(tools, ref)
    except Refusal:
        return sha
    if own != sha:
        raise Refusal(say("GitHub says {ref} is {github}, the checkout's repository says {own}", ref=ref,
                          github=sha[:7], own=own[:7]))  # fmt: skip
    return sha


async def _by_github(tools: Tools, repos: Sequence[str], ref: str) -> str:
    found = {repo: await tools.client(GitHub).commit(repo, ref) for repo in repos}
    if len(set(found.values())) > 1:
        names = ", ".join(f"{repo}: {sha[:7]}" for repo, sha in found.items())
        raise Refusal(say("{ref} is another commit in each repository ({names})", ref=ref, names=names))
    return next(iter(found.values()))


async def _by_git(tools: Tools, ref: str) -> str:
    """A branch or tag of the remote repository; else a commit by its name or the start of it."""
    names = (f"refs/heads/{ref}", f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}")
    if not is_commit(ref):
        said = await git(tools, "ls-remote", "origin", *names)
        found: dict[str, str] = {
            name: sha for sha, _, name in (line.partition("\t") for line in said.split("\n")) if is_commit(sha)
        }
        for name in names:
            if name in found:
                return found[name]
    if is_commit(ref) or _SHORT.fullmatch(ref):
        return await _known_commit(tools, ref)
    raise Refusal(say("the repository has no branch or tag {ref}", ref=ref))


async def _known_commit(tools: Tools, ref: str) -> str:
    """A commit by (the start of) its name, which a branch or tag of the repository has.

    Hosts share the commits of all forks: the full hash of a stranger's pull request names one "of the repository" too.
    """
    async with alone(tools.checkout):
        found = await _contained(tools, ref)
        if found is None:
            await git(tools, "fetch", "--quiet", "--no-write-fetch-head", "origin", _HEADS)
            found = await _contained(tools, ref)
    if found is None:
        raise Refusal(
            say(
                "the checkout finds {ref} on no branch or tag of the repository: push it to a branch, and type that",
                ref=ref,
            )
        )
    return found


async def _contained(tools: Tools, ref: str) -> str | None:
    """The full hash of a commit that is here and that a branch or tag of the repository has, as last fetched.

    Raises:
        Refusal: git does not say it.
    """
    try:
        sha = (await git(tools, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")).strip()
    except Refusal:
        return None
    holders = await git(tools, "for-each-ref", "--count=1", f"--contains={sha}", "refs/remotes/origin", "refs/tags")
    return sha if holders else None
