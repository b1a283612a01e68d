"""`vercel.deploy`: a build of the approved commit, asked for once, or found where the merge made it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from bot.errors import Refusal
from bot.execution.output import plain
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import Deployment, GitSource, Redeploy
from bot.machine.private_files import make_private, touch
from bot.masking import LineMasker, Masker
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.base import Duration, Slug
from bot.runbook.sections.services import Service
from bot.runbook.steps import Step, StepKind
from bot.runs.inputs import MAIN
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps.vercel.deployments import asked_at, brief, project_of
from bot.text import say, span

BuildSource = Annotated[
    Literal["build", "git"], WithJsonSchema({"type": "string", "pattern": r"^(build|git|\$\{[A-Z][A-Z0-9_]*\})$"})
]


class VercelDeploy(Step):
    """Build a production deployment of a service and wait until it is READY (which is not live yet).

    With `source: git` nothing is built by the bot: it finds the production deployment that Vercel's Git integration
    made of the approved commit. Where Vercel gives it the domains by itself, it may be live already.
    """

    effect: ClassVar[bool] = True
    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    builds: ClassVar[bool] = True
    kind: Literal["vercel.deploy"]
    service: Slug
    source: BuildSource = Field(default="build", description="build = ask for a build; git = find what the merge made.")
    found_within: Duration = Field(
        default=timedelta(minutes=5), description="With `source: git`: how long the merge's deployment is waited for."
    )
    timeout: Duration = timedelta(minutes=15)

    @property
    def mutates(self) -> bool:
        return self.source == "build"

    def misplaced(self, kind: str) -> str:
        return "" if kind == "deploy" else say("only a procedure of kind 'deploy' has exclusive use of production")


async def deploy(step: VercelDeploy, context: Context) -> Outcome:
    """Build, without giving it traffic, and wait until it is READY (which is not live)."""
    service = context.runbook.service(step.service)
    if step.source == "git":
        return await _merged(step, context, service)
    vercel, name = context.tools.client(Vercel), project_of(service)
    source = await _source(context, service)
    started = await vercel.deploy(name, source, key=_key(step, context), staged=True)
    return await _built(context, started, context.seconds_left(step))


def _key(step: VercelDeploy, context: Context) -> str:
    return f"run-{context.run.id}-{step.id}-{context.record.attempt}"


async def _source(context: Context, service: Service) -> GitSource | Redeploy:
    if service.git_repo:
        org, _, repo = service.git_repo.partition("/")
        return GitSource(org, repo, context.run.inputs.ref or MAIN, context.run.inputs.sha)
    project = await context.tools.client(Vercel).project(project_of(service))
    assert project.production_id
    return Redeploy(project.production_id)


async def _merged(step: VercelDeploy, context: Context, service: Service) -> Outcome:
    """Find what Vercel's Git integration made of the approved commit, and wait until it is READY. Nothing is asked."""
    sha = context.run.inputs.sha
    if sha is None:
        return Failed(say("The commit is unknown, so the deployment of its merge cannot be found."))
    context.report(say("waiting for the deployment of {sha}", sha=sha[:7]))
    name = project_of(service)
    within = min(step.found_within, step.timeout / 2)
    found = await context.tools.client(Vercel).wait_commit(name, sha, within.total_seconds())
    if found is None:
        return Failed(_never_made(sha, name, within))
    fetched = (await context.tools.client(Vercel).deployment(found.id)).git_sha
    if fetched not in (None, sha):
        return Failed(say("{id} reports commit {sha}, but Vercel fetched {fetched} for it.", id=found.id, sha=sha[:7],
                          fetched=str(fetched)[:7]))  # fmt: skip
    before = await _before(context, name, found)
    outcome = await _built(context, found, context.seconds_left(step))
    return replace(outcome, detail={**outcome.detail, "before": before})


def _never_made(sha: str, project: str, within: timedelta) -> str:
    sentence = (
        "Vercel has no production deployment of {sha} after {time}: is it merged into the production branch of "
        "{project}, and is the Git integration on?"
    )
    return say(sentence, sha=sha[:7], time=span(within), project=project)


async def _before(context: Context, project: str, found: Deployment) -> str | None:
    """What is live, or was before this deployment: Vercel may have made it live by itself."""
    live = (await context.tools.client(Vercel).project(project)).production_id
    if live != found.id:
        return live
    earlier = await context.tools.client(Vercel).last_stable(project, RollbackInputs.of(context.run).verdicts)
    return earlier.deployment.id if earlier else None


async def _built(context: Context, started: Deployment, patience_s: float) -> Outcome:
    detail = {"deployment": started.id, "url": started.url}
    build = await context.tools.client(Vercel).wait_ready(started.id, patience_s, lambda seen: _tell(context, seen))
    if build.state == "ready":
        made = build.deployment or started
        took = span(context.tools.now() - started.created_at)
        return Done(say("{id} is built ({took})", id=made.id, took=took), {**detail, "made": brief(made)})
    why = (build.deployment.error_message if build.deployment else None) or build.state
    return Failed(
        say("{id} was not built: {why}", id=started.id, why=why), detail, await _build_log(context, started.id)
    )


async def _build_log(context: Context, deployment: str) -> str | None:
    """The last lines of a build in this attempt's output file; None when Vercel does not tell them."""
    try:
        lines = await context.tools.client(Vercel).build_log(deployment)
    except Refusal:
        return None
    path = context.output_path()
    make_private(path.parent)
    await asyncio.to_thread(_write, path, context.tools.masker, [line.text for line in lines])
    return str(path) if lines else None


def _write(path: Path, masker: Masker, texts: Sequence[str]) -> None:
    touch(path)
    printed = LineMasker(masker, clean=plain).all(f"{text}\n" for text in texts)
    path.write_text("\n".join(printed), "utf-8", "replace")


def _tell(context: Context, seen: Deployment) -> None:
    """`BUILDING for 1 min 20 s`, a new word every ten seconds."""
    seconds = int((context.tools.now() - seen.created_at).total_seconds()) // 10 * 10
    context.report(say("{state} for {time}", state=seen.state.lower(), time=span(timedelta(seconds=seconds))))


async def reconcile_deploy(step: VercelDeploy, context: Context) -> Outcome:
    """After a lost answer or an interruption: the build that our key marks goes on; without one, none was started."""
    name = project_of(context.runbook.service(step.service))
    since = asked_at(context) - timedelta(minutes=1)
    found = await context.tools.client(Vercel).find(name, _key(step, context), since=since, target="production")
    if found is None:
        return Failed(say("The build was not started: Vercel has none that this step requested."))
    return await _built(context, found, context.seconds_left(step))


KINDS = (StepKind(VercelDeploy, deploy, reconcile_deploy),)
