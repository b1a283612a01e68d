"""`github.check`: what GitHub knows of the commit: reviews, checks, code scanning. The rest is left to a person."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from bot.errors import Refusal
from bot.integrations.github.client import GitHub
from bot.integrations.github.rules import Said, worst
from bot.production.inputs.deploy import NO_FACTS, DeployInputs
from bot.runbook.base import Duration
from bot.runbook.model import Runbook
from bot.runbook.steps import Step, StepKind
from bot.runs.model import Run
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided
from bot.text import say


class GithubCheck(Step):
    """Ask GitHub about the commit that is deployed, in the git_repo of each service; a good answer ticks the item.

    What is not good, or not known (no GITHUB_TOKEN, no checks, not scanned), is shown and left to a person. It is asked
    again by Check again, and when the branch has moved.
    """

    about_commit: ClassVar[bool] = True
    kind: Literal["github.check"]
    what: Literal["reviews", "checks", "code_scanning"] = Field(
        description="reviews: its pull request is approved by somebody else; checks: all check runs and statuses "
        "succeeded; code_scanning: this commit was scanned and no critical alert is open."
    )
    timeout: Duration = timedelta(seconds=30)


async def run(step: GithubCheck, context: Context) -> Outcome:
    """Done when GitHub says good of the commit of every repository; without a token nothing is asked."""
    github, sha = context.tools.maybe(GitHub), (DeployInputs.of(context.run).facts or NO_FACTS).sha
    if github is None:
        return Undecided("")
    if sha is None:
        return Undecided(say("The commit is not known yet."))
    try:
        said = await ask(github, step.what, repositories(context.runbook, context.run), sha)
    except Refusal as refusal:
        return Undecided(refusal.sentence, {"sha": sha})
    found = say("{sha}: {words}", sha=sha[:7], words=said.words)
    kinds: dict[str, Any] = {"good": Done, "bad": Failed}
    outcome: Outcome = kinds.get(said.state, Undecided)(found, {"sha": sha})
    return outcome


def repositories(runbook: Runbook, run: Run) -> list[str]:
    """The repositories of the run's services, each once."""
    services = [service for service in runbook.services if not run.targets or service.id in run.targets]
    return list(dict.fromkeys(service.git_repo for service in services if service.git_repo))


async def ask(github: GitHub, what: str, repos: list[str], sha: str) -> Said:
    """What GitHub says of the commit in these repositories together.

    Raises:
        Refusal: GitHub did not answer, or the runbook names no repository.
    """
    if not repos:
        raise Refusal(say("The runbook names no git_repo of these services."))
    asked = {"reviews": github.reviews, "checks": github.checks, "code_scanning": github.code_scanning}[what]
    return worst([(repo, await asked(repo, sha)) for repo in repos])


KINDS = (StepKind(GithubCheck, run),)
