"""Vercel: what is live, what can be made live, whether it happened. READY is not live; a rollback pins production."""

from bot.integrations.vercel.client import Build, Vercel
from bot.integrations.vercel.log import LogLine
from bot.integrations.vercel.model import AliasRequest, Commit, Deployment, GitSource, Project, Redeploy
from bot.integrations.vercel.rules import (
    AliasOutcome,
    Recommendation,
    Reconciled,
    Requested,
    cannot_serve,
    had_traffic,
    judge_alias,
    recommend,
)

__all__ = [
    "AliasOutcome",
    "AliasRequest",
    "Build",
    "Commit",
    "Deployment",
    "GitSource",
    "LogLine",
    "Project",
    "Recommendation",
    "Reconciled",
    "Redeploy",
    "Requested",
    "Vercel",
    "cannot_serve",
    "had_traffic",
    "judge_alias",
    "recommend",
]
