"""What the steps about Vercel share: a service's project, a deployment as they keep it, when they asked."""

from datetime import datetime

from bot.integrations.vercel.model import Deployment
from bot.runbook.sections.services import Service
from bot.runs.outcome import Context
from bot.text import rough
from bot.text.legible import lines_of, one_line


def project_of(service: Service) -> str:
    """The service's project on Vercel."""
    assert service.vercel_project, f"the runbook was checked: {service.id} has a Vercel project"
    return service.vercel_project


def brief(deployment: Deployment) -> dict[str, str]:
    """A deployment as steps keep it: id, commit, message, author, when it was made (ISO 8601)."""
    commit = deployment.commit
    return {
        "id": deployment.id,
        "sha": commit.sha[:7] if commit else "",
        "message": rough(next(iter(lines_of(str(commit.message or ""))), "")) if commit else "",
        "author": rough(one_line(str(commit.author or ""))) if commit else "",
        "created_at": deployment.created_at.isoformat(),
    }


def asked_at(context: Context) -> datetime:
    """When the intent of this attempt was written."""
    assert context.record.started_at, "the intent was written when it started"
    return context.record.started_at
