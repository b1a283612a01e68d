"""`vercel.list`: the earlier deployments of each service, which one is live, and where to go back to."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from bot.errors import Missing
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import Project
from bot.integrations.vercel.rules import cannot_serve
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.base import Slug
from bot.runbook.sections.services import Service
from bot.runbook.steps import Reference, Step, StepKind, named
from bot.runs.checklist.layout import applies
from bot.runs.outcome import Context, Done, Outcome
from bot.steps.vercel.deployments import brief, project_of
from bot.text import say


class VercelList(Step):
    """The last production deployments of services, with the recommended one to go back to."""

    interruptible: ClassVar[bool] = True
    names_itself: ClassVar[bool] = True
    lists_deployments: ClassVar[bool] = True
    kind: Literal["vercel.list"]
    services: tuple[Slug, ...]
    limit: int = Field(default=5, ge=1, le=20)

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("service", ("services",), self.services)


async def list_deployments(step: VercelList, context: Context) -> Outcome:
    """The last production deployments, which one is live, and which one to go back to."""
    found: dict[str, object] = {}
    lines: list[str] = []
    for name in step.services:
        if applies(name, context.run.targets):
            listed = await _listed(context, context.runbook.service(name), step.limit)
            found[name] = listed
            lines.append(_summary(context.runbook.service(name), listed))
    return Done("\n".join(lines), {"services": found})


async def _listed(context: Context, service: Service, limit: int) -> dict[str, object]:
    vercel, name = context.tools.client(Vercel), project_of(service)
    project = await vercel.project(name)
    earlier = await vercel.served(name, project.production_id, limit)
    recommended = await vercel.last_stable(name, RollbackInputs.of(context.run).verdicts)
    return {
        "live": project.production_id,
        "pinned": project.pinned,
        "recommended": recommended.deployment.id if recommended else None,
        "back_to": brief(recommended.deployment) if recommended else None,
        "verified": bool(recommended and recommended.verified),
        "deployments": [brief(each) for each in earlier],
        **await _typed(context, service, project),
    }


async def _typed(context: Context, service: Service, project: Project) -> dict[str, object]:
    """The deployment that a person typed, held to what the listed ones are held to; `refused` says what it fails."""
    typed = RollbackInputs.of(context.run).typed.get(service.id)
    if typed is None:
        return {}
    try:
        found = await context.tools.client(Vercel).deployment(typed)
    except Missing as missing:
        return {"refused": missing.sentence}
    if why := cannot_serve(found, project):
        return {"refused": why}
    if found.id == project.production_id:
        return {"refused": say("{id} is already live.", id=found.id)}
    return {"typed": brief(found)}


def _summary(service: Service, listed: dict[str, object]) -> str:
    rows: list[dict[str, str]] = listed["deployments"]  # type: ignore[assignment]
    live = next((row for row in rows if row["id"] == listed["live"]), None)
    back: dict[str, str] | None = listed["back_to"]  # type: ignore[assignment]
    return say(
        "{service}: live {live}{pinned}; before: {back}",
        service=service.title,
        live=_short(live) if live else listed["live"],
        pinned=" " + say("(pinned by a rollback)") if listed["pinned"] else "",
        back=_short(back) if back else say("nothing to go back to"),
    )


def _short(row: dict[str, str]) -> str:
    return f"{row['sha'] or row['id']} {row['message']}".strip()


KINDS = (StepKind(VercelList, list_deployments),)
