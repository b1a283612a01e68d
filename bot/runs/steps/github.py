"""`github.check`: what GitHub knows of the commit: reviews, checks, code scanning. The rest is left to a person."""

from typing import Any

from bot.deploys.inputs import NO_FACTS, DeployInputs
from bot.errors import Refusal
from bot.integrations.github import GitHub
from bot.integrations.github_rules import Said, worst
from bot.runbook.model import Runbook
from bot.runbook.steps import GithubCheck
from bot.runs.model import Run
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided
from bot.text import say


async def run(step: GithubCheck, context: Context) -> Outcome:
    """Done when GitHub says good of the commit of every repository; without a token nothing is asked."""
    github, sha = context.tools.github_client, (DeployInputs.of(context.run).facts or NO_FACTS).sha
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
